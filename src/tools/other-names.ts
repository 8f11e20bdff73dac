/**
 * The names by which models call the tools and their arguments, from other clients of theirs. Their
 * spelling does not matter. Only where the arguments fit is a call by a synonym taken; `related` has
 * names of what a tool can do with other arguments, to tell a model about.
 */
import { LINE_ALIASES } from './line-ranges.ts';

/** The path of a file. */
const FILE_ALIASES = {
  file: 'path',
  file_path: 'path',
  file_name: 'path',
  target_file: 'path',
  absolute_path: 'path',
  relative_path: 'path',
} as const;

/** The path of a folder. */
const FOLDER_ALIASES = {
  dir: 'path',
  dir_path: 'path',
  directory: 'path',
  directory_path: 'path',
  folder: 'path',
  folder_path: 'path',
  target_directory: 'path',
  search_directory: 'path',
  search_path: 'path',
  absolute_path: 'path',
  relative_workspace_path: 'path',
} as const;

/** The names of each tool. */
export const NAMES = {
  read_file: {
    synonyms: words(`
      cat fetch_file file_read get_file_content get_file_contents load_file open open_file
      read read_file_content read_file_contents read_file_range read_text_file show_file view
      view_file
    `),
    related: words(`
      head read_files read_many_files read_multiple_files tail view_code_item
    `),
    aliases: { ...FILE_ALIASES, ...LINE_ALIASES },
  },
  list_files: {
    synonyms: words(`
      dir file_glob_search find find_file find_files find_path get_directory_contents glob
      glob_files glob_search list list_dir list_directory list_directory_contents list_folder
      listdir ls show_files view_directory
    `),
    related: words(`
      directory_tree file_search find_by_name get_file_tree list_all_files tree
    `),
    aliases: { ...FOLDER_ALIASES, pattern: 'glob', file_pattern: 'glob', glob_pattern: 'glob' },
  },
  search: {
    synonyms: words(`
      code_search find find_in_files find_text grep grep_files grep_search rg ripgrep
      search_code search_content search_dir search_directory search_file search_file_content
      search_file_contents search_files search_for_pattern search_in_files search_text
      text_search
    `),
    related: words(`
      codebase_search find_references find_symbol search_codebase semantic_search
    `),
    aliases: {
      ...FOLDER_ALIASES,
      ...FILE_ALIASES,
      query: 'pattern',
      regex: 'pattern',
      regexp: 'pattern',
      keyword: 'pattern',
      search_pattern: 'pattern',
      search_query: 'pattern',
      search_term: 'pattern',
    },
  },
  write_file: {
    synonyms: words(`
      create create_file create_new_file create_text_file edit edit_file file_write
      modify_file new_file overwrite overwrite_file save save_file save_to_file update_file
      write write_file_content write_text_file write_to_file
    `),
    related: words(`
      append_file append_to_file create_or_update_file touch
    `),
    aliases: {
      ...FILE_ALIASES,
      contents: 'content',
      text: 'content',
      file_text: 'content',
      file_content: 'content',
      file_contents: 'content',
    },
  },
  patch_file: {
    synonyms: words(`
      apply_edit edit edit_file file_edit find_and_replace modify_file patch replace
      apply_diff replace_in_file replace_string replace_string_in_file replace_text search_and_replace
      search_replace str_replace string_replace update_file
    `),
    related: words(`
      str_replace_editor str_replace_based_edit_tool text_editor apply_patch insert insert_code insert_content insert_edit_into_file
      insert_lines insert_text multi_edit multi_replace_string_in_file replace_file_content
      replace_lines
    `),
    aliases: {
      ...FILE_ALIASES,
      old: 'old_text',
      old_content: 'old_text',
      old_str: 'old_text',
      old_string: 'old_text',
      find: 'old_text',
      search: 'old_text',
      new: 'new_text',
      new_content: 'new_text',
      new_str: 'new_text',
      new_string: 'new_text',
      replace: 'new_text',
      replacement: 'new_text',
    },
  },
  run_shell: {
    synonyms: words(`
      bash bash_command bash_tool command console exec exec_command execute execute_bash
      execute_command execute_shell execute_shell_command local_shell run run_bash
      run_bash_command run_command run_in_terminal run_shell_command run_terminal_cmd
      run_terminal_command sh shell shell_command shell_exec terminal
    `),
    related: words(`
      copy_file cp create_directory create_folder delete delete_file execute_code
      execute_python git git_commit git_diff git_status make_directory mkdir move_file mv npm
      python remove_file rename_file rm run_python run_tests
    `),
    aliases: {
      cmd: 'command',
      command_line: 'command',
      commands: 'command',
      shell_command: 'command',
      timeout_s: 'timeout',
      timeout_sec: 'timeout',
      timeout_secs: 'timeout',
      timeout_seconds: 'timeout',
      timeout_ms: 'timeout',
    },
  },
  delegate: {
    // No `create`: that is of files. A helper only reads, so that a mistake here costs little.
    synonyms: words(`
      agent delegate_task dispatch_agent launch_agent run_agent spawn_agent sub_agent task
    `),
    related: words(`
      explore new_task spawn_agents task_tool
    `),
    aliases: {
      goal: 'task',
      instruction: 'task',
      instructions: 'task',
      prompt: 'task',
      question: 'task',
      max_turns: 'max_steps',
      steps: 'max_steps',
    },
  },
} as const;

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
