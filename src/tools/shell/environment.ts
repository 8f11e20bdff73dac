/** Which environment variables child processes get. */

/** Variables that tools need and that contain no secrets. */
const ALLOWED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|TMPDIR|XDG_(CACHE|CONFIG|DATA|STATE)_HOME|NVM_(DIR|BIN)|N_PREFIX|VOLTA_HOME|FNM_DIR|PNPM_HOME|BUN_INSTALL|DENO_DIR|PYENV_ROOT|VIRTUAL_ENV|CONDA_PREFIX|UV_CACHE_DIR|GOPATH|GOROOT|GOCACHE|GOMODCACHE|CARGO_HOME|RUSTUP_HOME|JAVA_HOME|MAVEN_HOME|GRADLE_HOME|GRADLE_USER_HOME|RBENV_ROOT|GEM_HOME|GEM_PATH|ANDROID_HOME|DOTNET_ROOT|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS)$/;

/**
 * The environment for a child process: the allowed variables, and those the user adds by name. So the
 * commands that a model writes do not see tokens and keys of the user's shell.
 */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  added: readonly string[] = [],
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => ALLOWED.test(name) || added.includes(name)),
  );
}

/** Variables of the person's that say how git is set up, and whose repositories it trusts. */
export const FOR_GIT = [
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'SUDO_UID',
];

/**
 * What tells programs that nobody is there to type or to read. A git that would open an editor takes the
 * message it has, of an amended commit or a rebase that continues, and fails where it has none; what
 * cannot be done without an editor, such as choosing the commits of a rebase, fails. `CI` is not
 * among them: it makes package managers refuse a changed package.json, and warnings fail builds.
 */
export const UNATTENDED: Readonly<NodeJS.ProcessEnv> = {
  GIT_EDITOR: 'true',
  GIT_SEQUENCE_EDITOR: 'false',
  EDITOR: 'false',
  VISUAL: 'false',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  DEBIAN_FRONTEND: 'noninteractive',
};
