import { describe, expect, it } from 'vitest';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { buildSystem, instructionsOf } from '../../src/prompt/prefix.ts';
import { allTools, readOnlyTools } from '../../src/tools/index.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
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

  it('says what it says in few characters, by piece', () => {
    const [introduction = '', rules = '', listed = ''] = parents.split('\n\n');
    const examples = buildExamples(tools).map(({ content }) => content);
    expect(introduction.length).toBeLessThanOrEqual(95);
    expect(rules.length).toBeLessThanOrEqual(900);
    expect(listed.length).toBeLessThanOrEqual(820);
    expect(examples.join('').length).toBeLessThanOrEqual(600);
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

describe("a delegate's system turn", () => {
  it('says that it can only read, and lists no tool that writes', () => {
    expect(childs).toMatch(/can only read/);
    expect(childs.indexOf('can only read')).toBeLessThan(childs.indexOf('Rules:'));
    expect(parents).not.toMatch(/can only read/);
    const listed = [...childs.matchAll(/^- (\w+)\(/gm)].map(([, name]) => name);
    expect(listed).toEqual(['list_files', 'read_file', 'search']);
  });
});
