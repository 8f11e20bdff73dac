/**
 * Arguments as elements, such as `<path>a</path>`, in the spelling of any format. Their text is kept
 * unchanged, closing tags included, and every element is an argument, whatever its name: the tool
 * refuses those that it does not have.
 */
import { argSpellings, nameKey, toolsCalled } from '../names.ts';
import { THOUGHT_END, THOUGHT_START } from '../reasoning.ts';
import type { ToolShapes } from '../reply.ts';

/** How a format spells elements, as sources of regular expressions without capturing groups. */
export interface ElementSyntax {
  /** The opening tag of an argument; `name` is a source that matches its name. */
  open(name: string): string;
  close(name: string): string;
  /** What ends the call. */
  endOfCall: string;
  /** What opens another call in this format, if it is none of the common ones. */
  anotherCall?: string;
}

/** A range of a text: from `at` up to `end`. */
export interface Span {
  at: number;
  end: number;
}

/** The arguments of a call by their names as spelled, and where it ends; or why that is not certain. */
export type Elements = { args: Record<string, string>; end: number } | { problem: string };

/** The name of any argument. */
export const ANY_NAME = '[a-z_][\\w.-]*';
/** Elements that only hold the arguments. Roo puts a `<file>` around its path, too. */
export const HOLDER = '(?:args|arguments|parameters|params|input)';
const LAYOUT = {
  open: `<${HOLDER}>(?:\\s*<file>(?=\\s*<path>))?`,
  close: `(?:</file>\\s*)?</${HOLDER}\\s*>`,
};
/** What may be between arguments and says nothing. */
const NO_TEXT = /^(?:\s|<!--(?:(?!-->)[^])*-->|```\w*)*$/;
/** An attribute of an argument that may change what it means. */
const ATTRIBUTE =
  /\s(?!(?:name|key|string)\s*=|type\s*=\s*["']?(?:string|str|text|int|integer|number|bool|boolean)\b)[\w:-]+\s*=/i;

/** The opening tag of any of these arguments, with its name as a group. */
export function openingOf(syntax: ElementSyntax, names: readonly string[]): string {
  return syntax.open(`(${names.join('|') || '(?!)'})`);
}

/** Reads the elements of a call of this name up to the end of the call or of the text. */
export function readElements(
  raw: string,
  from: number,
  syntax: ElementSyntax,
  name: string,
  tools: ToolShapes,
): Elements {
  /** By the keys of their names. */
  const found = new Map<string, [name: string, text: string]>();
  const next = new RegExp(
    // An argument or a tool may have the name of a thought.
    `${openingOf(syntax, argSpellings(name, tools))}|(${syntax.endOfCall})|(${THOUGHT_END})|` +
      `(${THOUGHT_START})|(${anotherCallOf(syntax)})|(${LAYOUT.open}|${LAYOUT.close})|` +
      openingOf(syntax, [ANY_NAME]),
    'gi',
  );
  const ends = endsOf(raw, syntax, name, tools);
  let openThoughts = 0;
  let at = from;
  next.lastIndex = from;
  for (let match = next.exec(raw); match; match = next.exec(raw)) {
    const [tag, known, endOfCall, thoughtEnd, thoughtStart, anotherCall, layout, unknown] = match;
    if (tag.startsWith('[') && tag !== tag.toUpperCase()) continue; // a link
    const isStray = openThoughts === 0 && !NO_TEXT.test(raw.slice(at, match.index));
    at = next.lastIndex;
    if (thoughtStart !== undefined) {
      if (!tag.endsWith('/>')) openThoughts++;
      continue;
    }
    if (thoughtEnd !== undefined && openThoughts > 0) {
      openThoughts--;
      continue;
    }
    const arg = (known ?? unknown)?.toLowerCase();
    // These, and the end of the call inside a thought, show that this call is incomplete.
    const isBroken = anotherCall !== undefined || thoughtEnd !== undefined;
    if (isBroken || (endOfCall !== undefined && openThoughts > 0)) return { problem: NO_END };
    // What is in a thought is no argument.
    if (openThoughts > 0) continue;
    if (isStray) return { problem: 'there is text between the arguments of the tool call' };
    if (endOfCall !== undefined) return { args: argsOf(found), end: at };
    if (layout !== undefined || arg === undefined) continue;
    if (ATTRIBUTE.test(tag)) return { problem: `the argument ${arg} has an attribute` };
    const close = ends(arg, at);
    if (!close) return { problem: `the end of <${arg}> is not certain` };
    const text = raw.slice(at, close.at);
    const [, other = text] = found.get(nameKey(arg)) ?? [];
    if (other !== text) return { problem: `the argument ${arg} is given twice` };
    found.set(nameKey(arg), [arg, text]);
    at = next.lastIndex = close.end;
  }
  // Nothing ends the call: with elements in it, it is still complete.
  if (found.size === 0 || openThoughts > 0) return { problem: NO_END };
  const end = NO_TEXT.test(raw.slice(at)) ? raw.length : at;
  return { args: argsOf(found), end };
}

const argsOf = (found: Map<string, [string, string]>) => Object.fromEntries(found.values());

const NO_END = 'the end of the tool call is not certain';

/** Arguments with text of any kind, including our own tags. */
const TEXT_ARGS: ReadonlySet<string> = new Set([
  'content',
  'old_text',
  'new_text',
  'command',
  'task',
]);

/** The keys of all names that the text arguments of a call of this name may have. */
export function textKeys(name: string, tools: ToolShapes): ReadonlySet<string> {
  const names = toolsCalled(name, tools).flatMap((tool) => {
    const { aliases = {} } = tools.get(tool) ?? {};
    return Object.keys(aliases).filter((alias) => TEXT_ARGS.has(aliases[alias] ?? ''));
  });
  return new Set([...TEXT_ARGS, ...names].map(nameKey));
}

function anotherCallOf({ anotherCall }: ElementSyntax): string {
  const common = '<tool[\\s>]|<tool_call>|<function=|<invoke\\s';
  return anotherCall === undefined ? common : `${common}|${anotherCall}`;
}

/**
 * Finds where elements end. One ends at the first closing tag. One with text ends at the closing tag
 * before the next argument or the end of the call, so that closing tags inside content are content.
 */
function endsOf(raw: string, syntax: ElementSyntax, name: string, tools: ToolShapes) {
  const another = new RegExp(anotherCallOf(syntax), 'i');
  const closers = `(?:\\s*${LAYOUT.close})*\\s*`;
  const call = new RegExp(`${closers}(?:${syntax.endOfCall}|\`\`\`|$)`, 'iy');
  const argument = new RegExp(`${closers}${syntax.open(ANY_NAME)}`, 'iy');
  const isAt = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.test(raw);
  };
  const texts = textKeys(name, tools);
  const known = argSpellings(name, tools);
  // All arguments may share a closing tag: then any of them may open next.
  const isShared = syntax.close('a') === syntax.close('b');

  return (arg: string, start: number): Span | undefined => {
    const closeTag = syntax.close(arg);
    const first = firstMatch(raw, closeTag, start);
    if (!first || !texts.has(nameKey(arg))) return first;
    const open = syntax.open(isShared ? ANY_NAME : arg);
    let accepted: Span | undefined;
    const { found, next } = lastClosing(raw, { open, close: closeTag }, start, (span) => {
      const ends = isAt(call, span.end) || isAt(argument, span.end);
      if (ends) accepted ??= span;
      return ends;
    });
    if (!found || !accepted) return undefined;
    if (first.at !== found.at) {
      const opensBefore = new RegExp(open, 'i').test(raw.slice(start, first.at));
      const between = raw.slice(first.end, found.at);
      const isFollowedByCall = new RegExp(`^\\s*(?:${another.source})`, 'i').test(between);
      if (isFollowedByCall && !opensBefore) return undefined;
    }
    // An argument of the call behind an earlier one shows that this may be the end, too.
    const earlier = new RegExp(`${closeTag}${closers}${openingOf(syntax, known)}`, 'i');
    if (earlier.test(raw.slice(start, found.at))) return undefined;
    // Words behind the call may mention its tags.
    const isDoubtful = accepted.at !== found.at && isAt(call, accepted.end);
    if (isDoubtful && isAt(call, found.end) && !AT_END.test(raw.slice(found.end))) return undefined;
    // The same element again, and no call of its own around it: it may be a part of the text.
    if (next === undefined || isShared) return found;
    return another.test(raw.slice(found.end, next)) ? found : undefined;
  };
}

