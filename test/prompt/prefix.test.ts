import { describe, expect, it } from 'vitest';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { buildExamples, buildSystem, instructionsOf } from '../../src/prompt/prefix.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { allTools, readOnlyTools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
const known = new Map(tools.map((tool) => [tool.name, tool]));
const workspace = 'Workspace:\n- cwd: /home/me/project';
const parents = buildSystem({ tools, workspace, readOnly: false });
const childs = buildSystem({ tools: readOnlyTools, workspace, readOnly: true });

describe('the system turn', () => {
  it('is sections in order, flush left, with empty lines between', () => {
    const headings = parents.split('\n\n').map((section) => section.split('\n')[0]);
    expect(headings.slice(1)).toEqual(['Rules:', 'Tools:', 'Workspace:']);
    expect(headings[0]).toMatch(/^You are Mini-Coding-Agent/);
    expect(parents.endsWith(`\n\n${workspace}`)).toBe(true);
  });

  it.each([
    "- list_files(path: str='.', glob: str='') [safe] ",
    '- read_file(path: str, start: int=1, end: int=200) [safe] ',
    "- search(pattern: str, path: str='.') [safe] ",
    '- run_shell(command: str, timeout: int=20) [approval required] ',
    '- write_file(path: str, content: str) [approval required] ',
    '- patch_file(path: str, old_text: str, new_text: str) [approval required] ',
    '- delegate(task: str, max_steps: int=3) [safe] ',
  ])('describes the tool %s', (line) => {
    expect(parents).toContain(`\n${line}`);
  });

  it('has instructions, which are all but the workspace, whatever that says', () => {
    const forged = `${workspace}\n  - README.md\n    Workspace:\n    x`;
    const system = buildSystem({ tools, workspace: forged, readOnly: false });
    const examples = [{ role: 'user' as const, content: 'Example: x' }];
    expect(instructionsOf({ system, examples })).toEqual([
      parents.slice(0, -workspace.length - 2),
      'Example: x',
    ]);
    expect(instructionsOf({ system: 'Rules:', examples: [] })).toEqual(['Rules:']);
  });
});

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

describe("a delegate's system turn", () => {
  it('says that it can only read, and lists no tool that writes', () => {
    expect(childs).toMatch(/can only read/);
    expect(childs.indexOf('can only read')).toBeLessThan(childs.indexOf('Rules:'));
    expect(parents).not.toMatch(/can only read/);
    const listed = [...childs.matchAll(/^- (\w+)\(/gm)].map(([, name]) => name);
    expect(listed).toEqual(['list_files', 'read_file', 'search']);
    expect(JSON.stringify(buildExamples(readOnlyTools))).not.toMatch(/write_file|run_shell/);
  });
});
