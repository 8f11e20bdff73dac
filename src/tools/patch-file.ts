import fs from 'node:fs';
import * as z from 'zod';
import { withRegularFile, writeAtomically } from '../files.ts';
import { resolveWritable } from '../workspace/paths.ts';
import { defineTool, pathText, ToolError, type ToolContext } from './tool.ts';

/** Larger files are not source code; reading one whole would cost as much memory. */
const MAX_BYTES = 20 * 1024 * 1024;

export const patchFile = defineTool({
  name: 'patch_file',
  description: 'Replaces old_text, which must stand exactly once in the file, with new_text.',
  risky: true,
  args: z.object({
    path: pathText(),
    old_text: z.string().min(1, { error: 'it must not be empty' }),
    new_text: z.string(),
  }),
  example:
    '<tool name="patch_file" path="binary_search.py"><old_text>return -1</old_text><new_text>return mid</new_text></tool>',
  check(args, context) {
    patch(args, context);
  },
  async run(args, context) {
    const { real, shown, patched } = patch(args, context);
    writeAtomically(real, patched);
    context.versions.note(real);
    return `patched ${shown}`;
  },
});

interface PatchArgs {
  path: string;
  old_text: string;
  new_text: string;
}

/** Works the patch out, without writing. @throws ToolError when it does not apply. */
function patch({ path, old_text, new_text }: PatchArgs, { root, versions }: ToolContext) {
  const { real, shown } = resolveWritable(root, path);
  const stat = fs.statSync(real, { throwIfNoEntry: false });
  if (!stat) throw new ToolError(`there is no file ${shown}; create it with write_file`);
  if (!stat.isFile()) throw new ToolError(`${shown} is not a file`);
  if (stat.size > MAX_BYTES) throw new ToolError(`${shown} is too large to patch`);
  if (!new_text.isWellFormed()) throw new ToolError('new_text: it holds half a character');
  versions.assertUnchanged(real, shown);
  const bytes = withRegularFile(real, (fd) => fs.readFileSync(fd));
  return { real, shown, patched: splice(bytes, old_text, new_text, shown) };
}

/**
 * Replaces the one place where `oldText` stands; no byte outside it is touched. A newline in it
 * stands for the line end that the file has there, and new_text takes over the same line end.
 */
function splice(bytes: Buffer, oldText: string, newText: string, shown: string): Buffer {
  // As latin1 every byte is one character, so offsets in the text are offsets in the file.
  const file = bytes.toString('latin1');
  const wanted = Buffer.from(oldText, 'utf8').toString('latin1');
  const places = [...placesOf(file, wanted)];
  const [place] = places;
  if (place === undefined) {
    throw new ToolError(`old_text does not stand in ${shown}: read the file and copy it exactly`);
  }
  if (places.length > 1) {
    throw new ToolError(
      `old_text stands more than once in ${shown}: take in more of the lines around it`,
    );
  }
  const lineEnd = lineEndAt(file, place);
  const replacement = lineEnd ? newText.replace(/\r?\n/g, lineEnd) : newText;
  return Buffer.concat([
    bytes.subarray(0, place.at),
    Buffer.from(replacement, 'utf8'),
    bytes.subarray(place.at + place.length),
  ]);
}

/** The line end in the place itself, else the one after it, else the one before it. */
function lineEndAt(file: string, { at, length }: Place): string | undefined {
  const inside = file.indexOf('\n', at);
  const newline = inside === -1 ? file.lastIndexOf('\n', at + length) : inside;
  if (newline === -1) return undefined;
  return file[newline - 1] === '\r' ? '\r\n' : '\n';
}

interface Place {
  at: number;
  length: number;
}

/** Where `wanted` stands, overlaps included; at most two, since one too many is enough. */
function* placesOf(file: string, wanted: string): Generator<Place> {
  // Searched with every line end as a newline; `removed` leads back to the file as it is.
  const removed: number[] = [];
  const plain = file.replace(/\r\n/g, (_, at: number) => {
    removed.push(at - removed.length);
    return '\n';
  });
  const text = wanted.replace(/\r\n/g, '\n');
  const toFile = (at: number) => at + countBelow(removed, at);
  let from = 0;
  for (let found = 0; found < 2; found++) {
    const at = plain.indexOf(text, from);
    if (at === -1) return;
    yield { at: toFile(at), length: toFile(at + text.length) - toFile(at) };
    from = at + 1;
  }
}

/** How many of these ascending numbers are below `limit`. */
function countBelow(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
