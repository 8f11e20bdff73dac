/** What was measured, and what is told of it. */

/** All values of each row of the table, by the row's name. */
export type Samples = Record<string, readonly number[]>;

/** Both together; rows stay in the order in which they came. */
export function joined(...all: readonly Samples[]): Samples {
  const names = new Set(all.flatMap((samples) => Object.keys(samples)));
  return Object.fromEntries(
    [...names].map((name) => [name, all.flatMap((samples) => samples[name] ?? [])]),
  );
}

/** The value below which this share of all values lies; between two of them where it must. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low = Number.NaN, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (high - low) * (at % 1);
}

/** The middle of all values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
