/** Whether a text is JSON, and if not, in which line it stops being it. */
import { head } from '../../context/clip.ts';
import type { Problem } from './parsed.ts';

/** Undefined for JSON. A byte order mark may come first, as some editors write it. */
export function jsonProblem(text: string): Problem | undefined {
  const json = text.replace(/^\ufeff/, '');
  try {
    JSON.parse(json);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return firstFault(json); // the message of the error may lack the place
}

const SPACE = /[ \t\r\n]*/y;
const TOKEN =
  // eslint-disable-next-line no-control-regex
  /[{}[\]:,]|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;

/** What may come next. */
type Place =
  | 'a value'
  | 'a value or ]'
  | 'a name in double quotes'
  | 'a name in double quotes or }'
  | 'a colon'
  | 'a comma or ]'
  | 'a comma or }'
  | 'the end of the file';

/** Brackets that are not closed yet. */
type Open = ('{' | '[')[];

function firstFault(json: string): Problem {
  const open: Open = [];
  let place: Place = 'a value';
  for (let at = 0; ;) {
    at = endOf(SPACE, json, at) ?? at;
    const end = endOf(TOKEN, json, at);
    const next: Place | undefined =
      end === undefined ? undefined : placeAfter(place, json.charAt(at), open);
    if (end === undefined || next === undefined) {
      return { line: json.slice(0, at).split('\n').length, message: faultAt(json, at, place) };
    }
    place = next;
    at = end;
  }
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Where a token that begins with this sign leads; undefined where it must not come. */
function placeAfter(place: Place, sign: string, open: Open): Place | undefined {
  switch (place) {
    case 'a value or ]':
      return sign === ']' ? closed(open) : afterValue(sign, open);
    case 'a value':
      return afterValue(sign, open);
    case 'a name in double quotes or }':
      if (sign === '}') return closed(open);
      return sign === '"' ? 'a colon' : undefined;
    case 'a name in double quotes':
      return sign === '"' ? 'a colon' : undefined;
    case 'a colon':
      return sign === ':' ? 'a value' : undefined;
    case 'a comma or ]':
      if (sign === ']') return closed(open);
      return sign === ',' ? 'a value' : undefined;
    case 'a comma or }':
      if (sign === '}') return closed(open);
      return sign === ',' ? 'a name in double quotes' : undefined;
    case 'the end of the file':
      return undefined;
  }
}

function afterValue(sign: string, open: Open): Place | undefined {
  if (sign === '{' || sign === '[') {
    open.push(sign);
    return sign === '{' ? 'a name in double quotes or }' : 'a value or ]';
  }
  return '}]:,'.includes(sign) ? undefined : within(open);
}

function closed(open: Open): Place {
  open.pop();
  return within(open);
}

function within(open: Open): Place {
  const innermost = open.at(-1);
  if (innermost === undefined) return 'the end of the file';
  return innermost === '{' ? 'a comma or }' : 'a comma or ]';
}

/** Characters of the text that are shown. */
const SHOWN_CHARS = 20;

function faultAt(json: string, at: number, place: Place): string {
  const [rest = ''] = json.slice(at, at + 2 * SHOWN_CHARS).split('\n');
  if (at === json.length) return `expected ${place}, found the end of the file`;
  if (/^(?:\/[/*]|#)/.test(rest)) return 'JSON has no comments';
  const isString = rest.startsWith('"') && endOf(TOKEN, json, at) === undefined;
  if (isString) return 'a string that is not closed, or has a character that must be escaped';
  return `expected ${place}, found ${head(rest, SHOWN_CHARS)}`;
}
