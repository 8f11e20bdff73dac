/**
 * Asks Python whether a source parses, so that nothing of the repository runs: the interpreter is one
 * from outside of it, isolated, in a folder that is not its, and gets the source as data.
 */
import os from 'node:os';
import { findProgram, withTrustedPath } from '../../workspace/paths.ts';
import { childEnvironment } from '../shell/environment.ts';
import { runToEnd } from '../shell/process-group.ts';
import { ToolError } from '../tool-error.ts';
import type { ToolContext } from '../tool.ts';
import type { Parsed, Problem } from './parsed.ts';

/** How long it may take in total, in milliseconds. */
const TIMEOUT_MS = 1_000;
/** The most characters of its output; it prints a few lines. */
const OUTPUT_CHARS = 10_000;

/**
 * Reads the length of the new source, that source, and the old one. Prints the version and for each
 * source a line: `ok`, or the number of a line and what is wrong there. The old one only matters where
 * the new one is not ok. To compile runs nothing.
 */
const PROGRAM = `
import sys
size, _, rest = sys.stdin.buffer.read().partition(b"\\n")
sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
print("Python %d.%d" % sys.version_info[:2])
for source in (rest[:int(size)], rest[int(size):]):
    try:
        compile(source, "file", "exec", dont_inherit=True)
        print("ok")
        break
    except SyntaxError as error:
        print(error.lineno or 0, " ".join(str(error.msg).split()))
`;

/** What Python says of both sources; undefined where there is none, or it fails or takes too long. */
export async function parsePython(
  { before, after }: { before: Buffer; after: Buffer },
  { root, env }: Pick<ToolContext, 'root' | 'env'>,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<Parsed | undefined> {
  const file = findPython(env, root);
  if (file === undefined) return undefined;
  const command = {
    file,
    args: ['-I', '-S', '-c', PROGRAM],
    env: childEnvironment(withTrustedPath(env, root)),
  };
  const input = Buffer.concat([Buffer.from(`${after.length}\n`), after, before]);
  const options = { cwd: '/', timeoutMs, graceMs: 0, input, signal };
  try {
    const { how, stdout } = await runToEnd(command, options);
    return how[0] === 0 ? read(stdout.text(OUTPUT_CHARS)) : undefined;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return undefined; // it could not be started
  }
}

/** The stand-in for Python on a Mac without developer tools, which would offer to install them. */
const MAC_STUB = '/usr/bin/python3';
const MAC_TOOLS = '/Library/Developer/CommandLineTools/usr/bin';

function findPython(env: NodeJS.ProcessEnv, root: string): string | undefined {
  const file = findProgram('python3', env, root);
  if (file !== MAC_STUB || os.platform() !== 'darwin') return file;
  return findProgram('python3', { PATH: MAC_TOOLS }, root);
}

/** Undefined for output of any other form. */
function read(output: string): Parsed | undefined {
  const [language = '', after = '', before = ''] = output.split('\n');
  const [now, old] = [resultOf(after), resultOf(before || 'ok')];
  if (!/^Python \d+\.\d+$/.test(language) || !now || !old) return undefined;
  return { language, before: old.problem, after: now.problem };
}

function resultOf(line: string): { problem: Problem | undefined } | undefined {
  if (line === 'ok') return { problem: undefined };
  const [, number = '', message = ''] = /^(\d+) (.+)$/.exec(line) ?? [];
  return number === '' ? undefined : { problem: { line: Number(number) || undefined, message } };
}
