/** Hex digits for names that nothing else has. They are no secret: node:crypto takes long to load. */

/** This many random hex digits. */
export function randomHex(digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');
}
