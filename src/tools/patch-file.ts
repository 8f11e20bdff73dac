import * as z from 'zod';
import { refuseAbridged, refuseWrapped } from './content-traps.ts';
import { defineEdit } from './edit.ts';
import { readTarget } from './edit-target.ts';
import { findMatch, type FoundMatch } from './patch/locate.ts';
import { refusal } from './patch/refusal.ts';
import { strayNotation } from './patch/stray-notation.ts';
import type { FileChange, ToolContext } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { missing } from './missing.ts';
import { OTHER_NAMES } from './other-names.ts';
import { pathText } from './arguments.ts';

const args = z.object({
  path: pathText(),
  old_text: z.string().min(1, { error: 'it must not be empty' }),
  new_text: z.string(),
});

/** Replaces one passage of a file. */
export const patchFile = defineEdit({
  name: 'patch_file',
  description: 'Replaces old_text, which the file has exactly once, with new_text.',
  args,
  ...OTHER_NAMES.patch_file,
  edits: 'path',
  wording: { verbs: ['patching', 'patched', 'patch'] },
  example:
    '<tool name="patch_file" path="path/to/file.ext"><old_text>old line</old_text><new_text>new line</new_text></tool>',
  doubt({ path, old_text, new_text }) {
    const written = { arg: 'new_text', text: new_text, path, replaced: old_text, isPassage: true };
    refuseWrapped(written);
    refuseAbridged(written);
  },
  change: patch,
});

/** Works out the patch, without writing. @throws ToolError if it does not apply */
function patch(
  { path, old_text, new_text }: z.output<typeof args>,
  context: ToolContext,
): FileChange {
  const { real, shown, before } = readTarget(path, context);
  if (!before) throw missing(context.root, shown, 'file', 'to create it, write all of it');
  if (!new_text.isWellFormed()) {
    throw new ToolError('new_text: it contains an unpaired surrogate');
  }
  if (old_text === new_text) {
    throw new ToolError('old_text and new_text are the same: the patch would change nothing');
  }
  const found = findMatch(before, { oldText: old_text, newText: new_text });
  if (found.type !== 'match') {
    const misses = found.type === 'several' ? 0 : context.versions.countMiss(real);
    throw new ToolError(refusal(found, { before, oldText: old_text, shown, misses }));
  }
  const stray = strayNotation(shown, before, found);
  if (stray !== undefined) throw new ToolError(`new_text: ${stray}`);
  const after = splice(before, found);
  if (after.equals(before)) {
    throw new ToolError(`${shown} already has new_text there: the patch would change nothing`);
  }
  const how = found.how ? ` (old_text matched ${found.how})` : '';
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
