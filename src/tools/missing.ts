/** What a tool says of a path that is not there. */
import { pathsNear, type Kind } from '../workspace/near-paths.ts';
import { shownName } from './shown-name.ts';
import { ToolError } from './tool-error.ts';

const WORDS: Readonly<Record<Kind, string>> = { file: 'file ', folder: 'folder ', any: '' };

/**
 * The error for a path that does not exist, with the paths that were probably meant.
 * @param shown relative to the root
 * @param otherwise what to do where there are none, a clause
 */
export function missing(root: string, shown: string, kind: Kind, otherwise = ''): ToolError {
  const near = pathsNear(root, shown, kind).map(shownName);
  const [last, ...others] = near.toReversed();
  const meant = others.length > 0 ? `${others.toReversed().join(', ')} or ${last}` : last;
  const end = last === undefined ? otherwise && `: ${otherwise}` : `, did you mean ${meant}?`;
  return new ToolError(`there is no ${WORDS[kind]}${shown}${end}`);
}
