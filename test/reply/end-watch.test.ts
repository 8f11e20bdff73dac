import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { RunOnWatch } from '../../src/reply/end-watch.ts';

/** After how many of its characters a reply is found to run on, if it is; in pieces of this size. */
function runsOnAfter(reply: string, size: number): number | undefined {
  const watch = new RunOnWatch();
  for (let at = 0; at < reply.length; at += size) {
    if (watch.push(reply.slice(at, at + size))) return at + size;
  }
  return undefined;
}

const CALL = '<tool>{"name":"read_file","args":{"path":"a"}}</tool>';

it.each([
  ['a result after a call', `Let me look.\n${CALL}\n[tool:read_file] {"path":"a"}\n# a\n`],
  ['a result after an empty line', `${CALL}\n\n[tool:read_file] {"path":"a"}\n`],
  ['a request after a call', `${CALL}\n\n[user] Thanks\n`],
  ['a request after an answer', '<final>Done.</final>\n\n[user] Thanks\n'],
  ['a result after a native call', '<tool_call>{"name":"a"}</tool_call>\n[tool:a] {}\n'],
])('stops %s that was only imagined, however it comes in pieces', (_, reply) => {
  for (const size of [1, 2, 7, 1_000]) {
    expect(runsOnAfter(reply, size)).toBeGreaterThan(reply.search(/<\/(tool|final)/));
  }
});

it.each([
  ['content in XML', `<tool name="write_file" path="a"><content>${CALL}\n[tool:x] {}\n`],
  ['content of a native call', `<function=write_file><parameter=content>${CALL}\n[tool:x] {}\n`],
  [
    'a string of JSON',
    `<tool>{"name":"write_file","args":{"content":"${CALL}\\n[tool:x]"}}</tool>`,
  ],
  ['plain text', 'The transcript shows:\n[tool:read_file] {"path":"a"}\n'],
  ['a call that an answer shows', `<final>So: ${CALL}\n[tool:a] {} and on`],
  ['a draft in a thought', `<think>Maybe ${CALL}\n[tool:a] {}</think>`],
  ['a list after a call', `${CALL}\n[1, 2]\n`],
])('leaves %s alone', (_, reply) => {
  expect(runsOnAfter(reply, 3)).toBeUndefined();
});

it('never stops a call in XML, whatever its content holds', () => {
  const pieces = fc.constantFrom(
    CALL,
    '\n[tool:a] {}',
    '</tool>',
    '</final>',
    '}',
    '\n',
    '[user] x',
  );
  fc.assert(
    fc.property(fc.array(pieces), (content) => {
      const reply = `<tool name="write_file" path="a"><content>${content.join('')}`;
      expect(runsOnAfter(reply, 5)).toBeUndefined();
    }),
  );
});
