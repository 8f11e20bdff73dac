/** Chance that can be had again: everything follows from a seed. */
import { randomInt } from 'node:crypto';

/** A new seed, or the one that MCA_SEED names: that of a run to be had again. */
export function newSeed(): number {
  return Number(process.env['MCA_SEED'] ?? randomInt(2 ** 31));
}

export interface Chance {
  /** A number from 0 up to 1, without it. */
  next(): number;
  /** A whole number from 0 up to `limit`, without it. */
  below(limit: number): number;
  /** One of these, each as likely. */
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Chance that is the same for the same seed. The generator is mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] };
}
