/** Edits in which characters are escaped that are plain in the file, and how they are meant. */
import type { Edit } from './line-numbers.ts';
import type { Reading } from './notation.ts';

const HOW = 'once its escapes were decoded';
const JSON_ESCAPE = /\\(?:["\\/bfnrt]|u[\da-f]{4})/gi;
const ESCAPED_QUOTE = /\\(["'`])/g;
const SIMPLE_ESCAPE = /\\([nt"'])/g;
/** A string, or an escape outside of one, at which none begins. */
const QUOTED = /\\.|(["'`])((?:\\.|(?!\1)[^\\\n])*)\1/g;
const LINE_START_TABS = /^(?:\\t)+/gm;

/** The edit with its escapes decoded, for each notation that both texts may be in. */
export function withoutEscapes(edit: Edit): Reading[] {
  const { oldText, newText } = edit;
  const inOld = escapesIn(oldText);
  if (inOld.size === 0) return [];
  const bare: Edit[] = [...withTabs(edit), ...withSingleBackslashes(edit)];
  const add = (decoded: (text: string) => string, isNewPlain: boolean) =>
    bare.push({ oldText: decoded(oldText), newText: isNewPlain ? newText : decoded(newText) });

  const inNew = escapesIn(newText);
  const quotes = rawQuotesIn(newText);
  const hasNoQuotes = ![...inNew].some(isQuote);
  // A quote that is not escaped in new_text shows that it is not in this notation.
  const isSource = quotes.some((quote) => inOld.has(quote) || inNew.has(quote));
  const isNewEscaped = [...inNew].every((each) => inOld.has(each) || isQuote(each)) && !isSource;
  // Line ends that are escaped in new_text only: as in JSON, where the lines of old_text were one.
  const isFlat = isOneLine(newText) && !inOld.has('n') && outsideQuotes(newText).includes('\\n');
  if ([...inOld].some(isQuote) && !isFlat && (isNewEscaped || hasNoQuotes)) {
    add((text) => text.replace(ESCAPED_QUOTE, '$1'), hasNoQuotes);
  }
  // Nor is a new_text of several lines, or one without any escape, where line ends are escaped.
  const isNewPlain =
    inNew.size === 0 || (!isOneLine(newText) && hasNoQuotes && (inOld.has('n') || !inNew.has('t')));
  const isNewFlat = isNewEscaped && isOneLine(newText) && !hasQuotedEscape(newText);
  const hasLines = (inOld.has('n') || inOld.has('t')) && isOneLine(oldText);
  if (hasLines && !inOld.has('\\') && (isNewPlain || isNewFlat)) {
    add((text) => text.replace(SIMPLE_ESCAPE, (_, escape: string) => simple(escape)), isNewPlain);
  }
  // Escapes of the source may be left in new_text where old_text has them escaped once more.
  const isDoubtful = inOld.has('\\') && !inOld.has('n') && !inNew.has('\\') && hasNoQuotes;
  const isNewJson = isJsonBody(newText) && (!isDoubtful || inNew.size === 0);
  const isJson = isJsonBody(oldText) && (isNewPlain || isNewJson);
  if (isJson && (inOld.has('n') || inOld.has('\\') || isFlat)) add(fromJson, isNewPlain);
  return bare.map((each) => ({ how: HOW, edit: each, fromLineStart: false }));
}

/** Tabs that begin lines. */
function withTabs({ oldText, newText }: Edit): Edit[] {
  if (oldText.search(LINE_START_TABS) === -1) return [];
  const [bareOld = '', bareNew = ''] = [oldText, newText].map((text) =>
    text.replace(LINE_START_TABS, (tabs) => '\t'.repeat(tabs.length / 2)),
  );
  // Others, but for line ends and tabs in strings, show another notation.
  const isFlat = isOneLine(newText) && bareNew.includes('\\n');
  if (isFlat || /\\["'`\\]/.test(bareNew) || /\\[nt]/.test(outsideQuotes(bareNew))) return [];
  return [{ oldText: bareOld, newText: bareNew }];
}

/** All backslashes doubled: in both where they have an escape in common, which would be single. */
function withSingleBackslashes({ oldText, newText }: Edit): Edit[] {
  const isDoubled = (escape: string) => escape.replace(/[^\\]/gs, '').length % 2 === 0;
  const olds = runsIn(oldText);
  if (![...olds].every(isDoubled)) return [];
  const news = runsIn(newText);
  const isAlike = [...news].every(isDoubled) && [...news].some((escape) => olds.has(escape));
  if (!isAlike && news.size > 0) return [];
  const bare = (text: string) => text.replaceAll('\\\\', '\\');
  return [{ oldText: bare(oldText), newText: bare(newText) }];
}

/** The different runs of backslashes in a text, each with the character after it. */
function runsIn(text: string): Set<string> {
  const runs = new Set<string>();
  for (const [run] of text.matchAll(/\\+.?/gs)) runs.add(run);
  return runs;
}

const isQuote = (escape: string): boolean => /^["'`]$/.test(escape);
const isOneLine = (text: string): boolean => !text.trim().includes('\n');

function outsideQuotes(text: string): string {
  return text.replace(QUOTED, (part) => (part.startsWith('\\') ? part : ''));
}

/** Whether an escape is in a string of the source, where it is meant as one. */
function hasQuotedEscape(text: string): boolean {
  return [...text.matchAll(QUOTED)].some(([, , body = '']) => /\\[nt]/.test(body));
}

function fromJson(text: string): string {
  const escaped = text.replace(/\p{Cc}/gu, (raw) => JSON.stringify(raw).slice(1, -1));
  return String(JSON.parse(`"${escaped}"`));
}

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
