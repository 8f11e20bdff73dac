/** Searches without ripgrep: every file that `filesUnder` finds, line by line. */
import fs from 'node:fs';
import vm from 'node:vm';
import { errorCode } from '../../util/errors.ts';
import { withRegularFile } from '../../util/files.ts';
import { PathError, resolveInside } from '../../workspace/paths.ts';
import {
  Matches,
  MAX_FILE_BYTES,
  PatternError,
  SEARCH_TIMEOUT_MS,
  type SearchRequest,
} from './matches.ts';
import { filesUnder } from './ignore-files.ts';
import { ToolError } from '../tool-error.ts';
import { WholeLines } from '../../util/whole-lines.ts';

const CHUNK_BYTES = 256 * 1024;
/** How long one chunk may take to match: a pattern that backtracks without end is stopped. */
const CHUNK_TIMEOUT_MS = 1_000;

/** Searches file by file. @throws PatternError; ToolError on one that takes too long */
export async function searchByWalking(
  request: SearchRequest,
  timeoutMs = SEARCH_TIMEOUT_MS,
): Promise<Matches> {
  const { path: asked, root, signal } = request;
  const matcher = matcherOf(smartCaseRegex(request.pattern));
  const deadline = Date.now() + timeoutMs;
  const isOver = () => signal.aborted || Date.now() > deadline;
  const matches = new Matches();
  for await (const file of filesUnder(root, asked, { isOver })) {
    matches.incomplete = matches.isFull;
    if (matches.isFull) break;
    searchFile(root, file, matcher, matches);
  }
  signal.throwIfAborted();
  matches.incomplete ||= isOver();
  return matches;
}

/**
 * A JavaScript regular expression, which for most patterns means what ripgrep's does. Case counts
 * only if the pattern has a capital that is not part of an escape; `(?i)` at its start turns that off.
 */
function smartCaseRegex(pattern: string): RegExp {
  const body = pattern.replace(/^\(\?i\)/, '');
  const hasCapital = /\p{Lu}/u.test(body.replace(/\\[pPx]\{[^}]*\}|\\./gsu, ''));
  const flags = hasCapital && body === pattern ? '' : 'i';
  for (const mode of ['u', '']) {
    try {
      return new RegExp(body, flags + mode);
    } catch (error) {
      if (mode === '') {
        if (!(error instanceof SyntaxError)) throw error;
        throw new PatternError(error.message.replace(/^.*: /s, ''));
      }
    }
  }
  throw new Error('unreachable');
}

/** Returns the indices of the lines that match. @throws when it takes too long */
type Matcher = (lines: readonly string[]) => number[];

/** Matches in a separate context, because only there can it be timed; one serves the whole search. */
function matcherOf(regex: RegExp): Matcher {
  const sandbox: { regex: RegExp; lines: readonly string[] } = { regex, lines: [] };
  const context = vm.createContext(sandbox);
  // As arguments, because each look at a global of the context takes long.
  const script = new vm.Script(`((regex, lines) => {
    const found = [];
    for (let at = 0; at < lines.length; at++) if (regex.test(lines[at])) found.push(at);
    return found;
  })(regex, lines)`);
  return (lines) => {
    sandbox.lines = lines;
    return script.runInContext(context, { timeout: CHUNK_TIMEOUT_MS }) as number[];
  };
}

function searchFile(root: string, file: string, matcher: Matcher, matches: Matches): void {
  try {
    withRegularFile(resolveInside(root, file).real, (fd, { size }) => {
      if (size > MAX_FILE_BYTES) return;
      for (const { lines, firstLine } of chunksOf(fd, size)) {
        for (const index of matcher(lines)) {
          matches.add(file, firstLine + index, lines[index] ?? '');
        }
      }
    });
  } catch (error) {
    if (error === BINARY) return matches.drop(file);
    if (isTimeout(error)) {
      throw new ToolError('the pattern takes too long to match; use a simpler one');
    }
    if (errorCode(error) === undefined && !(error instanceof PathError)) throw error;
  }
}

const BINARY = new Error('a NUL byte');

/** The error comes from the other context: its class is not ours. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** Whole lines, about 256 KiB at a time. @throws BINARY at the first NUL byte. */
function* chunksOf(fd: number, size: number): Generator<{ lines: string[]; firstLine: number }> {
  const whole = new WholeLines();
  let firstLine = 1;
  for (;;) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size + 1));
    const bytes = chunk.subarray(0, fs.readSync(fd, chunk));
    if (bytes.length === 0) break;
    if (bytes.includes(0)) throw BINARY;
    const lines = linesIn(whole.add(bytes));
    lines.pop(); // what follows the last line end
    if (lines.length > 0) yield { lines, firstLine };
    firstLine += lines.length;
  }
  const { rest } = whole;
  if (rest.length > 0) yield { lines: linesIn(rest), firstLine };
}

function linesIn(bytes: Buffer): string[] {
  return bytes.toString('utf8').split(/\r?\n/);
}
