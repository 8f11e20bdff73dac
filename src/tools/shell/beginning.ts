/**
 * The beginning of a command that a person may always allow, whatever names follow. Nobody can tell
 * what a shell makes of any command, but of plain words it makes nothing: they are a program and its
 * arguments. What the program does is its own business. So no beginning is offered after which a name
 * could tell what runs, where it comes from, or what is destroyed: it would allow anything. Options
 * can do all that in every program, so those that a person has not seen are never covered.
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
    'm4 mongosh mysql node nodejs ocaml octave osascript perl php pry psql py pypy python pythonw r',
    'racket raku redis-cli rscript ruby runghc sbcl scala sed sqlite swipl tclsh ts-node tsx vite-node',
    'wasmer wasmtime wish',
    // What runs a program with other words around it.
    'asdf at batch bundle bwrap c8 caffeinate chroot chrt concurrently conda coverage cross-env dart',
    'direnv dlv doas dotenv electron entr env env-cmd expect faketime firejail flock fnm foreman gosu',
    'hatch hyperfine ionice ld-linux-aarch64.so ld-linux-x86-64.so ld.so lerna ltrace mise nice nodemon',
    'nodenv nohup nsenter nvm nx nyc open parallel pdm perf pipenv pipx pixi pkexec pm2 proot',
    'proxychains pyenv rbenv rlwrap runuser rush rustup rye screen script setarch setpriv setsid stdbuf',
    'strace su sudo systemd-run taskset timeout tini tmux torsocks turbo unbuffer unshare uv uvx',
    'valgrind volta watch watchexec wine xargs xdg-open xvfb-run zig',
    // What runs a program, or one of many tasks, that an option, a word or a file names.
    'ant bazel buck c++ cc clang clang++ cmake ctags dune earthly ed emacs ex fab fd fdfind find g++',
    'gcc gdb gmake gradle gradlew grunt gulp info inv invoke jake just ld lein less lldb make man meson',
    'mill more most mvn mvnw nano ninja nox nvim pants rake redo rg sbt scons sort split tar task tox',
    'unzip vi view vim zip',
    // Other machines, and what comes from them.
    'ansible ansible-playbook apk apt apt-get aws az brew bunx corepack curl dig dnf docker-compose',
    'easy_install ftp gcloud gem gh glab helm hg host http https jj mail mailx mosh nc ncat netcat nix',
    'nix-shell npx nslookup openssl pacman ping pip podman-compose pulumi rclone rcp rsh rsync scp',
    'sendmail sftp socat ssh svn telnet terraform tofu vagrant wall wget whois write xh yum',
    // What destroys the files, or ends the processes, that its words name.
    'bunzip2 bzip2 chattr chgrp chmod chown cp crontab dd dos2unix fallocate gunzip gzip install kill',
    'killall ln mkfs mount mv patch pkill reboot rename rm rmdir shred shutdown sponge srm sysctl',
    'systemctl tee trash truncate umount uniq unix2dos unlink unxz xxd xz zstd',
  ].flatMap((line) => line.split(' ')),
);

/** Programs of many commands: those after which words are bound, and those that a name must follow. */
const COMMANDS: ReadonlyMap<string, { bound: string; named?: string }> = new Map([
  ...sameFor('npm pnpm yarn', {
    bound: 'build check ci format lint list ls outdated start t test typecheck why',
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
  ...sameFor('go', { bound: 'build doc fmt list test version vet' }),
  ...sameFor('kubectl', { bound: 'describe explain get logs top version' }),
  ...sameFor('mix', { bound: 'compile format test' }),
  ...sameFor('poetry', { bound: 'check show version' }),
  ...sameFor('rails', { bound: 'routes test' }),
  ...sameFor('cabal stack swift', { bound: 'build test' }),
]);

/** Options that name a program, code, another place or a file to write: none is in a beginning. */
const UNBOUND_OPTION =
  /^(?:-[CDIOWcdefiopr]$|--?[\w-]*(?:basetemp|config|delete|exec|file|fix|flags|force|host|import|init|load|module|options|out|pager|path|plugin|pre|prog|receive|registry|report|require|resolve|root|runner|server|setup|shell|tool|transform|upload|url|write))/i;

/** Words that lead out of the folder, to another machine, or to a file of further words. */
const OUTWARD = /(?:^|[=:,])\/|(?:^|[/=:,])\.\.(?:\/|$)|^[@+]|:\/\//;

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
  const length = lengthFor(COMMANDS.get(name), second, third);
  // The options that stand there belong to it: no others will be covered.
  const names = words.findIndex((word, index) => index >= length && !isOption(word));
  const beginning = words.slice(0, names === -1 ? words.length : names);
  if (beginning.length > length && beginning.at(-1) === '--') beginning.pop();
  if (length === 0 || beginning.join(' ').length > MOST_CHARS) return undefined;
  if (beginning.some((word) => UNBOUND_OPTION.test(word) || OUTWARD.test(word))) return undefined;
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

/** Whether a command is plain words, the first of which are these, and names in the folder. */
export function beginsWith(command: string, beginning: readonly string[]): boolean {
  const words = plainWords(command);
  if (!words || !beginning.every((word, index) => words[index] === word)) return false;
  const others = words.slice(beginning.length);
  // What follows two dashes is names in most programs; where it is options, they begin with a dash.
  return others.every((word) => word === '--' || !(isOption(word) || OUTWARD.test(word)));
}

function isOption(word: string): boolean {
  return word.startsWith('-');
}

function plainWords(command: string): string[] | undefined {
  return PLAIN.test(command) ? command.trim().split(/ +/) : undefined;
}

function isOneOf(list: string | undefined, word: string): boolean {
  return list?.split(' ').includes(word) ?? false;
}
