/**
 * Matches a regular expression at one place of a text, ignoring case. Returns its groups and where
 * the match ends, or undefined.
 */
export function matchAt(raw: string, at: number, source: string) {
  const pattern = new RegExp(source, 'iy');
  pattern.lastIndex = at;
  const match = pattern.exec(raw);
  return match ? { groups: match.slice(1), end: pattern.lastIndex } : undefined;
}

/** The first place from `at` on that holds no whitespace. */
export function afterWhitespace(raw: string, at: number): number {
  return matchAt(raw, at, '\\s+')?.end ?? at;
}
