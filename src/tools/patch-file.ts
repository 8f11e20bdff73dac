import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import { defineEdit, readTarget } from './edit.ts';
import { findMatch, type FoundMatch } from './patch/locate.ts';
import { nearestLines } from './patch/nearest-lines.ts';
import type { FileChange, ToolContext } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { pathText } from './arguments.ts';

/** A larger file is more than a small model can write in one call. */
const REWRITE_BYTES = 16 * 1024;

const args = z.object({
  path: pathText(),
  old_text: z.string().min(1, { error: 'it must not be empty' }),
  new_text: z.string(),
});

/** Replaces one passage of a file. */
export const patchFile = defineEdit({
  name: 'patch_file',
  description: 'Replaces old_text, which must appear exactly once in the file, with new_text.',
  args,
  edits: 'path',
  wording: { verbs: ['patching', 'patched', 'patch'] },
  example:
    '<tool name="patch_file" path="path/to/file.ext"><old_text>old line</old_text><new_text>new line</new_text></tool>',
  change: patch,
});

/** Works the patch out, without writing. @throws ToolError when it does not apply. */
function patch(
  { path, old_text, new_text }: z.output<typeof args>,
  context: ToolContext,
): FileChange {
  const { real, shown, before } = readTarget(path, context);
  if (!before) throw new ToolError(`there is no file ${shown}: to create it, write all of it`);
  if (!new_text.isWellFormed()) {
    throw new ToolError('new_text: it contains an unpaired surrogate');
  }
  if (old_text === new_text) {
    throw new ToolError('old_text and new_text are the same: the patch would change nothing');
  }
  const match = findMatch(before, { oldText: old_text, newText: new_text });
  if (!match) {
    const misses = context.versions.countMiss(real);
    throw new ToolError(missMessage(before, old_text, shown, misses));
  }
  if (match === 'more than once') {
    throw new ToolError(
      `old_text appears more than once in ${shown}: include more surrounding lines`,
    );
  }
  const after = splice(before, match);
  if (after.equals(before)) {
    throw new ToolError(`${shown} has new_text there already: the patch would change nothing`);
  }
  const how = match.how ? ` (old_text matched ${match.how})` : '';
  return { path: shown, real, before, after, outcome: { text: `patched ${shown}${how}` } };
}

/** Replaces the match with the new text, in the line ends used there. No byte outside it changes. */
function splice(bytes: Buffer, { from, to, newText }: FoundMatch): Buffer {
  const lineEnd = lineEndAt(bytes, from, to);
  const replacement = lineEnd ? newText.replace(/\r?\n/g, lineEnd) : newText;
  return Buffer.concat([
    bytes.subarray(0, from),
    Buffer.from(replacement, 'utf8'),
    bytes.subarray(to),
  ]);
}

/** The line end in the match, else the one after it, else the one before it. */
function lineEndAt(bytes: Buffer, from: number, to: number): string | undefined {
  const inside = bytes.indexOf('\n', from);
  const newline = inside === -1 ? bytes.lastIndexOf('\n', to) : inside;
  if (newline === -1) return undefined;
  return bytes[newline - 1] === 0x0d ? '\r\n' : '\n';
}

/** What to say when old_text was not found: lines like it, and after a second miss a way out. */
function missMessage(bytes: Buffer, oldText: string, shown: string, misses: number): string {
  const near = nearestLines(bytes, oldText);
  const start = `old_text was not found in ${shown}`;
  const hint =
    near.length > 0
      ? `${start}. The lines most like it:\n${near.join('\n')}\nCopy old_text from them exactly, without the numbers.`
      : `${start}: read the file and copy it exactly; no line in it is like old_text`;
  if (misses < 2) return hint;
  // A rewrite would lose the bytes that are not text.
  const canRewrite = bytes.length <= REWRITE_BYTES && isUtf8(bytes);
  const wayOut = canRewrite
    ? 'read the whole file and write all of it again'
    : 'use one short line that appears only once';
  return `${hint}\nThat was miss ${misses} in a row on ${shown}: ${wayOut}`;
}
