/** A disk that takes names in any case, as those of macOS do, as far as paths are resolved. */
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { withoutCase } from '../../src/util/file-names.ts';

/** Until the test ends, every name is found in any case, and a real path is spelled as on the disk. */
export function foldCase(): void {
  const { lstatSync } = fs;
  const { native } = fs.realpathSync;
  const onDisk = (name: fs.PathLike) => {
    let found = '/';
    for (const part of String(name).split(path.sep)) {
      const exact = path.join(found, part);
      const isThere = lstatSync(exact, { throwIfNoEntry: false }) !== undefined;
      found = isThere ? exact : path.join(found, namedLike(part, found));
    }
    return found;
  };
  const realpath = vi.spyOn(fs.realpathSync, 'native');
  realpath.mockImplementation(((name: string, options: 'buffer') =>
    native(onDisk(name), options)) as unknown as typeof native);
  const lstat = vi.spyOn(fs, 'lstatSync');
  lstat.mockImplementation(((name: string, options: fs.StatSyncOptions) =>
    lstatSync(onDisk(name), options)) as unknown as typeof lstatSync);
  onTestFinished(() => {
    realpath.mockRestore();
    lstat.mockRestore();
  });
}

function namedLike(name: string, folder: string): string {
  try {
    return fs.readdirSync(folder).find((each) => withoutCase(each) === withoutCase(name)) ?? name;
  } catch {
    return name; // it is no folder
  }
}
