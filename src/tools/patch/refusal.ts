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
  /** The path of the file as it is shown. */
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
      const why = `old_text was found at line ${found.line} of ${patch.shown}, but not in exactly this form, so it is not certain how to write new_text there: start both at the beginning of a line, and copy the file's indentation and characters`;
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
  if (!near)
    return `${start}, and no line of it is similar: read the file and copy old_text from it exactly`;
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
