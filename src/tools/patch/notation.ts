/** Notations in which models write the text of a file: with marks that the file does not have. */
import { isInvisible } from './characters.ts';
import { withoutLineNumbers, type Edit } from './line-numbers.ts';

/** An edit without the marks of a notation. */
export interface Reading {
  how: string;
  edit: Edit;
  /** Whether it may match only from the start of a line. */
  fromLineStart: boolean;
}

type Notation = (edit: Edit) => Reading[];

const NOTATIONS: readonly Notation[] = [
  withoutFence,
  (edit) =>
    withoutLineNumbers(edit).map((bare) => ({
      how: 'once its line numbers were taken off',
      edit: bare,
      fromLineStart: true,
    })),
  withoutDiffMarks,
  withoutEntities,
  withoutEscapes,
  withTwoHyphens,
];

/** Every reading of an edit without the marks of one notation, and of two at once. */
export function readingsOf(edit: Edit): Reading[] {
  const once = NOTATIONS.flatMap((notation) => notation(edit));
  const twice = once.flatMap((first) =>
    NOTATIONS.flatMap((notation) => notation(first.edit)).map((second) => ({
      how: first.how === second.how ? first.how : `${first.how} and ${second.how}`,
      edit: second.edit,
      fromLineStart: first.fromLineStart || second.fromLineStart,
    })),
  );
  return [...once, ...twice].filter(({ edit: { oldText } }) => !isInvisible(oldText));
}

const FENCE = /^\s*(`{3,}|~{3,})[^\n`]*\n(?:([\s\S]*)\n)?[ \t]*\1[ \t]*\n?$/;

