import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import { argSpellings } from '../../src/reply/names.ts';
import { likelyTool, unknownTool } from '../../src/tools/refusals.ts';
import { signature } from '../../src/tools/signature.ts';
import { defineTool } from '../../src/tools/tool.ts';
import { tools } from '../support/tools.ts';

type Args = Record<string, unknown>;
const call = (name: string, args: Args) => `<tool>${JSON.stringify({ name, args })}</tool>`;
const read = (name: string, args: Args) => parseReply(call(name, args), tools);

describe("a call by another client's name of a tool", () => {
  const PATCH = { path: 'a', old_string: 'x', new_string: 'y' };
  it.each<[string, Args, string]>([
    ['Bash', { command: 'ls', description: 'List' }, 'run_shell'],
    ['shell', { command: 'ls' }, 'run_shell'],
    ['execute_bash', { command: 'ls' }, 'run_shell'],
    ['execute_command', { command: 'ls' }, 'run_shell'],
    ['run_terminal_cmd', { command: 'ls', explanation: 'x' }, 'run_shell'],
    ['run_in_terminal', { command: 'ls' }, 'run_shell'],
    ['run_shell_command', { command: 'ls' }, 'run_shell'],
    ['run_command', { CommandLine: 'ls' }, 'run_shell'],
    ['developer__shell', { command: 'ls' }, 'run_shell'],
    ['exec', { cmd: 'ls' }, 'run_shell'],
    ['Read', { file_path: 'a', offset: 1, limit: 20 }, 'read_file'],
    ['cat', { file: 'a' }, 'read_file'],
    ['view_file', { AbsolutePath: 'a', StartLine: 1, EndLine: 9 }, 'read_file'],
    ['open_file', { path: 'a' }, 'read_file'],
    ['get_file_contents', { path: 'a' }, 'read_file'],
    ['mcp__filesystem__read_text_file', { path: 'a' }, 'read_file'],
    ['builtin_read_file', { filepath: 'a' }, 'read_file'],
    ['LS', { path: 'lib' }, 'list_files'],
    ['list_dir', { relative_workspace_path: 'lib' }, 'list_files'],
    ['list_directory', {}, 'list_files'],
    ['Glob', { pattern: '**/*.ts' }, 'list_files'],
    ['find_files', { pattern: '**/*.ts', directory: 'lib' }, 'list_files'],
    ['Grep', { pattern: 'x', path: 'lib' }, 'search'],
    ['grep_search', { query: 'x' }, 'search'],
    ['search_files', { path: '.', regex: 'x' }, 'search'],
    ['search_file_content', { pattern: 'x' }, 'search'],
    ['rg', { pattern: 'x' }, 'search'],
    ['find', { regex: 'x' }, 'search'],
    ['Write', { file_path: 'a', content: 'x' }, 'write_file'],
    ['write_to_file', { path: 'a', content: 'x' }, 'write_file'],
    ['create_file', { filePath: 'a', content: 'x' }, 'write_file'],
    ['create', { path: 'a', file_text: 'x' }, 'write_file'],
    ['save_file', { filename: 'a', contents: 'x' }, 'write_file'],
    ['edit_file', { path: 'a', content: 'x' }, 'write_file'],
    ['edit_file', PATCH, 'patch_file'],
    ['Edit', PATCH, 'patch_file'],
    ['str_replace', { path: 'a', old_str: 'x', new_str: 'y' }, 'patch_file'],
    ['replace_string_in_file', { filePath: 'a', oldString: 'x', newString: 'y' }, 'patch_file'],
    ['replace', PATCH, 'patch_file'],
    ['search_replace', { file: 'a', search: 'x', replace: 'y' }, 'patch_file'],
    ['str_replace_editor', { command: 'view', path: 'a', view_range: [1, 9] }, 'read_file'],
    ['str_replace_editor', { command: 'create', path: 'a', file_text: '' }, 'write_file'],
    [
      'str_replace_based_edit_tool',
      { command: 'str_replace', path: 'a', old_str: 'x', new_str: 'y' },
      'patch_file',
    ],
    ['developer__text_editor', { command: 'write', path: 'a', file_text: 'x' }, 'write_file'],
    ['Task', { description: 'Look', prompt: 'find it' }, 'delegate'],
    ['agent', { task: 'find it' }, 'delegate'],
  ])('%s %j is one of %s', (name, args, tool) => {
    const reply = read(name, args);
    expect(reply).toMatchObject({ type: 'call', name: tool });
    if (reply.type === 'call') expect(() => tools.get(tool)?.prepare(reply.args)).not.toThrow();
  });

  it.each<[string, Args]>([
    ['Bash', { command: 'ls', run_in_background: true }],
    ['Edit', { ...PATCH, replace_all: true }],
    ['edit_file', { target_file: 'a', instructions: 'do', code_edit: '// ... existing code ...' }],
    ['edit_file', { path: 'a' }],
    ['find', { path: 'a', pattern: 'x' }], // of names, or in files?
    ['create', { name: 'a', kind: 'project' }],
    ['create', { command: 'ls' }],
    ['mkdir', { command: 'lib' }],
    ['git', { command: 'status' }],
    ['python', { command: 'print(1)' }],
    ['delete_file', { path: 'a' }],
    ['str_replace_editor', { command: 'ls -la' }],
    ['str_replace_editor', { command: 'insert', path: 'a', insert_line: 2, new_str: 'x' }],
    ['text_editor', { path: 'a', content: 'x' }],
    ['Task', { description: 'Look', prompt: 'find it', subagent_type: 'x' }],
  ])('%s %j is none where the arguments do not fit exactly one', (name, args) => {
    expect(read(name, args)).toMatchObject({ type: 'call', name, args });
  });

  it('is of the tool of that very name, where there is one', () => {
    const own = ['Bash', 'create', 'text_editor'].map((name) =>
      defineTool({
        name,
        description: '',
        risky: false,
        args: z.object({ command: z.string() }),
        example: '',
        run: () => '',
      }),
    );
    const all = new Map([...tools, ...own.map((tool) => [tool.name, tool] as const)]);
    for (const [said, name] of [
      ['bash', 'Bash'],
      ['create', 'create'],
      ['textEditor', 'text_editor'],
    ] as const) {
      expect(parseReply(call(said, { command: 'view' }), all)).toMatchObject({
        name,
        args: { command: 'view' },
      });
    }
  });

  it('may have each argument in each name that any of its tools has for it', () => {
    expect(argSpellings('edit_file', tools)).toEqual(
      expect.arrayContaining(['path', 'content', 'old_text', 'new_str', 'file_text', 'reason']),
    );
    expect(argSpellings('str_replace_editor', tools)).toEqual(
      expect.arrayContaining(['command', 'path', 'old_str', 'file_text', 'view_range']),
    );
    expect(argSpellings('unheard_of', tools)).toEqual([]);
  });
});

