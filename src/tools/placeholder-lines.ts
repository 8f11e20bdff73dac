/** Lines that stand for code that is there already, such as `// ... existing code ...`. */
import { clipLine } from '../context/clip.ts';

/** Longer lines are no such comments. */
const LINE_CHARS = 200;
const SHOWN_CHARS = 60;

/**
 * The first line of a text that stands for lines of what it replaces; undefined where that has none
 * that are missing in the text, or has such a line itself.
 * @param isPassage the text replaces a passage that it does not repeat
 */
export function placeholderIn(
  text: string,
  replaced: string,
  isPassage: boolean,
): string | undefined {
  const before = linesOf(replaced);
  const known = new Set(before);
  const lines = linesOf(text);
  const suspect = lines.filter((line) => !known.has(line) && standsForCode(line));
  const isShorter = lines.length < before.length;
  const found = suspect.find((line) => isShorter || !isBareEllipsis(line));
  if (found === undefined) return undefined;
  const kept = new Set(lines);
  return isPassage || before.some((line) => !kept.has(line))
    ? clipLine(found, SHOWN_CHARS)
    : undefined;
}

/** The lines that are not empty, without what is around them. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const OPENING = String.raw`(?:\/\/+|#+|--+|;+|%+|\/\*+|<!--|\{\/\*|\(\*|\{-|'|rem\b)`;
const CLOSING = String.raw`(?:\*+\/\}?|-->|\*\)|-\})`;
const COMMENT = new RegExp(`^${OPENING}\\s*(.*?)\\s*${CLOSING}?$`, 'i');
/** A comment behind code on its line. */
const TRAILING = new RegExp(`[\\s{(;,:]${OPENING}\\s*(.*?)\\s*(?:${CLOSING})?[\\s})\\];,]*$`, 'i');
const BRACKETED = /^[[(<]\s*(.*?)\s*[\])>]$/;

function standsForCode(line: string): boolean {
  if (line.length > LINE_CHARS) return false;
  const comment = COMMENT.exec(line)?.[1];
  if (comment !== undefined) return isBareEllipsis(line) || isPlaceholder(comment);
  // Without a blank behind the dots it is a spread or rest element.
  if (/^(?:\.{3,}|…)\s+\S/.test(line)) return isPlaceholder(line);
  const bracketed = BRACKETED.exec(line)?.[1];
  if (bracketed?.includes(' ')) return isPlaceholder(bracketed);
  const behind = TRAILING.exec(line)?.[1];
  return behind !== undefined && /^(?:\.{3}|…)/.test(behind) && isPlaceholder(behind);
}

/** Only an ellipsis in a comment: less than certain. */
function isBareEllipsis(line: string): boolean {
  return /^(?:\.{3,}|…)$/.test(COMMENT.exec(line)?.[1] ?? '');
}

const CODE = String.raw`(?:code|file|content|contents|implementation|script|source|class|function|method|module|component|document|program|logic|body)`;
const THINGS = String.raw`(?:${CODE}|lines?|imports?|methods|functions|classes|tests?|cases|fields|properties|routes|handlers|styles|rules|config(?:uration)?|settings|definitions?|declarations?|sections?|items|entries|everything)`;
const OLD = '(?:existing|remaining|previous|original|other|old|current|same|more|unchanged)';
const AS_IT_WAS = String.raw`(?:(?:is|are|stays?|remains?|left|kept|goes|continues?)\s+)*(?:unchanged|the\s+same|as[\s-]is|as\s+before|as\s+(?:it\s+(?:is|was)|they\s+(?:are|were))|untouched|unmodified|omitted(?:\s+for\s+brevity)?|here|above|below|continues?)`;
const FORMS = [
  // rest of the file; the rest of the tests unchanged
  String.raw`(?:the\s+)?(?:rest|remainder)\s+of\s+(?:(?:the|this|your|my|our)\s+)?(?:${OLD}\s+)?(?:${CODE}(?:\s+${AS_IT_WAS})?|[\w.]+(?:\s+\w+)?\s+${AS_IT_WAS})`,
  String.raw`(?:the\s+)?(?:rest|remainder|everything\s+else|all\s+else)\s+${AS_IT_WAS}`,
  // existing code; other methods remain the same
  String.raw`(?:the\s+|your\s+|all\s+)*(?:existing|remaining|previous|original|unchanged)\s+(?:code|content|contents|implementation|source)(?:\s+${AS_IT_WAS})?`,
  String.raw`(?:the\s+|your\s+|all\s+)*(?:${OLD}\s+)+(?:\w+\s+)?${THINGS}\s+${AS_IT_WAS}`,
  // keep the rest of the file; leave existing routes as they are
  String.raw`(?:keep|leave)\s+(?:the\s+|your\s+)*(?:rest|remainder)\s+of\s+(?:the\s+|this\s+|your\s+)?${CODE}(?:\s+${AS_IT_WAS})?`,
  String.raw`(?:keep|leave)\s+(?:the\s+|all\s+|your\s+)*(?:rest(?:\s+of\s+(?:the\s+)?\w+)?|(?:${OLD}\s+)+${THINGS}|everything\s+else)\s+${AS_IT_WAS}`,
  String.raw`no\s+changes?(?:\s+(?:here|needed|below|above))?`,
  String.raw`(?:${THINGS}\s+)?(?:unchanged|unmodified|omitted(?:\s+for\s+brevity)?|snip(?:ped)?|truncated)(?:\s+(?:code|lines?))?`,
  String.raw`same\s+as\s+(?:before|above|original)`,
  'as before',
];
const FORM = new RegExp(`^(?:${FORMS.join('|')})$`, 'i');
/** Between or behind ellipses fewer words are enough. */
const WITH_ELLIPSIS = new RegExp(
  String.raw`^(?:keep\s+|the\s+|your\s+|all\s+|and\s+)*(?:${OLD}\s+)+(?:\w+\s+)?${THINGS}(?:\s+here)?$|^(?:code|file|etc|and\s+so\s+on|more|rest|continued?|(?:the\s+)?rest\s+of\s+(?:the\s+)?[\w.]+(?:\s+\w+)?|other\s+\w+)$`,
  'i',
);

function isPlaceholder(comment: string): boolean {
  const words = comment.replace(/^[\s.…([<{*-]+|[\s.…!)\]>}*-]+$/g, '');
  if (words === '') return false;
  return FORM.test(words) || (/\.{3}|…/.test(comment) && WITH_ELLIPSIS.test(words));
}
