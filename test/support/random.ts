/** Repeatable random numbers: everything follows from a seed. */
import { randomInt } from 'node:crypto';

/** Of a run that names no seed: the same code draws the same, so only a change can break a test. */
const FIXED_SEED = 20;

/** The seed in MCA_SEED, which may be `random`: a new one each time. */
export function chosenSeed(): number {
  const chosen = process.env['MCA_SEED'] ?? FIXED_SEED;
  return chosen === 'random' ? randomInt(2 ** 31) : Number(chosen);
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
