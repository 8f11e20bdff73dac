/** Repeatable random numbers: everything follows from a seed. */
import { randomInt } from 'node:crypto';

/** A new seed, or the one in MCA_SEED, to repeat a run. */
export function newSeed(): number {
  return Number(process.env['MCA_SEED'] ?? randomInt(2 ** 31));
}

export interface Chance {
  /** A number from 0 up to 1, without it. */
  next(): number;
  /** A whole number from 0 up to `limit`, without it. */
  below(limit: number): number;
  /** One of these, each equally likely. */
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Random numbers that are the same for the same seed. The generator is mulberry32. */
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
