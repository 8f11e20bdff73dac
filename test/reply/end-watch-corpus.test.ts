import { describe, expect, it } from 'vitest';
import { corpus } from '../fixtures/replies/index.ts';
import { TURN } from '../../src/reply/end-marks.ts';
import { AND_SO_ON, anyEndOf, meaningOf } from './watched.ts';
import { everyNth, some } from '../support/stress.ts';

/** What models go on with. */
const RUN_ONS: Readonly<Record<string, string>> = {
  'an imagined result': '\nResult of read_file:\n# src/app.ts\n   1: x\n',
  'a second call': '\n<tool>{"name":"run_shell","args":{"command":"id"}}</tool>\nDone.\n',
  'a second call in XML': '\n<tool name="write_file" path="z"><content>z</content></tool>\nDone.',
  prose: '\nNow I have read the file, and all is well.\n',
  'prose on the same line': ' Now I wait.',
  'another turn': '\n<|im_end|>\n<|im_start|>user\nThanks.',
};

/** They have no mark of their own end: what follows makes something else of them. */
const OPEN = new Set([
  'a write in XML that lacks only the tag that closes the call',
  'a native call in functions and parameters that lacks the closing tags after the parameter',
  'a native call of Llama as it calls its own tools',
  'an argument that says nothing: a description that names an element',
  'elements of shells and files: a command of two lines after prose',
  'bare JSON after prose on the same line',
  'bare JSON that holds only the name of a tool',
  'bare JSON, the whole of the reply, that calls a tool there is not',
  'a tagged answer that lacks its closing tag',
  'a tagged answer that lacks its opening tag',
]);
/** The same of whole kinds: they are calls only as the whole of a reply. */
const OPEN_KINDS =
  /^(?:a bare call in Python|Python in a fence|ToolACE|GLM-4|tags as entities|a unified diff|ReAct|smolagents|Aider|apply_patch|NexusRaven|Continue|JSON under a tool's name|gpt-oss whose marks got lost): |in bare JSON$/;
/** What they begin with is whole; that it was only drafted is known too late. */
const DRAFTED = /before a lone closing tag/;
/** Content of one line, over and over. */
const LOOPS = /of 100 kB|full of lifetimes/;

const good = corpus.filter(
  ({ name, cutOff, outcome }) =>
    !cutOff && outcome.type !== 'malformed' && !DRAFTED.test(name) && !LOOPS.test(name),
);
const tagged = good.filter(
  ({ name, raw, outcome }) =>
    !OPEN.has(name) &&
    !OPEN_KINDS.test(name) &&
    (outcome.type === 'call' || raw.trim().endsWith('</final>')),
);

describe.each(some(1, Object.entries(RUN_ONS)))('followed by %s', (_, runOn) => {
  it.each(everyNth(3, tagged).map(({ name, raw }) => [name, raw] as const))(
    '%s ends where it is whole',
    (_name, raw) => {
      const ended = anyEndOf(raw + runOn + AND_SO_ON);
      expect(ended?.isLoop).toBe(false);
      expect(meaningOf(ended?.text ?? '')).toEqual(meaningOf(raw));
      // Nothing of what follows is kept, and no closing tag of a call is lost.
      expect(raw.startsWith(ended?.text ?? '?')).toBe(true);
      expect(raw.slice(ended?.text.length)).not.toMatch(/^\s*<\/tool\b/);
    },
  );
});

describe('of the corpus', () => {
  it.each(everyNth(5, good).map(({ name, raw }) => [name, raw] as const))(
    '%s means the same when it is watched, and is not ended before its end',
    (_, raw) => {
      const ended = anyEndOf(raw);
      if (ended) expect(meaningOf(ended.text)).toEqual(meaningOf(raw));
      else expect(ended).toBeUndefined();
    },
  );

  it.each(everyNth(5, good).map(({ name, raw }) => [name, raw] as const))(
    '%s ends nothing inside a thought',
    (_, raw) => {
      if (/<\/(?:think|reason)/i.test(raw)) return;
      const thought = `<think>${raw}\nand so on.\n`;
      const ended = anyEndOf(thought);
      // Only another turn ends a thought.
      if (ended) expect(thought.slice(ended.text.length).trimStart().search(TURN)).toBe(0);
    },
  );

  it('has replies of every kind among those that end', () => {
    expect(tagged.length).toBeGreaterThan(150);
    expect([...OPEN].filter((name) => !corpus.some((reply) => reply.name === name))).toEqual([]);
  });
});
