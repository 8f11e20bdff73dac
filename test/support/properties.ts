/** Vitest loads this before each file: properties of fast-check draw from the seed of the run. */
import * as fc from 'fast-check';
import { chosenSeed } from './random.ts';

fc.configureGlobal({ seed: chosenSeed() });
