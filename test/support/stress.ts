/**
 * The two sets of tests. `npm test` sees each behaviour where that is quickest, and repeats little;
 * `npm run test:stress` runs the files that import this one, with all that is in them.
 */
import { it } from 'vitest';

/** Whether this is the stress run. */
export const isStress = process.env['MCA_TESTS'] === 'stress';

/**
 * A test of the stress run alone. It sees in the whole program, in a terminal or at length what a
 * quicker test of the fast set checks nearer to its source.
 */
export const inStress = it.runIf(isStress);

/** How often something is done: in the fast set, and in the stress run. */
export const often = (fast: number, stress: number): number => (isStress ? stress : fast);

/** The first `count` of these in the fast set, all of them in the stress run. */
export const some = <const T>(count: number, all: readonly T[]): readonly T[] =>
  isStress ? all : all.slice(0, count);

/** Every nth of these in the fast set, all of them in the stress run. */
export const everyNth = <const T>(n: number, all: readonly T[]): readonly T[] =>
  isStress ? all : all.filter((_, at) => at % n === 0);
