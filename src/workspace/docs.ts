/** What the project says about itself, in the root and in the folder where the agent started. */
import path from 'node:path';
import { head } from '../context/clip.ts';
import { readHead } from '../util/files.ts';
import { resolveInside } from './paths.ts';

/** A project doc as the model is shown it. */
export interface ProjectDoc {
  /** Relative to the root. */
  path: string;
  /** Its start, at most 1,200 characters. */
  text: string;
}

const DOC_NAMES = ['AGENTS.md', 'README.md', 'pyproject.toml', 'package.json'];
const DOC_CHARS = 1_200;
/** A character has at most four bytes; one more character shows that there is more. */
const DOC_BYTES = 4 * (DOC_CHARS + 1);

/** Reads the docs that exist. Skips folders, FIFOs and links out of the workspace. */
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
    return undefined; // missing, not a file or not inside: a doc only helps
  }
}
