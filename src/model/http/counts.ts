/** Numbers in answers: a server may send anything. */

/** The value if it is a finite number. */
export function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The value as a whole number, if it is one that a server could have counted. */
export function count(value: unknown): number | undefined {
  const number = finite(value);
  return number !== undefined && number >= 0 && number < 1e9 ? Math.round(number) : undefined;
}
