/** Small models loop: the same phrase over and over, up to the token limit. */

/** How often a phrase must follow itself, and how many characters that must be. */
const PLAIN = { times: 6, chars: 200 };
/** In a call it may be the content of a file: a table of zeros, a ruler. */
const IN_CALL = { times: 20, chars: 2_000 };
/** How many characters at the end are looked for earlier in the text. */
const PROBE_CHARS = 24;

/** How many characters at a text's end to check: enough for the longest phrase and its repeats. */
export const LOOP_CHARS = 4_000;

/**
 * Whether a text ends in a repeated phrase. `surplus` is the number of characters to cut off the end
 * to keep the phrase once.
 */
export function loopIn(text: string, inCall: boolean): { surplus: number } | undefined {
  const { times, chars } = inCall ? IN_CALL : PLAIN;
  const end = text.length;
  if (end < chars) return undefined;
  const before = text.lastIndexOf(text.slice(-PROBE_CHARS), end - PROBE_CHARS - 1);
  if (before === -1) return undefined;
  const period = end - PROBE_CHARS - before;
  let from = end - 1;
  while (from >= period && text[from] === text[from - period]) from--;
  const repeated = end - 1 - from;
  const run = repeated + period;
  return run >= chars && run >= times * period ? { surplus: repeated } : undefined;
}
