/** How the program was started, so that what it suggests can be typed in the same place. */
import path from 'node:path';

const NAME = 'mini-coding-agent';

/** What tells how a program was started. */
interface Start {
  /** The file that node was given: a link in a folder of programs, or the script itself. */
  script: string | undefined;
  cwd: string;
  /** npm tells in it which of its commands it runs. */
  env: NodeJS.ProcessEnv;
}

/** The words that start the program again from the same folder; flags follow them. */
export function startedAs({ script, cwd, env }: Start): string {
  const lifecycle = env['npm_package_name'] === NAME ? env['npm_lifecycle_event'] : undefined;
  if (lifecycle === 'start') return 'npm start --';
  if (lifecycle === 'dev') return 'npm run dev --';
  if (script === undefined) return NAME;
  if (path.basename(script) === NAME) {
    if (env['npm_command'] === 'exec') return `npx ${NAME}`;
    const places = (env['PATH'] ?? '').split(path.delimiter);
    return places.includes(path.dirname(script)) ? NAME : shellWord(script);
  }
  const near = path.relative(cwd, script);
  return `node ${shellWord(near.startsWith('..') ? script : near)}`;
}

/** A text as one word of a command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
