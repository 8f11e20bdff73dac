import { describe, expect, it } from 'vitest';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { allTools, readOnlyTools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
const known = new Map(tools.map((tool) => [tool.name, tool]));

/** An exchange by its turns: a request, a call, and where they are shown its result and the answer. */
function exchangesOf(given: readonly Tool[]): string[][] {
  const exchanges: string[][] = [];
  for (const { role, content } of buildExamples(given)) {
    if (role === 'user' && content.startsWith('Example: ')) exchanges.push([]);
    exchanges.at(-1)?.push(content);
  }
  return exchanges;
}

describe.each<[string, readonly Tool[]]>([
  ['the examples', tools],
  ["a delegate's examples", readOnlyTools],
])('%s', (_, given) => {
  const exchanges = exchangesOf(given);
  const names = given.map(({ name }) => name);

  it('are two to four exchanges, by turns of user and assistant', () => {
    const roles = buildExamples(given).map(({ role }) => role);
    expect(roles).toEqual(roles.map((__, at) => (at % 2 === 0 ? 'user' : 'assistant')));
    expect(exchanges.length).toBeGreaterThanOrEqual(2);
    expect(exchanges.length).toBeLessThanOrEqual(4);
  });

  it.each(exchanges)('hold a call that is valid, of a tool that there is: %s', (...turns) => {
    const [, call = '', result, answer = ''] = turns;
    const reply = parseReply(call, known);
    if (reply.type !== 'call') return expect.fail(call);
    expect(reply.ignored).toBe('');
    expect(names).toContain(reply.name);
    expect(() => known.get(reply.name)?.prepare(reply.args)).not.toThrow();
    if (result === undefined) return;
    expect(result.startsWith(`Result of ${reply.name}:\n`)).toBe(true);
    expect(parseReply(answer, known).type).toBe('final');
    expect(answer).toMatch(/^<final>.*<\/final>$/);
  });

  it('show how a request ends, and end with a call that changes nothing', () => {
    expect(exchanges.some((turns) => turns.length === 4)).toBe(true);
    const last = parseReply(exchanges.at(-1)?.[1] ?? '', known);
    expect(last).toMatchObject({ type: 'call', name: 'list_files' });
  });

  it('cost little', () => {
    expect(exchanges.flat().join('').length).toBeLessThan(1_000);
  });
});

describe('the examples', () => {
  const calls = exchangesOf(tools).map(([, call]) => call);

  it('show both forms of a call, reading, writing, and a command', () => {
    const text = calls.join('\n');
    expect(text).toMatch(/^<tool>\{"name":"read_file"/m);
    expect(text).toMatch(/^<tool name="write_file" path=/m);
    expect(text).toMatch(/"run_shell"/);
  });

  it.each(tools)('for $name, which advice shows, is a valid call', ({ name, example, prepare }) => {
    const reply = parseReply(example, known);
    expect(reply).toMatchObject({ type: 'call', name, ignored: '' });
    if (reply.type === 'call') expect(() => prepare(reply.args)).not.toThrow();
  });
});

it("a delegate's examples show no tool that writes", () => {
  expect(JSON.stringify(buildExamples(readOnlyTools))).not.toMatch(/write_file|run_shell/);
});
