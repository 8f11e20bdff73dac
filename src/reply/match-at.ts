/**
 * What a regular expression, ignoring case, finds just at a place of a text: its groups, and where
 * the match ends.
 */
export function matchAt(raw: string, at: number, source: string) {
  const pattern = new RegExp(source, 'iy');
  pattern.lastIndex = at;
  const match = pattern.exec(raw);
  return match ? { groups: match.slice(1), end: pattern.lastIndex } : undefined;
}
