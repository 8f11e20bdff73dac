/** The project's own words about itself, from the root and from the folder the agent started in. */
import path from 'node:path';
import { head } from '../context/clip.ts';
import { readHead } from '../util/files.ts';
import { resolveInside } from './paths.ts';

export interface ProjectDoc {
  /** Relative to the root. */
  path: string;
  /** At most 1,200 characters. */
  text: string;
}

const DOC_NAMES = ['AGENTS.md', 'README.md', 'pyproject.toml', 'package.json'];
const DOC_CHARS = 1_200;
/** A character has at most four bytes; one more character tells that there is more. */
const DOC_BYTES = 4 * (DOC_CHARS + 1);

/** Reads the docs that are there. Folders, FIFOs and links out of the workspace are passed over. */
export function readDocs(root: string, cwd: string): ProjectDoc[] {
  const docs = new Map<string, ProjectDoc>();
  for (const folder of [root, cwd]) {
    for (const name of DOC_NAMES) {
      const shown = path.relative(root, path.join(folder, name));
      const text = docs.has(shown) ? undefined : readDoc(root, shown);
      if (text) docs.set(shown, { path: shown, text });
    }
  }
  return [...docs.values()];
}

function readDoc(root: string, relative: string): string | undefined {
  try {
    const bytes = readHead(resolveInside(root, relative).real, DOC_BYTES);
    if (bytes.includes(0)) return undefined;
    const text = bytes.toString('utf8').trim();
    return text.length > DOC_CHARS ? `${head(text, DOC_CHARS)}\n[the file goes on]` : text;
  } catch {
    return undefined; // not there, not a file, not inside: a doc is a help, never a need
  }
}
