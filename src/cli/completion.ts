/** `--completion`: shell scripts that complete the flags, generated from the flags themselves. */
import type { Command, Option } from 'commander';

/** The shells that `--completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
/** A shell that `--completion` knows. */
export type Shell = (typeof SHELLS)[number];

const NAME = 'mini-coding-agent';
const FUNCTION = '_mini_coding_agent';
const SESSIONS = '.mini-coding-agent/sessions';

/**
 * Renders the completion script for a shell. It completes only flags and their values: a bare word is
 * part of a prompt.
 */
export function renderCompletion(shell: Shell, command: Command): string {
  const flags = command.createHelp().visibleOptions(command);
  return { bash: forBash, zsh: forZsh, fish: forFish }[shell](flags);
}

/** What a flag's value can be: a fixed choice, a folder, a file, a session, free text, or none. */
function kindOf({ required, argChoices, flags }: Option) {
  if (!required) return 'none';
  if (argChoices) return 'choices';
  if (flags.endsWith('<dir>')) return 'folder';
  if (flags.endsWith('<file>')) return 'file';
  return flags.endsWith('<id>') ? 'session' : 'own';
}

function namesOf({ short, long }: Option): string[] {
  return [short, long].filter((name) => name !== undefined);
}

/** bash expands a word list: only file names that are valid session ids may enter it. */
function forBash(flags: readonly Option[]): string {
  const words = (list: string) => `COMPREPLY=($(compgen -W "${list}" -- "$word"))`;
  const actions = {
    choices: ({ argChoices = [] }: Option) => words(argChoices.join(' ')),
    session: () => words(`latest $(${FUNCTION}_sessions)`),
    folder: () => `${FUNCTION}_paths -d "$word"`,
    file: () => `${FUNCTION}_paths -f "$word"`,
    own: () => ':',
  };
  const cases = flags.flatMap((flag) => {
    const kind = kindOf(flag);
    return kind === 'none' ? [] : [`    ${namesOf(flag).join('|')}) ${actions[kind](flag)} ;;`];
  });
  return `# bash completion for ${NAME}: source it, or put it where bash-completion looks
${FUNCTION}_sessions() {
  local folder=$PWD file
  while [[ -n $folder && ! -d $folder/${SESSIONS} ]]; do folder=\${folder%/*}; done
  for file in "$folder"/${SESSIONS}/*.jsonl; do
    file=\${file##*/} file=\${file%.jsonl}
    [[ $file =~ ^[0-9]{8}-[0-9]{6}-[0-9a-f]{6}$ ]] && printf '%s\\n' "$file"
  done
}
${FUNCTION}_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}
${FUNCTION}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do [[ \${COMP_WORDS[at]} == -- ]] && return; done
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $before in
${cases.join('\n')}
    *) [[ $word == -* ]] && ${words(flags.flatMap(namesOf).join(' '))} ;;
  esac
}
complete -F ${FUNCTION} ${NAME}
`;
}

function forZsh(flags: readonly Option[]): string {
  const action = (flag: Option) =>
    ({
      choices: `(${flag.argChoices?.join(' ')})`,
      session: `${FUNCTION}_sessions`,
      folder: '_files -/',
      file: '_files',
      own: ' ',
      none: '',
    })[kindOf(flag)];
  const specs = flags.map((flag) => {
    const names = namesOf(flag);
    const value = flag.required ? `:${flag.name()}:${action(flag)}` : '';
    const spelled = names.map((name) => {
      const takes = flag.required ? (name.startsWith('--') ? '=' : '+') : '';
      return `'(${names.join(' ')})${name}${takes}[${zshText(flag.description)}]${value}'`;
    });
    return spelled.join(' ');
  });
  return `#compdef ${NAME}
# zsh completion for ${NAME}: source it after compinit, or put it into a folder of fpath as ${FUNCTION}
${FUNCTION}_sessions() {
  setopt localoptions extendedglob
  local folder=$PWD
  local -a ids
  while [[ -n $folder && ! -d $folder/${SESSIONS} ]]; do folder=\${folder%/*}; done
  ids=($folder/${SESSIONS}/*.jsonl(N:t:r))
  ids=(latest \${(M)ids:#[0-9](#c8)-[0-9](#c6)-[0-9a-f](#c6)})
  compadd -a ids
}
${FUNCTION}() {
  _arguments -S \\
    ${specs.join(' \\\n    ')} \\
    '*:word of the prompt:()'
}
if [[ \${funcstack[1]} == ${FUNCTION} ]]; then
  ${FUNCTION} "$@"
else
  compdef ${FUNCTION} ${NAME}
fi
`;
}

/** A description within `[…]` and single quotes. */
function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
}

function forFish(flags: readonly Option[]): string {
  const action = (flag: Option) =>
    ({
      choices: ` -x -a '${flag.argChoices?.join(' ')}'`,
      session: ` -x -a '(_${FUNCTION}_sessions)'`,
      folder: " -x -a '(__fish_complete_directories)'",
      file: ' -r -F',
      own: ' -x',
      none: '',
    })[kindOf(flag)];
  const lines = flags.map((flag) => {
    const short = flag.short ? ` -s ${flag.short.slice(1)}` : '';
    const long = flag.long ? ` -l ${flag.long.slice(2)}` : '';
    const text = flag.description.replace(/['\\]/g, '\\$&');
    return `complete -c ${NAME}${short}${long}${action(flag)} -d '${text}'`;
  });
  return `# fish completion for ${NAME}: source it, or put it into ~/.config/fish/completions
function _${FUNCTION}_sessions
    set -l folder $PWD
    while test -n "$folder"; and test ! -d "$folder/${SESSIONS}"
        set folder (string replace -r '/[^/]*$' '' -- $folder)
    end
    echo latest
    for file in $folder/${SESSIONS}/*.jsonl
        string replace -rf '^.*/(\\d{8}-\\d{6}-[0-9a-f]{6})\\.jsonl$' '$1' -- $file
    end
end
complete -c ${NAME} -f
${lines.join('\n')}
`;
}
