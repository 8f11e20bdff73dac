import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../files.ts';
import { resolveWritable } from '../workspace/paths.ts';
import { defineTool, pathText, ToolError } from './tool.ts';

export const writeFile = defineTool({
  name: 'write_file',
  description: 'Creates a file, or replaces all of it.',
  risky: true,
  args: z.object({ path: pathText(), content: z.string() }),
  bodyArg: 'content',
  example:
    '<tool name="write_file" path="binary_search.py"><content>def binary_search(nums, target):\n    return -1\n</content></tool>',
  check({ path: asked, content }, { root, versions }) {
    const { real, shown } = resolveWritable(root, asked);
    const stat = fs.statSync(real, { throwIfNoEntry: false });
    if (stat && !stat.isFile()) throw new ToolError(`${shown} is not a file`);
    if (!content.isWellFormed()) throw new ToolError('content: it holds half a character');
    versions.assertUnchanged(real, shown);
  },
  async run({ path: asked, content }, { root, versions }) {
    // Resolved again: the folder may have been swapped for a link while the person thought about it.
    fs.mkdirSync(path.dirname(resolveWritable(root, asked).real), { recursive: true });
    const { real, shown } = resolveWritable(root, asked);
    versions.assertUnchanged(real, shown);
    writeAtomically(real, Buffer.from(content, 'utf8'));
    versions.note(real);
    return `wrote ${shown} (${content.length} chars)`;
  },
});
