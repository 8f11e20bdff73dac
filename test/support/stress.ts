/**
 * The two sets of tests. `npm test` runs every file with fewer repetitions; `npm run test:stress` runs
 * the files that import this one, with all of it.
 */

/** Whether this is the stress run. */
export const isStress = process.env['MCA_TESTS'] === 'stress';

/** How often something is done: in the fast set, and in the stress run. */
export const often = (fast: number, stress: number): number => (isStress ? stress : fast);

/** The first `count` of these in the fast set, all of them in the stress run. */
export const some = <T>(count: number, all: readonly T[]): readonly T[] =>
  isStress ? all : all.slice(0, count);
