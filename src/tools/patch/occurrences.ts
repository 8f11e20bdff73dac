/**
 * Finds a sequence in another, overlaps included, in time proportional to the length of both. The
 * search that is built in takes quadratic time for a long text of few different characters.
 */
export function* occurrences(
  all: ArrayLike<number>,
  wanted: ArrayLike<number>,
): Generator<number, void, void> {
  if (wanted.length === 0) return;
  const borders = bordersOf(wanted);
  for (let at = 0, matched = 0; at < all.length; at++) {
    while (matched > 0 && wanted[matched] !== all[at]) matched = borders[matched - 1] ?? 0;
    if (wanted[matched] === all[at]) matched++;
    if (matched < wanted.length) continue;
    yield at + 1 - matched;
    matched = borders[matched - 1] ?? 0;
  }
}

/** By the number of items matched, less one: how many of the last of them could begin a new match. */
function bordersOf(wanted: ArrayLike<number>): Int32Array {
  const borders = new Int32Array(wanted.length);
  for (let at = 1, length = 0; at < wanted.length; at++) {
    while (length > 0 && wanted[length] !== wanted[at]) length = borders[length - 1] ?? 0;
    if (wanted[length] === wanted[at]) length++;
    borders[at] = length;
  }
  return borders;
}