it('no name of a tool is one of another', () => {
  for (const { synonyms = [], related = [] } of tools.values()) {
    for (const name of [...synonyms, ...related]) expect(tools.has(name)).toBe(false);
    expect(related.filter((name) => synonyms.includes(name))).toEqual([]);
  }
});

describe('an unknown tool is answered with the one that does it', () => {
  const HINTS: Record<string, string> = {
    run_shell:
      'bash Shell execute_command run_terminal_cmd run_in_terminal exec_command local_shell run_tests ' +
      'delete_file remove_file move_file rename_file mkdir create_directory git_diff python execute_python',
    read_file:
      'Read cat view view_file open_file read_many_files read_files get_file_contents tail',
    list_files: 'LS list_dir list_directory Glob file_search directory_tree tree find_by_name',
    search: 'Grep rg grep_search search_files codebase_search semantic_search find_symbol',
    write_file: 'Write create create_file write_to_file save_file new_file append_to_file touch',
    patch_file:
      'str_replace replace replace_in_file apply_diff apply_patch multi_edit MultiEdit insert ' +
      'insert_edit_into_file search_and_replace str_replace_editor text_editor replace_lines',
    delegate: 'Task agent sub_agent dispatch_agent new_task',
  };
  const rows = Object.entries(HINTS).flatMap(([tool, names]) =>
    names.split(' ').map((name) => ({ name, tool })),
  );

  it('for at least 60 names', () => expect(rows.length).toBeGreaterThanOrEqual(60));

  it.each(rows)('$name: $tool', ({ name, tool }) => {
    const asked = { name, args: { unheard_of: 1 } };
    const meant = tools.get(tool) ?? expect.fail();
    const text = unknownTool(asked, tools);
    expect(text).toContain(`there is no tool ${name}, did you mean ${signature(meant)}?`);
    expect(text).toContain(' It has no unheard_of. The tools are: list_files');
    expect(likelyTool(asked, tools)).toBe(tool);
  });

  it.each(['edit', 'edit_file', 'modify_file', 'update_file'])(
    '%s: to change a part or to write all of it, and the part comes first',
    (name) => {
      const asked = { name, args: {} };
      expect(unknownTool(asked, tools)).toMatch(/did you mean patch_file\(.* Or write_file\(/);
      expect(likelyTool(asked, tools)).toBe('patch_file');
    },
  );

  it('an editor: by its command', () => {
    const meant = (command: string) =>
      likelyTool({ name: 'text_editor', args: { command, path: 'a', line: 1 } }, tools);
    expect(['view', 'create', 'str_replace', 'insert'].map(meant)).toEqual([
      'read_file',
      'write_file',
      'patch_file',
      'patch_file',
    ]);
  });

  it.each(['attempt_completion', 'final_answer', 'finish', 'submit', 'ask_followup_question'])(
    '%s: an answer is no tool call',
    (name) => {
      expect(unknownTool({ name, args: { result: 'x' } }, tools)).toContain('reply with <final>');
    },
  );

  it.each([
    ['seach', 'search'],
    ['read_flie', 'read_file'],
    ['list_fils', 'list_files'],
  ])('%s is a typing error for %s', (name, tool) => {
    expect(likelyTool({ name, args: {} }, tools)).toBe(tool);
  });

  it.each(
    [
      'write_fil rite_file path_file run_shel run_sell patch_fil', // risky
      'read_url list_tools read_mail web_search web_fetch fetch_url',
      'TodoWrite think memory browser_action get_weather send_email',
    ].flatMap((names) => names.split(' ')),
  )('%s: no guess from mere likeness', (name) => {
    expect(unknownTool({ name, args: {} }, tools)).toMatch(
      /^there is no tool \w+\. The tools are: /,
    );
    expect(likelyTool({ name, args: {} }, tools)).toBeUndefined();
  });
});