function withoutFence({ oldText, newText }: Edit): Reading[] {
  const old = FENCE.exec(oldText);
  if (!old) return [];
  const inner = FENCE.exec(newText);
  // A fence around only a part of the new text may be meant for the file.
  if (!inner && /^[ \t]*(?:```|~~~)/m.test(newText)) return [];
  const body = inner ? linesOf(inner[2]) : newText;
  const edit = { oldText: linesOf(old[2]), newText: body };
  return [{ how: 'without the code fence around it', edit, fromLineStart: true }];
}

function linesOf(body: string | undefined): string {
  return body === undefined ? '' : `${body}\n`;
}

/** Lines removed and lines added, as a diff has them, with lines around that stay. */
function withoutDiffMarks({ oldText, newText }: Edit): Reading[] {
  const [oldLines, newLines] = [oldText, newText].map((text) => text.split('\n'));
  const isOld = oldLines?.every((line) => /^(?:[- ]|$)/.test(line)) && /^-/m.test(oldText);
  if (!isOld) return [];
  const hasContext = /^ /m.test(oldText);
  const isNew = newLines?.every((line) => /^(?:[+ ]|$)/.test(line)) && /^\+/m.test(newText);
  const bare = (text: string) => text.replace(/^[-+ ]/gm, '');
  // The text itself may begin with a mark, such as a comment of SQL.
  const isMark = (line: string) => /^[+-]/.test(line) && !bareStarts.has(line.slice(0, 2));
  const bareStarts = new Set(oldLines?.map((line) => line.slice(1, 3)));
  const isPlain = !hasContext && !newLines?.some(isMark);
  if (!isNew && !isPlain && newText !== '') return [];
  const edit = { oldText: bare(oldText), newText: isNew ? bare(newText) : newText };
  return [{ how: 'without the marks of a diff', edit, fromLineStart: true }];
}

/** An entity of markup for a character that it needs. */
export const ENTITY = /&(?:lt|gt|amp|quot|apos|#39|#x27|#34|#x22);/gi;
const DECODED: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#34': '"',
  '#x22': '"',
};

function withoutEntities({ oldText, newText }: Edit): Reading[] {
  if (oldText.search(ENTITY) === -1 || /[<>]/.test(oldText)) return [];
  // Where both are used, an entity may be meant for the file.
  const isEncoded = !/[<>]/.test(newText);
  if (!isEncoded && newText.search(ENTITY) !== -1) return [];
  const bare = isEncoded ? decodedEntities(newText) : newText;
  const edit = { oldText: decodedEntities(oldText), newText: bare };
  return [{ how: 'once its entities were decoded', edit, fromLineStart: false }];
}

/** The text with each entity as the character that it stands for. */
export function decodedEntities(text: string): string {
  return text.replace(ENTITY, (entity) => DECODED[entity.slice(1, -1).toLowerCase()] ?? "'");
}

/** Two hyphens that were made a dash: where the text is found so, a dash means them in both. */
function withTwoHyphens({ oldText, newText }: Edit): Reading[] {
  if (!oldText.includes('\u2014')) return [];
  // One that new_text adds may be meant as it is.
  const count = (text: string, dash: string) => text.split(dash).length;
  if ([...DASHES].some((dash) => count(newText, dash) > count(oldText, dash))) return [];
  const edit = { oldText: hyphens(oldText), newText: hyphens(newText) };
  return [{ how: 'once its dashes were written as two hyphens', edit, fromLineStart: false }];
}

const DASHES = '\u2010\u2011\u2012\u2013\u2014\u2015\u2212';

function hyphens(text: string): string {
  return text.replaceAll('\u2014', '--');
}

const JSON_ESCAPE = /\\(?:["\\/bfnrt]|u[\da-f]{4})/gi;
const ESCAPED_QUOTE = /\\(["'`])/g;
const SIMPLE_ESCAPE = /\\([nt"'])/g;

function withoutEscapes({ oldText, newText }: Edit): Reading[] {
  const readings: Reading[] = [];
  const add = (decoded: (text: string) => string, isNewPlain: boolean) =>
    readings.push({
      how: 'once its escapes were decoded',
      edit: { oldText: decoded(oldText), newText: isNewPlain ? newText : decoded(newText) },
      fromLineStart: false,
    });
  const [inOld, inNew] = [escapesIn(oldText), escapesIn(newText)];
  if (inOld.size === 0) return [];
  const areKnown = [...inNew].every((escape) => inOld.has(escape) || isQuote(escape));
  // A quote that is not escaped in new_text shows that it is not in this notation.
  const rawQuotes = rawQuotesIn(newText).some((quote) => inOld.has(quote));
  const isNewEscaped = areKnown && !rawQuotes;
  const hasNoQuotes = ![...inNew].some(isQuote);
  if ([...inOld].some(isQuote) && (isNewEscaped || hasNoQuotes)) {
    add((text) => text.replace(ESCAPED_QUOTE, '$1'), hasNoQuotes);
  }
  // Nor is a new_text of several lines, or one without any escape, where line ends are escaped.
  const isNewPlain = inNew.size === 0 || (isOfLines(newText) && hasNoQuotes);
  const isNewFlat = isNewEscaped && !isOfLines(newText);
  const hasLines = (inOld.has('n') || inOld.has('t')) && !isOfLines(oldText);
  if (hasLines && !inOld.has('\\') && (isNewPlain || isNewFlat)) {
    add((text) => text.replace(SIMPLE_ESCAPE, (_, escape: string) => simple(escape)), isNewPlain);
  }
  const isJson = isJsonBody(oldText) && (isNewPlain || isJsonBody(newText));
  if (isJson && (inOld.has('n') || inOld.has('\\'))) {
    add(
      (text) =>
        String(
          JSON.parse(`"${text.replace(/\p{Cc}/gu, (raw) => JSON.stringify(raw).slice(1, -1))}"`),
        ),
      isNewPlain,
    );
  }
  return readings;
}

const isQuote = (escape: string): boolean => /^["'`]$/.test(escape);
const isOfLines = (text: string): boolean => text.trim().includes('\n');

/** The body of a string in JSON: no raw newline or quote, and every backslash begins an escape. */
function isJsonBody(text: string): boolean {
  return !/["\\\n\r]/.test(text.replace(JSON_ESCAPE, ''));
}

function simple(escape: string): string {
  if (escape === 'n') return '\n';
  return escape === 't' ? '\t' : escape;
}

function escapesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\\([\s\S])/g)].map(([, escape = '']) => escape));
}

function rawQuotesIn(text: string): string[] {
  return [...text.matchAll(/\\[\s\S]|(["'`])/g)].flatMap(([, quote]) => (quote ? [quote] : []));
}
