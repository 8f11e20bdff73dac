/**
 * Arguments as elements, such as `<path>a</path>`, in the spelling of any format. Their text is kept
 * unchanged, closing tags included.
 */
import { THOUGHT_END, THOUGHT_START } from '../reasoning.ts';

/** How a format spells elements, as sources of regular expressions without capturing groups. */
export interface ElementSyntax {
  /** The opening tag of an argument; `name` is a source that matches its name. */
  open(name: string): string;
  close(name: string): string;
  /** What ends the call. */
  endOfCall: string;
}

/** A range of a text: from `at` up to `end`. */
export interface Span {
  at: number;
  end: number;
}

/** The arguments of a call and where it ends, or the argument whose end is not certain. */
export type Elements = { args: Record<string, string>; end: number } | { uncertain: string };

/** The opening tag of any of these arguments, with its name as a group. */
export function openingOf(syntax: ElementSyntax, argNames: readonly string[]): string {
  return syntax.open(`(${argNames.join('|') || '(?!)'})`);
}

/**
 * Reads the elements of a call up to the end of the call or of the text. `uncertain` names the
 * argument whose end is not certain, or is empty for the call itself.
 */
export function readElements(
  raw: string,
  from: number,
  syntax: ElementSyntax,
  argNames: readonly string[],
): Elements {
  const args: Record<string, string> = {};
  const next = new RegExp(
    `${openingOf(syntax, argNames)}|${syntax.endOfCall}|(${ANOTHER_CALL})|(${THOUGHT_END})|` +
      `(${THOUGHT_START})`,
    'gi',
  );
  let openThoughts = 0;
  next.lastIndex = from;
  for (let match = next.exec(raw); match; match = next.exec(raw)) {
    const [tag, spelled, anotherCall, thoughtEnd, thoughtStart] = match;
    if (tag.startsWith('[') && tag !== tag.toUpperCase()) continue; // a link
    if (thoughtStart !== undefined) {
      if (!tag.endsWith('/>')) openThoughts++;
      continue;
    }
    if (thoughtEnd !== undefined && openThoughts > 0) {
      openThoughts--;
      continue;
    }
    const arg = spelled?.toLowerCase();
    // These, and the end of the call inside a thought, show that this call is incomplete.
    const isBroken = anotherCall !== undefined || thoughtEnd !== undefined;
    if (isBroken || (arg === undefined && openThoughts > 0)) return { uncertain: '' };
    // What is in a thought is no argument.
    if (openThoughts > 0) continue;
    if (arg === undefined) return { args, end: next.lastIndex };
    const start = next.lastIndex;
    const close = elementEnd(raw, arg, start, syntax, argNames);
    if (!close) return { uncertain: arg };
    args[arg] ??= raw.slice(start, close.at);
    next.lastIndex = close.end;
  }
  // Nothing ends the call: with elements in it, it is still complete.
  return Object.keys(args).length > 0 && openThoughts === 0
    ? { args, end: raw.length }
    : { uncertain: '' };
}

/** Arguments with text of any kind, including our own tags. */
const TEXT_ARGS: ReadonlySet<string> = new Set([
  'content',
  'old_text',
  'new_text',
  'command',
  'task',
]);

const ANOTHER_CALL = '<tool[\\s>]|<tool_call>|<function=';

/**
 * An element ends at the first closing tag. One with text ends at the closing tag before the next
 * argument or the end of the call, so that closing tags inside content are content; if another call
 * follows an earlier closing tag, the end is not certain.
 */
function elementEnd(
  raw: string,
  arg: string,
  start: number,
  syntax: ElementSyntax,
  argNames: readonly string[],
): Span | undefined {
  const closeTag = syntax.close(arg);
  const first = firstMatch(raw, closeTag, start);
  if (!TEXT_ARGS.has(arg)) return first;
  const others = argNames.filter((name) => name !== arg);
  const follows = new RegExp(
    `\\s*(?:${openingOf(syntax, others)}|${syntax.endOfCall}|\`\`\`|$)`,
    'iy',
  );
  // If all arguments share a closing tag, any of them may open next.
  const isShared = others.some((name) => syntax.close(name) === closeTag);
  const open = syntax.open(isShared ? '\\w+' : arg);
  const close = lastClosing(raw, { open, close: closeTag }, start, (end) => {
    follows.lastIndex = end;
    return follows.test(raw);
  });
  if (!close || !first || first.at === close.at) return close;
  const opensBefore = new RegExp(open, 'i').test(raw.slice(start, first.at));
  const isFollowedByCall = new RegExp(`^\\s*(?:${ANOTHER_CALL})`, 'i').test(
    raw.slice(first.end, close.at),
  );
  return isFollowedByCall && !opensBefore ? undefined : close;
}

function firstMatch(raw: string, source: string, from: number): Span | undefined {
  const pattern = new RegExp(source, 'gi');
  pattern.lastIndex = from;
  const match = pattern.exec(raw);
  return match ? { at: match.index, end: pattern.lastIndex } : undefined;
}

/**
 * The closing tag of an element that is open at `from`: of those without an opening tag inside it,
 * the last that `ends` accepts before another element opens. Earlier ones are part of a sample in the
 * content.
 */
export function lastClosing(
  raw: string,
  tag: { open: string; close: string },
  from: number,
  ends: (end: number) => boolean = () => true,
): Span | undefined {
  const tags = new RegExp(`(${tag.open})|${tag.close}`, 'gi');
  tags.lastIndex = from;
  let depth = 0;
  let found: Span | undefined;
  for (let match = tags.exec(raw); match; match = tags.exec(raw)) {
    const isOpening = match[1] !== undefined;
    if (isOpening && found) return found;
    if (isOpening) depth++;
    else if (depth > 0) depth--;
    else if (ends(tags.lastIndex)) found = { at: match.index, end: tags.lastIndex };
  }
  return found;
}
