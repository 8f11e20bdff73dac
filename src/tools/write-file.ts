import * as z from 'zod';
import { found } from '../util/counted.ts';
import { refuseAbridged, refuseWrapped } from './content-traps.ts';
import { defineEdit } from './edit.ts';
import { readTarget } from './edit-target.ts';
import { inFormOf } from './file-form.ts';
import { ToolError } from './tool-error.ts';
import { OTHER_NAMES } from './other-names.ts';
import { pathText } from './arguments.ts';

/** Writes a whole file. */
export const writeFile = defineEdit({
  name: 'write_file',
  description: 'Creates or replaces a whole file.',
  args: z.object({ path: pathText(), content: z.string() }),
  ...OTHER_NAMES.write_file,
  edits: 'path',
  body: 'content',
  wording: { verbs: ['writing', 'wrote', 'write'] },
  example:
    '<tool name="write_file" path="path/to/file.ext"><content>first line\nsecond line\n</content></tool>',
  doubt: ({ path, content }) => refuseWrapped(written(path, content)),
  change({ path: asked, content }, context) {
    const { real, shown, before } = readTarget(asked, context);
    if (!content.isWellFormed()) {
      throw new ToolError('content: it contains an unpaired surrogate');
    }
    refuseAbridged({ ...written(asked, content), replaced: before?.toString() });
    const { text, kept } = inFormOf(before, content);
    const after = Buffer.from(text, 'utf8');
    const isSame = before?.equals(after) ?? false;
    const outcome = {
      text: isSame
        ? `${shown} has exactly this content already: nothing changed`
        : `wrote ${shown} (${text.length} chars${kept})`,
      summary: { result: isSame ? 'no change' : found(lineCount(text), 'line') },
    };
    return { path: shown, real, before, after, isWhole: true, outcome };
  },
});

const written = (path: string, text: string) => ({ arg: 'content', text, path });

function lineCount(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}
