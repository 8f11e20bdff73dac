/**
 * Marks of a notation that only new_text has, such as line numbers or a code fence. The place is
 * certain then, but the marks would land in the file: the edit is refused, and the model is told what
 * to leave out. Marks that the file has already, or that its kind allows, are taken as meant.
 */
import { isProse } from '../file-kinds.ts';
import { indentOf, isBlank } from './line-pair.ts';
import { decodedEntities, ENTITY } from './notation.ts';
import { columnsOf } from './line-numbers.ts';
import type { FoundMatch } from './locate.ts';
import { lineFeeds } from './replacement.ts';

/** What a patch is about to write, with LF as line ends. */
interface NewText {
  name: string;
  /** The text of the whole file before. */
  file: string;
  /** The number of the line in which the place begins. */
  line: number;
  /** Whether the place begins at the start of that line. */
  isLineStart: boolean;
  replaced: string;
  written: string;
}

/**
 * What is wrong with the new text, and what to send instead; undefined if nothing is.
 * @param name of the file, which tells its kind
 */
export function strayNotation(
  name: string,
  before: Buffer,
  { from, to, newText }: FoundMatch,
): string | undefined {
  const file = lineFeeds(before.toString());
  const head = before.toString('utf8', 0, from);
  const text: NewText = {
    name,
    file,
    line: head.split('\n').length,
    isLineStart: /(?:^|\n)\ufeff?$/.test(head.slice(-2)),
    replaced: lineFeeds(before.toString('utf8', from, to)),
    written: newText,
  };
  for (const rule of [lineNumbers, fence, diffMarks, typography, unseen, entities]) {
    const problem = rule(text);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const extensions = (list: string) => new RegExp(`\\.(?:${list.replaceAll(' ', '|')})$`, 'i');
/** Kinds of files, besides prose, that hold such marks as they are. */
const TEXTS: ReadonlySet<string> = new Set('text org tex log csv tsv po pot srt vtt'.split(' '));
const MARKUP = extensions(
  'html? xhtml xml svg rss xsd xslt? xaml vue svelte astro [jt]sx php erb ejs hbs mustache jinja2? j2 njk liquid twig (?:cs|vb)html',
);
const LISTS = extensions('ya?ml diff patch rej');

const fullLines = (text: string): string[] => text.split('\n').filter((line) => !isBlank(line));

/** Whether these lines have one of the replaced text, or begin with its indentation. */
function areLike(lines: readonly string[], replaced: string): boolean {
  const old = new Set(fullLines(replaced));
  const [first] = old;
  const indent = indentOf(first ?? '');
  return (
    lines.some((line) => old.has(line)) || (indent !== '' && indentOf(lines[0] ?? '') === indent)
  );
}

function lineNumbers(text: NewText): string | undefined {
  const { line, replaced, written, isLineStart } = text;
  if (!isLineStart) return undefined;
  for (const { first, column } of columnsOf(written)) {
    if (fullLines(replaced).some((old) => column.test(old))) continue;
    const bare = fullLines(written).map((each) => each.replace(column, ''));
    if (first !== line && (isProse(text.name, TEXTS) || !areLike(bare, replaced))) continue;
    return 'its lines begin with line numbers, which would land in the file: leave them out';
  }
  return undefined;
}

const FENCE = /^[ \t]*(?:`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*$/;

function fence(text: NewText): string | undefined {
  const lines = fullLines(text.written);
  const isFenced = [lines[0] ?? '', lines.at(-1) ?? ''].some((line) => FENCE.test(line));
  if (!isFenced || isProse(text.name, TEXTS) || /^[ \t]*(?:```|~~~)/m.test(text.file))
    return undefined;
  return 'it begins or ends with a code fence, which would land in the file: leave the fence out';
}

