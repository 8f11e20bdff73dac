/** Small models loop: the same phrase over and over, up to the token limit. */

/** How often a phrase must follow itself, and how many characters that must come to. */
const PLAIN = { times: 6, chars: 200 };
/** In a call it may be the content of a file: a table of zeros, a ruler. */
const IN_CALL = { times: 20, chars: 2_000 };
/** What is looked for before the end, in characters. */
const PROBE_CHARS = 24;

/** How much of a text's end has to be looked at: enough for the longest phrase and its repeats. */
export const LOOP_CHARS = 4_000;

/**
 * Whether a text ends in a phrase that repeats. `surplus` is how many characters are too many: all
 * but the first time.
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
