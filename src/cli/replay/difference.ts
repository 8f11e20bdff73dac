/** What differs first between a result and the recorded one. */
import { wholeCharacters } from '../../context/clip.ts';

/** Characters shown of a line, a few of them before the first that differs. */
const SHOWN_CHARS = 60;
const CHARS_BEFORE = 12;

/** How long something took: `duration_ms 1.25`, `took 3 ms`, `in 0.4s`. */
const DURATION = /(?<=\bduration_ms:? )\d+(?:\.\d+)?|\b\d+(?:\.\d+)?(?= ?m?s\b)/g;

/** Where two texts differ, in one clause; undefined where they differ in nothing but durations. */
export function differenceOf(recorded: string, now: string): string | undefined {
  const [before, after] = [recorded.split('\n'), now.split('\n')];
  const [plainBefore, plainAfter] = [plainLines(recorded), plainLines(now)];
  const most = Math.max(before.length, after.length);
  for (let at = 0; at < most; at++) {
    if (plainBefore[at] === plainAfter[at]) continue;
    const [is, was] = shown(after[at], before[at]);
    return `the result differs from the recording, first in line ${at + 1}: ${is}, recorded: ${was}`;
  }
  return undefined;
}

/** Its lines, with every duration alike. */
function plainLines(text: string): string[] {
  return text.replace(DURATION, '…').split('\n');
}

/** Both lines, quoted, from shortly before the first character that differs. */
function shown(...lines: [string | undefined, string | undefined]): string[] {
  const [one = '', other = ''] = lines;
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const from = same < SHOWN_CHARS / 2 ? 0 : same - CHARS_BEFORE;
  return lines.map((line) => {
    if (line === undefined) return 'no such line';
    const part = wholeCharacters(line.slice(from, from + SHOWN_CHARS));
    return `"${from === 0 ? '' : '…'}${part}${line.length > from + SHOWN_CHARS ? '…' : ''}"`;
  });
}
