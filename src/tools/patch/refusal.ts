/** What to say when a patch does not apply: why, what to copy, and after a second miss a way out. */
import { isUtf8 } from 'node:buffer';
import { firstDifference } from './difference.ts';
import type { FoundMatch, Located } from './locate.ts';
import { nearestLines } from './nearest-lines.ts';

/** A larger file is more than a small model can write in one call. */
const REWRITE_BYTES = 16 * 1024;

interface Patch {
  before: Buffer;
  oldText: string;
  /** The file as it is shown. */
  shown: string;
  /** How many patches in a row did not apply to it, this one included. */
  misses: number;
}

/** The message for the model. */
export function refusal(found: Exclude<Located, FoundMatch>, patch: Patch): string {
  switch (found.type) {
    case 'several':
      return severalMessage(found, patch.shown);
    case 'unclear': {
      const why = `old_text was found in ${patch.shown} at line ${found.line}, but not in exactly this form, so that it is not certain how new_text is to be written there: begin both at the start of a line, with the indentation and the characters of the file`;
      return why + wayOut(patch);
    }
    case 'none':
      return missMessage(patch) + wayOut(patch);
  }
}

function severalMessage({ count, lines }: Located & { type: 'several' }, shown: string): string {
  const [last, ...others] = lines.toReversed();
  const more = count > lines.length ? ' and more' : '';
  const named =
    others.length === 0
      ? `in line ${last}`
      : `at lines ${others.toReversed().join(', ')}${more ? `, ${last}${more}` : ` and ${last}`}`;
  return `old_text appears ${count} times in ${shown}, ${named}: include more surrounding lines`;
}

function missMessage({ before, oldText, shown, misses }: Patch): string {
  const near = nearestLines(before, oldText);
  const start = `old_text was not found in ${shown}`;
  if (!near) return `${start}: read the file and copy it exactly; no line in it is like old_text`;
  const difference = firstDifference(oldText, near);
  const hint = difference ? `${start}. ${difference}` : start;
  const copy = near.lines.join('\n');
  return misses > 1 && copy.length <= COPY_CHARS
    ? `${hint}${difference ? '' : '.'} These lines are most like it; copy old_text from them exactly:\n${copy}`
    : `${hint}${difference ? '' : '.'} The lines most like it:\n${near.shown.join('\n')}\nCopy old_text from them exactly, without the numbers.`;
}

/** Lines to copy are given to the letter, if they are not longer than this. */
const COPY_CHARS = 2_000;

function wayOut({ before, shown, misses }: Patch): string {
  if (misses < 2) return '';
  // A rewrite would lose the bytes that are not text.
  const canRewrite = before.length <= REWRITE_BYTES && isUtf8(before);
  const way = canRewrite
    ? 'read the whole file and write all of it again'
    : 'use one short line that appears only once';
  return `\nThat was miss ${misses} in a row on ${shown}: ${way}`;
}
