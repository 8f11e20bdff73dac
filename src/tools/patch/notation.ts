/** Notations in which models write the text of a file: with marks that the file does not have. */
import { isInvisible } from './characters.ts';
import { withoutEscapes } from './escapes.ts';
import { withoutLineNumbers, type Edit } from './line-numbers.ts';

/** An edit without the marks of a notation. */
export interface Reading {
  how: string;
  edit: Edit;
  /** Whether it may match only from the start of a line. */
  fromLineStart: boolean;
}

/** The readings of an edit without one notation; none where it is not in it, or not certainly. */
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
    NOTATIONS.flatMap((notation) => notation(first.edit))
      // What begins lines is there once; escapes and entities may be made of others.
      .filter(({ how }) => how !== first.how || !first.fromLineStart)
      .map((second) => ({
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
  // Where the file has entities, new_text may have them as they are there.
  const hasEntity = (text: string) => text.search(ENTITY) !== -1;
  if (hasEntity(edit.oldText) && hasEntity(newText) && !hasEntity(bare)) return [];
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

const LAST_INDENT = /\n[ \t]+$/;

/**
 * Without the indentation of a tag that ended old_text, which may be found as that of the next line.
 * @returns undefined where there is none, or new_text has another one
 */
export function withoutLastIndent({
  oldText,
  newText,
}: Edit): (Reading & { isInNew: boolean }) | undefined {
  const [indent] = LAST_INDENT.exec(oldText) ?? [];
  if (indent === undefined || oldText.trim() === '') return undefined;
  const isInNew = newText.endsWith(indent);
  if (!isInNew && /\n[ \t]*$/.test(newText)) return undefined;
  const bare = (text: string) => text.slice(0, 1 - indent.length);
  const edit = { oldText: bare(oldText), newText: isInNew ? bare(newText) : newText };
  const how = 'without the indentation after its last line';
  return { how, edit, fromLineStart: false, isInNew };
}
