/** "Did you mean": one rule for tools, commands and models. */
import { closest, distance } from 'fastest-levenshtein';

/** Characters of a name that are compared: a model may have named anything. */
const NAME_CHARS = 100;
/** Typing errors that may lie between two names, however short these are. */
const FEW = 2;

/**
 * The name that a mistyped one was probably meant to be: at most two characters away, or a third of
 * its length. Undefined where none is that near.
 * @param most how many typing errors may lie between them, instead of that bound
 */
export function nearest(name: string, names: readonly string[], most?: number): string | undefined {
  if (names.length === 0) return undefined;
  const typed = name.slice(0, NAME_CHARS);
  const found = closest(typed, [...names]);
  return distance(typed, found) <= (most ?? Math.max(FEW, found.length / 3)) ? found : undefined;
}
