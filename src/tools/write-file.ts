import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../files.ts';
import { resolveWritable, type WorkspacePath } from '../workspace/paths.ts';
import { defineTool, pathText, ToolError, type ToolContext } from './tool.ts';

export const writeFile = defineTool({
  name: 'write_file',
  description: 'Creates a file, or replaces all of it.',
  risky: true,
  args: z.object({ path: pathText(), content: z.string() }),
  bodyArg: 'content',
  example:
    '<tool name="write_file" path="binary_search.py"><content>def binary_search(nums, target):\n    return -1\n</content></tool>',
  check({ path: asked, content }, context) {
    target(asked, context);
    if (!content.isWellFormed()) throw new ToolError('content: it holds half a character');
  },
  async run({ path: asked, content }, context) {
    // Resolved again: a folder may have been swapped for a link while the person thought about it.
    fs.mkdirSync(path.dirname(resolveWritable(context.root, asked).real), { recursive: true });
    const { real, shown } = target(asked, context);
    writeAtomically(real, Buffer.from(content, 'utf8'));
    context.versions.note(real);
    return `wrote ${shown} (${content.length} chars)`;
  },
});

/** Where to write. @throws ToolError when something else than a file, or a newer one, is there. */
function target(asked: string, { root, versions }: ToolContext): WorkspacePath {
  const resolved = resolveWritable(root, asked);
  const stat = fs.statSync(resolved.real, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new ToolError(`${resolved.shown} is not a file`);
  versions.assertUnchanged(resolved.real, resolved.shown);
  return resolved;
}
