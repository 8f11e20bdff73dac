import { expect, it } from 'vitest';
import { nearest } from '../../src/util/nearest.ts';

it.each([
  ['list_file', ['list_files', 'read_file'], 'list_files'],
  ['/hlep', ['/help', '/exit'], '/help'],
  ['small:70b', ['small:1b', 'other:7b'], 'small:1b'],
  ['serach_the_files', ['search_the_files'], 'search_the_files'],
  ['rm', ['echo', 'harmless'], undefined],
  ['x'.repeat(1e6), ['echo'], undefined],
  ['echo', [], undefined],
])('%.20s among %j is near to %j', (name, names, meant) => {
  expect(nearest(name, names)).toBe(meant);
});
