/**
 * The beginning of a command that a person may always allow, whatever plain words follow. Nobody can
 * tell what a shell makes of any command, but of plain words it makes nothing: they are a program and
 * its arguments. What the program does is its own business. So no beginning is offered after which a
 * word could name what runs, where it comes from, or what is destroyed: it would allow anything.
 */

/** Words of characters that mean nothing to a shell, with spaces between them. */
const PLAIN = /^[\w./:=@,+-]+(?: +[\w./:=@,+-]+)* *$/;

/** A beginning that is longer is not offered: nobody reads all of it. */
const MOST_CHARS = 60;

/** Programs, and words of a shell, whose arguments decide what runs or what is destroyed. */
const UNBOUND: ReadonlySet<string> = new Set(
  [
    // Shells, and what they do with words.
    'ash bash busybox cmd csh dash elvish fish ksh mksh nu powershell pwsh rbash sh tcsh toybox xonsh',
    'yash zsh alias bind builtin case cd command coproc declare enable eval exec exit export fc for',
    'function if read select set shopt source time trap typeset unalias unset until while',
    // Interpreters.
    'awk bun deno elixir erl gawk ghci groovy guile iex irb java jjs julia jshell lua luajit mawk nawk',
    'node nodejs ocaml osascript perl php pry psql py pypy python pythonw r racket raku rscript ruby',
    'runghc sbcl scala sed sqlite tclsh ts-node tsx vite-node wish',
    // What runs a program with other words around it.
    'at batch bundle bwrap caffeinate chroot chrt concurrently conda cross-env direnv doas dotenv entr',
    'env env-cmd faketime firejail flock fnm foreman gosu hatch hyperfine ionice lerna',
    'ld-linux-aarch64.so ld-linux-x86-64.so ld.so ltrace mise nice nodemon nohup nsenter nvm nx open',
    'parallel perf pipenv pipx pkexec proot proxychains rlwrap runuser rush screen script setarch',
    'setpriv setsid stdbuf strace su sudo systemd-run taskset timeout tini tmux torsocks turbo unbuffer',
    'unshare uv uvx valgrind volta watch watchexec wine xargs xdg-open xvfb-run',
    // What runs a program that an option or a file names.
    'ant c++ cc clang clang++ cmake ctags ed emacs ex fd fdfind find g++ gcc gdb gmake info just ld',
    'less lldb make man meson more most mvn mvnw nano ninja rake redo rg scons sort split tar task',
    'unzip vi view vim nvim zip',
    // Other machines, and what comes from them.
    'ansible ansible-playbook apt apt-get aws az brew bunx corepack curl dnf docker-compose',
    'easy_install ftp gcloud gem gh glab helm http https mosh nc ncat netcat nix nix-shell npx pacman',
    'pip podman-compose pulumi rclone rcp rsh rsync scp sftp socat ssh telnet terraform tofu vagrant',
    'wget yum apk',
    // What destroys the files, or ends the processes, that its words name.
    'chattr chgrp chmod chown cp crontab dd fallocate install kill killall ln mkfs mount mv pkill',
    'reboot rm rmdir shred shutdown sponge srm sysctl systemctl tee trash truncate umount unlink',
  ].flatMap((line) => line.split(' ')),
);

/** Programs of many commands: those after which words are bound, and those that a name must follow. */
const COMMANDS: ReadonlyMap<string, { bound: string; named?: string }> = new Map([
  ...sameFor('npm pnpm yarn', {
    bound: 'build check ci format lint list ls outdated pack start t test typecheck view why',
    named: 'run run-script',
  }),
  ...sameFor('git', {
    bound:
      'add blame branch commit describe diff log ls-files ls-tree merge-base rev-list rev-parse ' +
      'shortlog show status tag',
  }),
  ...sameFor('cargo', { bound: 'bench build check clippy doc fmt metadata nextest test tree' }),
  ...sameFor('composer', { bound: 'show test validate' }),
  ...sameFor('docker nerdctl podman', { bound: 'images inspect logs ps stats top version' }),
  ...sameFor('dotnet', { bound: 'build clean format list test' }),
  ...sameFor('go', { bound: 'build doc fmt list mod test version vet' }),
  ...sameFor('gradle gradlew', { bound: 'assemble build check clean test' }),
  ...sameFor('kubectl', { bound: 'describe explain get logs top version' }),
  ...sameFor('mix', { bound: 'compile format test' }),
  ...sameFor('poetry', { bound: 'check show version' }),
  ...sameFor('rails', { bound: 'routes test' }),
  ...sameFor('cabal stack swift', { bound: 'build test' }),
]);

/** Options that name a program, or a file to write: a command with one is asked about. */
const UNBOUND_OPTION =
  /^--?[\w-]*(?:config|exec|hook|options|out|plugin|pre\b|receive|runner|shell|tool|upload)/i;

function sameFor<T>(names: string, value: T): [name: string, value: T][] {
  return names.split(' ').map((name) => [name, value]);
}

/** The beginning that may be always allowed, as words; undefined where none is offered. */
export function beginningOf(command: string): readonly string[] | undefined {
  const words = plainWords(command) ?? [];
  const [first = '', second = '', third = ''] = words;
  if (second === '' || first.length > MOST_CHARS) return undefined;
  const name = programIn(first);
  // With an equals sign it is no program, but a variable of the next one.
  if (name === '' || first.includes('=') || UNBOUND.has(name)) return undefined;
  const beginning = words.slice(0, lengthFor(COMMANDS.get(name), second, third));
  if (beginning.length < 2 || beginning.join(' ').length > MOST_CHARS) return undefined;
  return beginsWith(command, beginning) ? beginning : undefined;
}

/** The name without folder and version, as some disks ignore case: `/usr/bin/python3.12` is a python. */
function programIn(word: string): string {
  const name = word.slice(word.lastIndexOf('/') + 1).toLowerCase();
  return name.replace(/\.exe$/, '').replace(/[-.\d]+$/, '');
}

/** How many words the beginning has; 0 for none. */
function lengthFor(
  commands: { bound: string; named?: string } | undefined,
  second: string,
  third: string,
): number {
  if (!commands || isOneOf(commands.bound, second)) return 2;
  // `yarn run` also runs programs that the project has installed.
  const isName = /^\w/.test(third) && !UNBOUND.has(third);
  return isName && isOneOf(commands.named, second) ? 3 : 0;
}

/** Whether a command is plain words, the first of which are these. */
export function beginsWith(command: string, beginning: readonly string[]): boolean {
  const words = plainWords(command);
  if (!words || words.some((word) => UNBOUND_OPTION.test(word))) return false;
  return beginning.every((word, index) => words[index] === word);
}

function plainWords(command: string): string[] | undefined {
  return PLAIN.test(command) ? command.trim().split(/ +/) : undefined;
}

function isOneOf(list: string | undefined, word: string): boolean {
  return list?.split(' ').includes(word) ?? false;
}
