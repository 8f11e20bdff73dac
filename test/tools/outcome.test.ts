import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { labelOf } from '../../src/tools/label.ts';
import { allTools } from '../../src/tools/index.ts';
import { defineTool } from '../../src/tools/tool.ts';
import { hasRipgrep } from '../support/search.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';

const greet = defineTool({
  name: 'greet',
  description: 'Greets.',
  risky: false,
  args: z.object({ whom: z.string(), how: z.string().default('kindly') }),
  example: '',
  run: ({ whom }) => `hello ${whom}`,
});
const tools = new Map([...allTools, greet].map((tool) => [tool.name, tool]));

/** What the person is shown about a call that ran. */
async function summaryOf(name: string, args: Record<string, unknown>, root = temporaryFolder()) {
  const call = (tools.get(name) ?? expect.fail()).prepare(args);
  return (await call.run(toolContext(root), never)).summary;
}

describe('what a person is shown', () => {
  it('about a search is how many lines match, whatever the files are called', async () => {
    const root = temporaryFolder({ '(odd).txt': 'here\n', 'a.txt': 'here\n' });
    expect(await summaryOf('search', { pattern: 'here' }, root)).toEqual({ result: '2 matches' });
    const one = { pattern: 'here', path: 'a.txt' };
    expect(await summaryOf('search', one, root)).toEqual({ result: '1 match' });
    expect(await summaryOf('search', { pattern: 'no' }, root)).toEqual({ result: 'no matches' });
  });

  it.skipIf(!hasRipgrep)('about a search counts more than the model is shown', async () => {
    const root = temporaryFolder({ 'a.txt': 'x\n'.repeat(300), '.git/HEAD': '' });
    expect(await summaryOf('search', { pattern: 'x' }, root)).toEqual({ result: '300 matches' });
  });

  it('about a read is how many lines were shown, and which unless that is all', async () => {
    const root = temporaryFolder({ 'a.txt': 'x\n'.repeat(9), 'empty.txt': '', 'no: 7: x': '1: a' });
    const read = (args: object) => summaryOf('read_file', { ...args }, root);
    expect(await read({ path: 'a.txt' })).toEqual({ result: '9 lines' });
    expect(await read({ path: 'a.txt', start: 3, end: 4 })).toEqual({
      result: '2 lines',
      range: '3–4',
    });
    expect(await read({ path: 'a.txt', end: 4 })).toEqual({ result: '4 lines', range: '1–4' });
    expect(await read({ path: 'a.txt', start: 50 })).toEqual({ result: 'no lines' });
    expect(await read({ path: 'empty.txt' })).toEqual({ result: 'no lines' });
    expect(await read({ path: 'no: 7: x' })).toEqual({ result: '1 line' });
  });

  it('about a folder is how many entries it has, and about a new file how many lines', async () => {
    const root = temporaryFolder({ '[D] a': '', 'b/c': '' });
    expect(await summaryOf('list_files', {}, root)).toEqual({ result: '2 entries' });
    const write = { path: 'new.txt', content: 'a\nb\n' };
    expect(await summaryOf('write_file', write, root)).toEqual({ result: '2 lines' });
  });

  it.each([
    ['true', { result: 'exit 0', failed: false, output: [] }],
    ['echo a; exit 3', { result: 'exit 3', failed: true, output: ['a'] }],
    ["printf '(empty)\\n'", { result: 'exit 0', failed: false, output: ['(empty)'] }],
    ['kill -9 $$', { result: 'ended by SIGKILL', failed: true, output: [] }],
    [
      'seq 9; echo last >&2',
      {
        result: 'exit 0',
        failed: false,
        output: ['… 5 more lines', '6', '7', '8', '9', 'last'],
      },
    ],
    [
      'seq 6',
      { result: 'exit 0', failed: false, output: ['… 1 more line', '2', '3', '4', '5', '6'] },
    ],
  ])('of %s is how it ended and the last lines that it printed', async (command, summary) => {
    expect(await summaryOf('run_shell', { command })).toEqual(summary);
  });

  it('about a long output is its last lines, and that there are more than were kept', async () => {
    const summary = await summaryOf('run_shell', { command: 'seq 100000' });
    const tail = ['99996', '99997', '99998', '99999', '100000'];
    expect(summary?.output).toEqual([expect.stringMatching(/^… \d+\+ more lines$/), ...tail]);
  });

  it('about a command that was stopped is what it had printed', async () => {
    const call = tools.get('run_shell')?.prepare({ command: 'echo begun; sleep 9', timeout: 1 });
    const run = call?.run(toolContext(temporaryFolder()), never);
    await expect(run).rejects.toMatchObject({
      summary: { result: 'stopped', failed: true, output: ['begun'] },
    });
  });

  it('about a tool that returns only text is nothing', async () => {
    const outcome = await greet.prepare({ whom: 'you' }).run(toolContext('/'), never);
    expect(outcome).toEqual({ text: 'hello you' });
  });
});

describe('a call is described', () => {
  it.each([
    ['run_shell', { command: 'npm  test' }, 'ran npm test'],
    ['search', { pattern: 'a', path: 'src' }, 'searched "a" in src'],
    ['list_files', {}, 'listed .'],
    ['read_file', { start: 1, path: 'a' }, 'read a'],
    ['read_file', { file_path: 'a', encoding: 'utf8' }, 'read a'],
    ['run_shell', { cwd: 'b', Cmd: 'ls' }, 'ran ls'],
    ['greet', { how: 'loudly', whom: 'you' }, 'greet you'],
    ['juggle', { balls: [3] }, 'juggle [3]'],
    ['juggle', {}, 'juggle '],
    ['constructor', {}, 'constructor '],
  ])('%s with %j as %j', (name, args, text) => {
    const { verbs, subject } = labelOf(tools.get(name), name, args);
    expect(`${verbs[1]} ${subject}`).toBe(text);
  });
});