function diffMarks(text: NewText): string | undefined {
  const { name, replaced, written, isLineStart } = text;
  const lines = fullLines(written);
  const old = new Set(fullLines(replaced));
  const isMarked = lines.every((line) => /^[-+ ]/.test(line)) && /^\+/m.test(written);
  if (!isLineStart || !isMarked || /^\+/m.test(replaced)) return undefined;
  const kept = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
  if (!kept.every((line) => old.has(line))) return undefined;
  const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  // Nothing but plus signs may be a list.
  const mayBeList = isProse(text.name, TEXTS) || (LISTS.test(name) && !areLike(added, replaced));
  if (kept.length === 0 && mayBeList) return undefined;
  return 'its lines begin with the marks of a diff, which would land in the file: leave out the marks, and the lines that are removed';
}

/** By family: the typographic quotes, which are no apostrophes in a word, and the plain one. */
const QUOTES: readonly (readonly [plain: string, typographic: RegExp])[] = [
  ['"', /[\u201c-\u201f]/g],
  ["'", /(?<!\p{L})[\u2018-\u201b]|[\u2018-\u201b](?!\p{L})/gu],
];
/** A quote where only the start of a string can be. */
const IN_CODE = /(?:^|[=([{])\s*[\u2018-\u201f]/m;

function typography(text: NewText): string | undefined {
  const { name, file, replaced, written } = text;
  const hasQuotes = (part: string) => QUOTES.some(([, others]) => part.search(others) !== -1);
  const bare = bareCode(written);
  if (isProse(text.name, TEXTS) || MARKUP.test(name) || !hasQuotes(bare)) return undefined;
  if (hasQuotes(bareCode(file))) return undefined;
  const plain = QUOTES.reduce((result, [quote, others]) => result.replace(others, quote), written);
  // Nothing but the quotes changes: they are what is meant.
  const isMeant = plain === replaced && LISTS.test(name);
  const isOther = QUOTES.some(
    ([quote, others]) =>
      bare.search(others) !== -1 && replaced.includes(quote) && !written.includes(quote),
  );
  if (isMeant || (!isOther && (LISTS.test(name) || !IN_CODE.test(bare)))) return undefined;
  return `it has typographic quotes where the code of the file has plain ones: write " and '`;
}

/** What looks like nothing or a space, and is no part of a word in any script. */
const UNSEEN = /[\u00a0\u200b\u202f\u2060\ufeff]/;

function unseen({ name, file, written }: NewText): string | undefined {
  const isText = isProse(name, TEXTS) || MARKUP.test(name) || LISTS.test(name);
  const [character] = UNSEEN.exec(bareCode(written)) ?? [];
  if (isText || character === undefined || file.includes(character)) return undefined;
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `it has U+${code}, which cannot be seen, in the code: leave it out, or write a plain space`;
}

function entities(text: NewText): string | undefined {
  const { name, file, replaced, written } = text;
  if (isProse(text.name, TEXTS) || MARKUP.test(name) || file.search(ENTITY) !== -1)
    return undefined;
  // Where a character is there as itself, an entity is meant as one.
  const rest = written.replace(ENTITY, '');
  const decoded = decodedEntities(written);
  if (rest === written || /[<>&]/.test(rest) || decoded === replaced) return undefined;
  const isInOld = [...'<>&'].some((each) => decoded.includes(each) && replaced.includes(each));
  const [entity] = bareCode(written).match(ENTITY) ?? [];
  if (!isInOld && entity === undefined) return undefined;
  return `it has ${entity ?? 'entities'} where the code needs the character itself: write ${decodedEntities(entity ?? '') || 'the characters'}, not an entity`;
}

const STRING_OR_COMMENT =
  /"""[\s\S]*?"""|'''[\s\S]*?'''|`[^`]*`|"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$)|`(?:\\.|[^`\\\n])*(?:`|$)|(?:\/\/|\/\*|<!--|#|-- |^[ \t]*\*).*/gm;

/** The text without strings and comments, as most languages have them. */
function bareCode(text: string): string {
  return text.replace(STRING_OR_COMMENT, '');
}
