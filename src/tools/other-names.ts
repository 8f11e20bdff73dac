/**
 * Other names of the tools and their arguments, which models know from other clients. Their spelling
 * does not matter. A call by a synonym is taken only where its arguments fit. `related` has names for
 * what a tool can do with other arguments: not taken, but the model is told of the tool.
 */
import { LINE_NAMES } from './line-ranges.ts';

const FILE_ALIASES = standingFor(
  'path',
  words('file file_path file_name target_file absolute_path relative_path'),
);

const FOLDER_ALIASES = standingFor(
  'path',
  words(`
    dir dir_path directory directory_path folder folder_path target_directory search_directory
    search_path absolute_path relative_workspace_path
  `),
);

/** The other names of each tool, and of its arguments. */
export const OTHER_NAMES = {
  read_file: {
    synonyms: words(`
      cat fetch_file file_read get_file_content get_file_contents load_file open open_file read
      read_file_content read_file_contents read_file_range read_text_file show_file view
      view_file
    `),
    related: words('head read_files read_many_files read_multiple_files tail view_code_item'),
    aliases: {
      ...FILE_ALIASES,
      ...standingFor('start', LINE_NAMES.start),
      ...standingFor('end', LINE_NAMES.end),
    },
  },
  list_files: {
    synonyms: words(`
      dir file_glob_search find find_file find_files find_path get_directory_contents glob
      glob_files glob_search list list_dir list_directory list_directory_contents list_folder
      listdir ls show_files view_directory
    `),
    related: words('directory_tree file_search find_by_name get_file_tree list_all_files tree'),
    aliases: {
      ...FOLDER_ALIASES,
      ...standingFor('glob', words('pattern file_pattern glob_pattern')),
    },
  },
  search: {
    synonyms: words(`
      code_search find find_in_files find_text grep grep_files grep_search rg ripgrep
      search_code search_content search_dir search_directory search_file search_file_content
      search_file_contents search_files search_for_pattern search_in_files search_text
      text_search
    `),
    related: words('codebase_search find_references find_symbol search_codebase semantic_search'),
    aliases: {
      ...FOLDER_ALIASES,
      ...FILE_ALIASES,
      ...standingFor(
        'pattern',
        words('query regex regexp keyword search_pattern search_query search_term'),
      ),
    },
  },
  write_file: {
    synonyms: words(`
      create create_file create_new_file create_text_file edit edit_file file_write modify_file
      new_file overwrite overwrite_file save save_file save_to_file update_file write
      write_file_content write_text_file write_to_file
    `),
    related: words('append_file append_to_file create_or_update_file touch'),
    aliases: {
      ...FILE_ALIASES,
      ...standingFor('content', words('contents text file_text file_content file_contents')),
    },
  },
  patch_file: {
    synonyms: words(`
      apply_diff apply_edit edit edit_file file_edit find_and_replace modify_file patch replace
      replace_in_file replace_string replace_string_in_file replace_text search_and_replace
      search_replace str_replace string_replace update_file
    `),
    related: words(`
      apply_patch insert insert_code insert_content insert_edit_into_file insert_lines
      insert_text multi_edit multi_replace_string_in_file replace_file_content replace_lines
      str_replace_based_edit_tool str_replace_editor text_editor
    `),
    aliases: {
      ...FILE_ALIASES,
      ...standingFor('old_text', words('old old_content old_str old_string find search')),
      ...standingFor('new_text', words('new new_content new_str new_string replace replacement')),
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
      copy_file cp create_directory create_folder delete delete_file execute_code execute_python
      git git_commit git_diff git_status make_directory mkdir move_file mv npm python
      remove_file rename_file rm run_python run_tests
    `),
    aliases: {
      ...standingFor('command', words('cmd command_line commands shell_command')),
      ...standingFor(
        'timeout',
        words('timeout_s timeout_sec timeout_secs timeout_seconds timeout_ms'),
      ),
    },
  },
  delegate: {
    // No `create`: it means a file. A helper only reads, so a mistake here costs little.
    synonyms: words(`
      agent delegate_task dispatch_agent launch_agent run_agent spawn_agent sub_agent task
    `),
    related: words('explore new_task spawn_agents task_tool'),
    aliases: {
      ...standingFor('task', words('goal instruction instructions prompt question')),
      ...standingFor('max_steps', words('max_turns steps')),
    },
  },
};

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Aliases of one argument. */
function standingFor<Arg extends string>(
  arg: Arg,
  names: readonly string[],
): Readonly<Record<string, Arg>> {
  return Object.fromEntries(names.map((name) => [name, arg]));
}
