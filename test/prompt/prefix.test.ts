import { describe, expect, it } from 'vitest';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { buildPrefix } from '../../src/prompt/prefix.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { allTools, readOnlyTools } from '../../src/tools/index.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
const workspace = 'Workspace:\n- cwd: /home/me/project';
const parents = buildPrefix({ tools, workspace, readOnly: false });
const childs = buildPrefix({ tools: readOnlyTools, workspace, readOnly: true });

describe('the prefix', () => {
  it('is sections in their order, flush left, a blank line between', () => {
    const headings = parents.split('\n\n').map((section) => section.split('\n')[0]);
    expect(headings.slice(1)).toEqual(['Rules:', 'Tools:', 'Examples:', 'Workspace:']);
    expect(headings[0]).toMatch(/^You are Mini-Coding-Agent/);
    expect(parents.endsWith(`\n\n${workspace}`)).toBe(true);
  });

  it.each([
    "- list_files(path: str='.') [safe] ",
    '- read_file(path: str, start: int=1, end: int=200) [safe] ',
    "- search(pattern: str, path: str='.') [safe] ",
    '- run_shell(command: str, timeout: int=20) [approval required] ',
    '- write_file(path: str, content: str) [approval required] ',
    '- patch_file(path: str, old_text: str, new_text: str) [approval required] ',
    '- delegate(task: str, max_steps: int=3) [safe] ',
  ])('tells of the tool %s', (line) => {
    expect(parents).toContain(`\n${line}`);
  });

  it.each(tools)(
    'holds an example for $name that is a valid call',
    ({ name, example, prepare }) => {
      const reply = parseReply(example, new Map(tools.map((tool) => [tool.name, tool])));
      expect(reply).toMatchObject({ type: 'call', name, ignored: '' });
      if (reply.type === 'call') expect(() => prepare(reply.args)).not.toThrow();
      expect(parents).toContain(`\n${example}\n`);
    },
  );

  it('ends its examples with an answer', () => {
    expect(parents).toMatch(/^<final>.+<\/final>\n\nWorkspace:/m);
  });
});

describe("a delegate's prefix", () => {
  it('tells it that it may only read, and of no tool that writes', () => {
    expect(childs).toMatch(/may only read/);
    expect(parents).not.toMatch(/may only read/);
    const listed = [...childs.matchAll(/^- (\w+)\(/gm)].map(([, name]) => name);
    expect(listed).toEqual(['list_files', 'read_file', 'search']);
  });

  it("begins as its parent's does, up to the tools it lacks", () => {
    const shared = childs.slice(0, childs.indexOf('\n\n', childs.indexOf('Tools:')));
    expect(parents.startsWith(`${shared}\n- run_shell(`)).toBe(true);
  });
});
