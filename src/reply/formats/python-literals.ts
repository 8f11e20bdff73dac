/** The literals of Python, and of JSON where they differ: read as the language reads them. */
import { afterWhitespace, matchAt } from '../match-at.ts';

/** A value and where the text after it starts. */
interface Literal {
  value: unknown;
  end: number;
}

/** Literals that nest deeper are refused: they could overflow the stack. */
const MAX_NESTING = 50;

/** Reads the literal at `at`. Undefined for anything that would have to be run, or is cut off. */
export function readLiteral(raw: string, at: number, nesting = 0): Literal | undefined {
  if (nesting > MAX_NESTING) return undefined;
  const quote = matchAt(raw, at, '(r?)("""|\'\'\'|"|\')');
  if (quote) return readText(raw, quote.end, quote.groups[1] ?? '', quote.groups[0] !== '');
  const open = raw.charAt(at);
  if (open === '[') return readList(raw, at + 1, ']', nesting);
  if (open === '(') return readList(raw, at + 1, ')', nesting);
  if (open === '{') return readDict(raw, at + 1, nesting);
  const word = matchAt(raw, at, '[\\w.+-]{1,40}');
  const text = raw.slice(at, word?.end ?? at);
  if (Object.hasOwn(WORDS, text)) return { value: WORDS[text], end: at + text.length };
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text);
  return isNumber ? { value: Number(text), end: at + text.length } : undefined;
}

const WORDS: Readonly<Record<string, unknown>> = {
  True: true,
  true: true,
  False: false,
  false: false,
  None: null,
  null: null,
};

/** A text ends at the first quote like its own. Newlines in it are taken as they are. */
function readText(raw: string, from: number, quote: string, isRaw: boolean): Literal | undefined {
  for (let at = from; at < raw.length; at++) {
    if (raw.charAt(at) === '\\') at++;
    else if (raw.startsWith(quote, at)) {
      const text = raw.slice(from, at);
      const value = isRaw ? text : unescaped(text);
      return value === undefined ? undefined : { value, end: at + quote.length };
    }
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/**
 * The text that is meant. A backslash before a letter without a meaning stands for itself, as in
 * Python, and before `b` too: a pattern is meant. Undefined where it is not certain what is meant.
 */
function unescaped(text: string): string | undefined {
  let isCertain = true;
  const plain = text.replace(
    /\\(?:(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2}))|([^]))/g,
    (escape, u, long, x, letter) => {
      if (letter !== undefined) {
        // These need digits or a name behind them, or are octal.
        if (/[uUxN\d]/.test(letter)) isCertain = false;
        return ESCAPES[letter] ?? escape;
      }
      const code = Number.parseInt(u ?? long ?? x, 16);
      if (code > 0x10_ff_ff) isCertain = false;
      // A pair of surrogates is written as two.
      return isCertain ? String.fromCodePoint(code) : escape;
    },
  );
  return isCertain ? plain : undefined;
}

/** A list, or a tuple; parentheses around one value are none. */
function readList(raw: string, from: number, close: string, nesting: number): Literal | undefined {
  const values: unknown[] = [];
  let isTuple = close === ']';
  for (let at = afterWhitespace(raw, from); ;) {
    if (raw.charAt(at) === close) {
      const isOne = values.length === 1 && !isTuple;
      return { value: isOne ? values[0] : values, end: at + 1 };
    }
    const item = readLiteral(raw, at, nesting + 1);
    if (!item) return undefined;
    values.push(item.value);
    at = afterWhitespace(raw, item.end);
    if (raw.charAt(at) === ',') {
      isTuple = true;
      at = afterWhitespace(raw, at + 1);
    } else if (raw.charAt(at) !== close) return undefined;
  }
}

function readDict(raw: string, from: number, nesting: number): Literal | undefined {
  const value: Record<string, unknown> = {};
  for (let at = afterWhitespace(raw, from); ;) {
    if (raw.charAt(at) === '}') return { value, end: at + 1 };
    const name = matchAt(raw, at, '([a-z_]\\w{0,60})(?=\\s{0,9}:)');
    const key = name ? { value: name.groups[0], end: name.end } : readLiteral(raw, at, nesting + 1);
    if (typeof key?.value !== 'string' || !isNewKey(value, key.value)) return undefined;
    const colon = afterWhitespace(raw, key.end);
    if (raw.charAt(colon) !== ':') return undefined;
    const item = readLiteral(raw, afterWhitespace(raw, colon + 1), nesting + 1);
    if (!item) return undefined;
    value[key.value] = item.value;
    at = afterWhitespace(raw, item.end);
    if (raw.charAt(at) === ',') at = afterWhitespace(raw, at + 1);
    else if (raw.charAt(at) !== '}') return undefined;
  }
}

/** Whether a value of this name can be added: one given twice is not certain. */
export function isNewKey(values: Record<string, unknown>, name: string): boolean {
  return name !== '__proto__' && !Object.hasOwn(values, name);
}
