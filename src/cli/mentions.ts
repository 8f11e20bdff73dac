/** `@path` in a request: a file or folder of the workspace, by the path that the tools take. */
import fs from 'node:fs';
import { PathError, resolveInside } from '../workspace/paths.ts';

/** At the beginning of a word or bracket, up to its end; in quotes where the path holds blanks. */
const MENTION = /(?<![^\s([])@(?:"([^"\n]+)"|([^\s"]+))/g;
/** No system takes a longer path; to look into a longer word would only take time. */
const MAX_PATH = 4_096;
/** What ends a sentence ends no path, unless a file is named so. */
const PUNCTUATION = /[.,:;!?)\]}'’”]+$/;

/**
 * The request with each `@path` that names something inside the workspace as its path relative to
 * the root. All else stays as it is: `@override`, an address, a file that is not there.
 */
export function nameFiles(root: string, request: string): string {
  return request.replace(MENTION, (mention, quoted?: string, bare = '') => {
    if (quoted !== undefined) {
      const path = pathOf(root, quoted);
      return path === undefined ? mention : `"${path}"`;
    }
    if (bare.length > MAX_PATH) return mention;
    const name = bare.replace(PUNCTUATION, '');
    const whole = pathOf(root, bare);
    if (whole !== undefined) return whole;
    const path = name === '' ? undefined : pathOf(root, name);
    return path === undefined ? mention : path + bare.slice(name.length);
  });
}

/** As the tools take it; undefined where nothing in the workspace has the name. */
function pathOf(root: string, named: string): string | undefined {
  try {
    const { real, shown } = resolveInside(root, named);
    return fs.existsSync(real) ? shown : undefined;
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}
