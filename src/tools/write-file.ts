import * as z from 'zod';
import { found } from '../util/counted.ts';
import { defineEdit, readTarget } from './edit.ts';
import { ToolError } from './tool-error.ts';
import { pathText } from './arguments.ts';

/** Writes a whole file. */
export const writeFile = defineEdit({
  name: 'write_file',
  description: 'Creates a file, or replaces all of it.',
  args: z.object({ path: pathText(), content: z.string() }),
  edits: 'path',
  body: 'content',
  wording: { verbs: ['writing', 'wrote', 'write'] },
  example:
    '<tool name="write_file" path="path/to/file.ext"><content>first line\nsecond line\n</content></tool>',
  change({ path: asked, content }, context) {
    const { real, shown, before } = readTarget(asked, context);
    if (!content.isWellFormed()) {
      throw new ToolError('content: it contains an unpaired surrogate');
    }
    const after = Buffer.from(content, 'utf8');
    const isSame = before?.equals(after) ?? false;
    const outcome = {
      text: isSame
        ? `${shown} has exactly this content already: nothing changed`
        : `wrote ${shown} (${content.length} chars)`,
      summary: { result: isSame ? 'no change' : found(lineCount(content), 'line') },
    };
    return { path: shown, real, before, after, outcome };
  },
});

function lineCount(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}
