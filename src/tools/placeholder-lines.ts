/** Lines that stand for code that is there already, such as `// ... existing code ...`. */
import { clipLine } from '../context/clip.ts';

/** Longer lines are no such comments. */
const LINE_CHARS = 200;
const SHOWN_CHARS = 60;

/**
 * The first line of a text that stands for lines of what it replaces. Undefined if no such lines are
 * missing from the text, or if the replaced text has that line, too.
 * @param isPassage the text replaces only a passage, which it need not repeat
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

/** The lines that are not empty, without whitespace around them. */
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
  // Without whitespace behind the dots it is a spread or rest element.
  if (/^(?:\.{3,}|…)\s+\S/.test(line)) return isPlaceholder(line);
  const bracketed = BRACKETED.exec(line)?.[1];
  if (bracketed?.includes(' ')) return isPlaceholder(bracketed);
  const behind = TRAILING.exec(line)?.[1];
  return behind !== undefined && /^(?:\.{3}|…)/.test(behind) && isPlaceholder(behind);
}

/** Whether a comment is only an ellipsis, which is less certain to be a placeholder. */
function isBareEllipsis(line: string): boolean {
  return /^(?:\.{3,}|…)$/.test(COMMENT.exec(line)?.[1] ?? '');
}

/** The source of an expression that is written with plain spaces: each stands for any whitespace. */
const spaced = (source: string): string => source.replaceAll(' ', String.raw`\s+`);

const CODE =
  '(?:code|file|content|contents|implementation|script|source|class|function|method|module|' +
  'component|document|program|logic|body)';
const THINGS =
  `(?:${CODE}|lines?|imports?|methods|functions|classes|tests?|cases|fields|properties|routes|` +
  'handlers|styles|rules|config(?:uration)?|settings|definitions?|declarations?|sections?|items|' +
  'entries|everything)';
const OLD = '(?:existing|remaining|previous|original|other|old|current|same|more|unchanged)';
const STAYS = '(?:(?:is|are|stays?|remains?|left|kept|goes|continues?) )*';
const AS_IT_WAS =
  String.raw`${STAYS}(?:unchanged|the same|as[\s-]is|as before|` +
  'as (?:it (?:is|was)|they (?:are|were))|untouched|unmodified|omitted(?: for brevity)?|' +
  'here|above|below|continues?)';
/** What a placeholder says, in all of its words. */
const FORMS = [
  // rest of the file; the rest of the tests unchanged
  '(?:the )?(?:rest|remainder) of (?:(?:the|this|your|my|our) )?' +
    String.raw`(?:${OLD} )?(?:${CODE}(?: ${AS_IT_WAS})?|[\w.]+(?: \w+)? ${AS_IT_WAS})`,
  `(?:the )?(?:rest|remainder|everything else|all else) ${AS_IT_WAS}`,
  // existing code; other methods remain the same
  '(?:the |your |all )*(?:existing|remaining|previous|original|unchanged) ' +
    `(?:code|content|contents|implementation|source)(?: ${AS_IT_WAS})?`,
  String.raw`(?:the |your |all )*(?:${OLD} )+(?:\w+ )?${THINGS} ${AS_IT_WAS}`,
  // keep the rest of the file; leave existing routes as they are
  '(?:keep|leave) (?:the |your )*(?:rest|remainder) of ' +
    `(?:the |this |your )?${CODE}(?: ${AS_IT_WAS})?`,
  '(?:keep|leave) (?:the |all |your )*' +
    String.raw`(?:rest(?: of (?:the )?\w+)?|(?:${OLD} )+${THINGS}|everything else) ${AS_IT_WAS}`,
  'no changes?(?: (?:here|needed|below|above))?',
  `(?:${THINGS} )?(?:unchanged|unmodified|omitted(?: for brevity)?|snip(?:ped)?|truncated)` +
    '(?: (?:code|lines?))?',
  'same as (?:before|above|original)',
  'as before',
];
const FORM = new RegExp(`^(?:${spaced(FORMS.join('|'))})$`, 'i');
/** What it says between or behind ellipses, where fewer words are enough. */
const FORMS_WITH_ELLIPSIS = [
  // keep existing imports; other methods
  String.raw`(?:keep |the |your |all |and )*(?:${OLD} )+(?:\w+ )?${THINGS}(?: here)?`,
  'code|file|etc|and so on|more|rest|continued?',
  String.raw`(?:the )?rest of (?:the )?[\w.]+(?: \w+)?`,
  String.raw`other \w+`,
];
const WITH_ELLIPSIS = new RegExp(`^(?:${spaced(FORMS_WITH_ELLIPSIS.join('|'))})$`, 'i');

function isPlaceholder(comment: string): boolean {
  const words = comment.replace(/^[\s.…([<{*-]+|[\s.…!)\]>}*-]+$/g, '');
  if (words === '') return false;
  return FORM.test(words) || (/\.{3}|…/.test(comment) && WITH_ELLIPSIS.test(words));
}
