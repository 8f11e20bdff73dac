/** `@path` in a request: a file or folder of the workspace, by the path that the tools take. */
import fs from 'node:fs';
import { PathError } from '../workspace/paths.ts';
import { resolveExisting } from '../workspace/spelling.ts';

/** At the start of a word or after a bracket; in quotes where the path contains whitespace. */
const MENTION = /(?<![^\s([])@(?:"([^"\n]+)"|([^\s"]+))/g;
/** No system allows a longer path, in characters: a longer word is not looked up. */
const MAX_PATH = 4_096;
/** Punctuation after a path is not part of it, unless a file has that name. */
const PUNCTUATION = /[.,:;!?)\]}'’”]+$/;

/** A request, and the files and folders that it names. */
export interface NamedFiles {
  /** The request, with their paths. */
  text: string;
  /** The paths, relative to the workspace root. */
  files: string[];
}

/**
 * Replaces each `@path` that names a file or folder in the workspace by its path relative to the
 * root. Everything else is left alone: `@override`, an address, a missing file.
 */
export function nameFiles(root: string, request: string): NamedFiles {
  const files: string[] = [];
  const pathOf = (named: string) => {
    const found = existing(root, named);
    if (found !== undefined) files.push(found);
    return found;
  };
  const text = request.replace(MENTION, (mention, quoted?: string, bare = '') => {
    if (quoted !== undefined) {
      const path = pathOf(quoted);
      return path === undefined ? mention : `"${path}"`;
    }
    if (bare.length > MAX_PATH) return mention;
    const name = bare.replace(PUNCTUATION, '');
    const whole = pathOf(bare);
    if (whole !== undefined) return whole;
    const path = name === '' ? undefined : pathOf(name);
    return path === undefined ? mention : path + bare.slice(name.length);
  });
  return { text, files };
}

/** The path as the tools take it, or undefined if there is no such file in the workspace. */
function existing(root: string, named: string): string | undefined {
  try {
    const { real, shown } = resolveExisting(root, named, 'form');
    return fs.existsSync(real) ? shown : undefined;
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}
