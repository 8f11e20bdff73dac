import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { errorCode, FileError, systemReason } from '../../src/util/errors.ts';

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

it('tells a failure of the system by its code', () => {
  const error = thrownBy(() => fs.readFileSync(path.join(import.meta.dirname, 'missing')));
  expect(errorCode(error)).toBe('ENOENT');
  expect(systemReason(error)).toMatch(/no such file/);
  expect(errorCode(new FileError('EIO', 'too short'))).toBe('EIO');
  expect(systemReason(new FileError('EIO', 'too short'))).toBe('too short');
});

it.each([
  ['a wrong argument to Node', thrownBy(() => fs.readFileSync(path.join(7 as never)))],
  ['a NUL in a path', thrownBy(() => fs.readFileSync('a\0b'))],
  ['any other bug', new TypeError('a bug')],
  ['what is not an error', 'ENOENT'],
])('takes %s for a bug', (_what, error) => {
  expect(errorCode(error)).toBeUndefined();
  expect(() => systemReason(error)).toThrow();
});
