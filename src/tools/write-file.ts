import * as z from 'zod';
import { defineEdit, readTarget } from './edit.ts';
import { pathText } from './tool.ts';
import { ToolError } from './tool-error.ts';

export const writeFile = defineEdit({
  name: 'write_file',
  description: 'Creates a file, or replaces all of it.',
  args: z.object({ path: pathText(), content: z.string() }),
  bodyArg: 'content',
  example:
    '<tool name="write_file" path="path/to/file.ext"><content>first line\nsecond line\n</content></tool>',
  change({ path: asked, content }, context) {
    const { real, shown, before } = readTarget(asked, context);
    if (!content.isWellFormed()) throw new ToolError('content: it holds half a character');
    const report = `wrote ${shown} (${content.length} chars)`;
    return { path: shown, real, before, after: Buffer.from(content, 'utf8'), report };
  },
});
