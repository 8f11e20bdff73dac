import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chosenSeed } from './random.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('the seed of a run', () => {
  it('is the same where none is named, and the properties draw from it', () => {
    vi.stubEnv('MCA_SEED', undefined);
    expect(chosenSeed()).toBe(chosenSeed());
    expect(fc.sample(fc.integer(), 5)).toEqual(fc.sample(fc.integer(), 5));
  });

  it('is the number that is named, or a new one each time', () => {
    vi.stubEnv('MCA_SEED', '7');
    expect(chosenSeed()).toBe(7);
    vi.stubEnv('MCA_SEED', 'random');
    expect(chosenSeed()).not.toBe(chosenSeed());
  });
});
