/** What people say about the project: instructions for agents, and docs such as its README. */
import path from 'node:path';
import { realPathOf } from '../util/file-names.ts';
import { readHead } from '../util/files.ts';
import { cutAtLine, DOC_CHARS, INSTRUCTIONS, MOST_INSTRUCTIONS, shareRoom } from './doc-room.ts';
import { isInside, resolveInside } from './paths.ts';

/** A project doc as the model is shown it. */
export interface ProjectDoc {
  /** Relative to the root; absolute where it is the person's own, which may lie anywhere. */
  path: string;
  /** Its start, in whole lines. */
  text: string;
}

const DOC_NAMES = ['README.md', 'pyproject.toml', 'package.json'];

/**
 * Reads the docs that exist: the instructions, which are the person's own, those of the root and
 * those of each folder down to `cwd`; then the other docs of root and `cwd`. Skips folders, FIFOs and
 * links out of the workspace. All instructions have at most 16,000 characters together, each other doc
 * 1,200.
 * @param own the absolute path of the person's own instructions, which may be a link
 */
export function readDocs(root: string, cwd: string, own?: string): ProjectDoc[] {
  const seen = new Set<string>(); // real paths: a link may name a file again
  const read = (file: string, most: number): ProjectDoc[] => {
    const real = placeOf(root, file, file === own);
    if (real === undefined || seen.has(real)) return [];
    seen.add(real);
    const text = readDoc(real, most);
    return text ? [{ path: file === own ? file : path.relative(root, file), text }] : [];
  };
  const names = path.relative(root, cwd).split(path.sep).filter(Boolean);
  const folders = ['', ...names].map((_, depth) => path.join(root, ...names.slice(0, depth)));
  const instructions = folders.map((folder) => path.join(folder, INSTRUCTIONS));
  const docs = [root, cwd].flatMap((folder) => DOC_NAMES.map((name) => path.join(folder, name)));
  const all = [...(own === undefined ? [] : [own]), ...instructions];
  return [
    ...shareRoom(
      all.flatMap((file) => read(file, MOST_INSTRUCTIONS)),
      MOST_INSTRUCTIONS,
    ),
    ...docs.flatMap((file) => read(file, DOC_CHARS)),
  ];
}

/** Undefined if it is missing or leads out of the workspace. A link of the person's may lead anywhere. */
function placeOf(root: string, file: string, isOwn: boolean): string | undefined {
  try {
    const isTheirs = isOwn && !isInside(root, file);
    return isTheirs ? realPathOf(file) : resolveInside(root, file).real;
  } catch {
    return undefined;
  }
}

/** The start of a text file; undefined if it is not one, or cannot be read: a doc only helps. */
function readDoc(real: string, most: number): string | undefined {
  try {
    // A character has at most four bytes; one more character shows that there is more.
    const bytes = readHead(real, 4 * (most + 1));
    return bytes.includes(0) ? undefined : cutAtLine(bytes.toString('utf8').trim(), most);
  } catch {
    return undefined;
  }
}