/** Only closing tags and fences, up to the end of the reply. */
export const AT_END = /^(?:\s|<\/\w+\s*>|```)*$/;

function firstMatch(raw: string, source: string, from: number): Span | undefined {
  const pattern = new RegExp(source, 'gi');
  pattern.lastIndex = from;
  const match = pattern.exec(raw);
  return match ? { at: match.index, end: pattern.lastIndex } : undefined;
}

/**
 * The closing tag of an element that is open at `from`: of those without an opening tag inside it,
 * the last that `ends` accepts before another element opens, at `next`. Earlier ones are part of a
 * sample in the content.
 */
export function lastClosing(
  raw: string,
  tag: { open: string; close: string },
  from: number,
  ends: (span: Span) => boolean = () => true,
): { found?: Span; next?: number } {
  const tags = new RegExp(`(${tag.open})|${tag.close}`, 'gi');
  tags.lastIndex = from;
  let depth = 0;
  let found: Span | undefined;
  for (let match = tags.exec(raw); match; match = tags.exec(raw)) {
    const isOpening = match[1] !== undefined;
    const span = { at: match.index, end: tags.lastIndex };
    if (isOpening && found) return { found, next: span.at };
    if (isOpening) depth++;
    else if (depth > 0) depth--;
    else if (ends(span)) found = span;
  }
  return found ? { found } : {};
}
