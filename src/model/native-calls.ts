/** Native tool calls that a server's parser has taken out of a reply, and how they come back into it. */

/**
 * What opens a call, an answer, a code block, an object or a thought in any format. Text that has it
 * may be what the native call was taken out of; plain words before a call never have it.
 */
const OPENING = /[<{◁]|```|\[[A-Z_]+\]/;

/** A call as the server hands it over. */
export interface NativeCall {
  name: unknown;
  args: unknown;
}

/**
 * What is wrong with a reply out of which a call was taken, in one clause: text with a hole in it
 * must not be used.
 * @param before the text before the first call
 */
export function faultOf(before: string): string | undefined {
  return OPENING.test(before)
    ? 'the server took a part of the reply for a native tool call'
    : undefined;
}

/** Why a call cannot be read that nobody could write down. */
export const TOO_DEEP = 'its arguments are nested too deep';

/** The fault of a reply whose call nobody could read. @param why in the server's words, or ours */
export function unreadable(why: string): string {
  return `the server could not read the tool call in the reply (${why.slice(0, 120)})`;
}

/** More levels than any call has. What else reads it may go a level down with each. */
const MAX_DEPTH = 1_000;

/** A value as JSON; undefined where it is nested too deep. */
export function jsonOf(value: unknown): string | undefined {
  return nestsDeeper(value, MAX_DEPTH) ? undefined : JSON.stringify(value);
}

/** Whether there is anything below so many levels. Node's own limit depends on its version. */
function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

/** What follows a text so that it has these calls in our own form; undefined if one is nested too deep. */
export function putBack(before: string, calls: readonly NativeCall[]): string | undefined {
  if (calls.length === 0) return '';
  // The parser takes the whitespace before a call too, and `<tool>` after a letter would be a type.
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const texts = calls.map(jsonOf);
  if (texts.includes(undefined)) return undefined;
  return gap + texts.map((text) => `<tool>${text}</tool>`).join('\n');
}
