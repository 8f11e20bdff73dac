/** One JSON object in a reply: where it ends, and what it says despite the faults of small models. */
import JSON5 from 'json5';

/** An object as it was read from a reply. */
interface ReadObject {
  value: Record<string, unknown>;
  /** Why there is no value, in one clause. */
  problem?: string;
  /** The tool's name, if it can be seen in a broken object. */
  nameSeen?: string | undefined;
  /** Where the text after the object starts. */
  end: number;
}

/** Reads the object at `start`: strictly first, then with the faults of small models mended. */
export function readObject(raw: string, start: number): ReadObject {
  const { end } = walked(raw, start);
  const text = raw.slice(start, end);
  const nameSeen = /["'](?:name|tool|tool_name|action)["']\s*:\s*["'](\w{1,60})["']/.exec(
    text.slice(0, 400),
  )?.[1];
  const failed = { value: {}, nameSeen, end: end ?? raw.length };
  // An object without an end was cut off: it is never completed.
  if (end === undefined) return { ...failed, problem: 'the JSON of the tool call does not end' };
  const whole = (json: string, value: Record<string, unknown>): ReadObject =>
    membersIn(value) < walked(json, 0).colons
      ? { ...failed, problem: 'the JSON of the tool call has a key twice' }
      : { value, end };
  try {
    return whole(text, JSON.parse(text) as Record<string, unknown>);
  } catch (error) {
    try {
      const json = mended(text);
      return whole(json, JSON5.parse(json));
    } catch {
      // The error of strict parsing is the more helpful one.
      const detail = error instanceof Error ? error.message.slice(0, 120) : '';
      return { ...failed, problem: `the tool call is not valid JSON (${detail})` };
    }
  }
}

/** How many members an object has, those of the objects in it included. */
function membersIn(value: Record<string, unknown>): number {
  let count = 0;
  const values: unknown[] = [value];
  for (const each of values) {
    if (typeof each !== 'object' || each === null) continue;
    for (const inner of Object.values(each)) values.push(inner);
    if (!Array.isArray(each)) count += Object.keys(each).length;
  }
  return count;
}

const [OPEN, CLOSE, COLON, DOUBLE, SINGLE, BACKSLASH] = [0x7b, 0x7d, 0x3a, 0x22, 0x27, 0x5c];

/**
 * Where the object that opens at `start` closes, found by balancing braces outside strings; and how
 * many colons are outside of them, one for each member that is written.
 */
function walked(raw: string, start: number): { end?: number; colons: number } {
  let depth = 0;
  let quote = 0;
  let colons = 0;
  for (let at = start; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (quote !== 0) {
      if (code === BACKSLASH) at++;
      else if (code === quote) quote = 0;
    } else if (code === DOUBLE || code === SINGLE) quote = code;
    else if (code === OPEN) depth++;
    else if (code === COLON) colons++;
    else if (code === CLOSE && --depth === 0) return { end: at + 1, colons };
  }
  return { colons };
}

const CONTROL_NAMES: Record<string, string> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\u2028': 'u2028',
  '\u2029': 'u2029',
};
const PYTHON: Record<string, string> = { True: 'true', False: 'false', None: 'null' };

/**
 * Strings in either quotes with the gap before another one, comments, and Python's literals. What does
 * not end is taken to the end of the text, so that nothing is looked at twice.
 */
const TOKENS =
  /(?:"([^"\\]*(?:\\[^][^"\\]*)*)"|'([^'\\]*(?:\\[^][^'\\]*)*)')(\s+(?=["']))?|["'][^]*|\/\/.*|\/\*[^]*?(?:\*\/|$)|\b(?:True|False|None)\b/g;

/**
 * Mends what has only one meaning: raw newlines and stray backslashes in strings (`"\d+\b"`), missing
 * commas between members, Python's literals. Missing or extra quotes are not guessed.
 * @throws SyntaxError if a string has two meanings
 */
function mended(text: string): string {
  return text.replace(
    TOKENS,
    (token, double: string | undefined, single: string | undefined, gap: string | undefined) => {
      const string = double ?? single;
      // What a comment says is no member.
      if (string === undefined) return token.startsWith('/') ? ' ' : (PYTHON[token] ?? token);
      const quote = double === undefined ? "'" : '"';
      return `${quote}${mendedString(string)}${quote}${gap === undefined ? '' : ','}`;
    },
  );
}

/** A backslash before anything else stands for itself. */
const STRAY = /\\(?!["\\/bfnrtu'])|\\([^])/g;

/**
 * Where a backslash or a newline was not escaped, `\n` and `\\` may be two characters or one: then the
 * string is refused, and never half mended.
 */
function mendedString(string: string): string {
  let strays = 0;
  let escapes = 0;
  const inner = string.replace(STRAY, (escape, known: string | undefined) => {
    // A word boundary is more likely than the control characters.
    const isStray = known === undefined || known === 'b' || known === 'f';
    if (known === undefined) strays++;
    else if (/[nrtu\\]/.test(known)) escapes++;
    return isStray ? `\\${escape}` : escape;
  });
  if (escapes > 0 && (strays > 0 || /\n/.test(string))) {
    throw new SyntaxError('a string escapes some of its backslashes and newlines, and others not');
  }
  return inner.replace(/[\n\r\t\u2028\u2029]/g, (control) => `\\${CONTROL_NAMES[control]}`);
}
