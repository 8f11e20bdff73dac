import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCached } from '../../src/cli/code-cache.ts';
import { temporaryFolder } from '../support/workspace.ts';

let home: string;
let env: NodeJS.ProcessEnv;
const folder = () => path.join(home, 'mini-coding-agent');
const caches = () => fs.readdirSync(folder());
const onlyCache = () => path.join(folder(), caches()[0] ?? '');

beforeEach(() => {
  home = temporaryFolder();
  env = { XDG_CACHE_HOME: home };
});

/** A program that says who it is. V8 tells sources apart by their length, which is the same. */
const programOf = (who: 'good' | 'evil') =>
  programWith(`module.exports = (function () { return '${who}'; })();`);

function programWith(code: string): string {
  const source = `(function (module, require, __dirname) {${code}})`;
  return path.join(temporaryFolder({ 'program.cjs': source }), 'program.cjs');
}

/** Runs it and keeps its cache. */
const runAndKeep = (file: string, way = 'print') => {
  const { exports, keep } = runCached<string>(file, env);
  keep(way);
  return exports;
};

/** The good program, in whose place there is the cache of the evil one. */
function plantedEvil(): string {
  runAndKeep(programOf('good'));
  const place = onlyCache();
  fs.rmSync(place);
  runAndKeep(programOf('evil'));
  fs.renameSync(onlyCache(), place); // the same file
  return programOf('good'); // in another place: V8 itself remembers what it has run
}

const FOREIGNER = 4711;
const rewrite = (change: (bytes: Buffer) => Buffer) => {
  const { ino, mtime } = fs.statSync(onlyCache());
  const fd = fs.openSync(onlyCache(), 'r+');
  const bytes = change(fs.readFileSync(fd));
  fs.ftruncateSync(fd);
  fs.writeSync(fd, bytes, 0, bytes.length, 0);
  fs.futimesSync(fd, mtime, mtime);
  fs.closeSync(fd);
  expect(fs.statSync(onlyCache())).toMatchObject({ ino, mtime });
};
const replaceByLink = (name: string) => {
  fs.renameSync(name, `${home}/moved`);
  fs.symlinkSync(`${home}/moved`, name);
};

describe('the code cache', () => {
  it('is run in the place of the source: what is in it counts', () => {
    expect(runCached(plantedEvil(), env).exports).toBe('evil');
  });

  it.each<[string, () => void]>([
    ['others may read', () => fs.chmodSync(onlyCache(), 0o640)],
    ['others may write', () => fs.chmodSync(onlyCache(), 0o602)],
    ['is in a folder that others may write to', () => fs.chmodSync(folder(), 0o720)],
    ['is in a folder that others may enter', () => fs.chmodSync(folder(), 0o701)],
    ['is a link', () => replaceByLink(onlyCache())],
    ['is in a folder that is a link', () => replaceByLink(folder())],
    [
      'is a copy, as from a repository or an archive',
      () => {
        const { atime, mtime } = fs.statSync(onlyCache());
        const place = onlyCache();
        fs.copyFileSync(place, `${home}/copy`);
        fs.chmodSync(`${home}/copy`, 0o600);
        fs.utimesSync(`${home}/copy`, atime, mtime);
        fs.renameSync(`${home}/copy`, place);
      },
    ],
    ['was written to later', () => fs.utimesSync(onlyCache(), 1, 1)],
    ['is cut off', () => rewrite((bytes) => bytes.subarray(0, -1))],
    ['is empty', () => rewrite(() => Buffer.alloc(0))],
    ['ends in JSON of another kind', () => rewrite(() => Buffer.from('\nnull'))],
    [
      'has a bit flipped',
      () =>
        rewrite((bytes) => {
          const flipped = Buffer.from(bytes);
          flipped.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
          return flipped;
        }),
    ],
    [
      'is a folder',
      () => {
        const place = onlyCache();
        fs.rmSync(place);
        fs.mkdirSync(place, 0o700);
      },
    ],
    ['is turned off', () => (env['NODE_DISABLE_COMPILE_CACHE'] = '1')],
    ['is of Node.js with other flags', () => (env['NODE_OPTIONS'] = '--stack-size=500')],
  ])('that %s is not run', (_, change) => {
    const good = plantedEvil();
    change();
    expect(runAndKeep(good)).toBe('good');
  });

  it.runIf(process.geteuid?.() === 0).each([
    ['file', onlyCache],
    ['folder', folder],
  ])('whose %s is of another user is not run (needs root)', (_, place) => {
    const good = plantedEvil();
    fs.chownSync(place(), FOREIGNER, FOREIGNER);
    expect(runAndKeep(good)).toBe('good');
  });

  it('of another version of the program is not run, though it has the same length', () => {
    runAndKeep(programOf('evil'));
    expect(runCached(programOf('good'), env).exports).toBe('good');
  });

  it('is made anew where it was broken', () => {
    const program = programOf('good');
    runAndKeep(program);
    const whole = fs.readFileSync(onlyCache()).length;
    fs.truncateSync(onlyCache(), 100);
    runAndKeep(program);
    expect(fs.readFileSync(onlyCache()).length).toBeGreaterThan(whole - 100);
  });

  it('is for its owner alone, in a folder of theirs, and nothing else is left there', () => {
    runAndKeep(programOf('good'));
    expect(caches()).toHaveLength(1);
    expect(fs.statSync(onlyCache()).mode & 0o777).toBe(0o600);
    expect(fs.statSync(folder()).mode & 0o777).toBe(0o700);
  });

  it('is written again only where the program is used in a new way', () => {
    const program = programOf('good');
    const written = ['print', 'print', 'repl', 'print', 'repl'].map((way) => {
      runAndKeep(program, way);
      return fs.statSync(onlyCache()).ino;
    });
    expect(new Set(written).size).toBe(2);
  });

  it('is kept for the eight files that were written last', () => {
    const kept: string[] = [];
    for (let at = 0; at < 10; at++) {
      const before = fs.existsSync(folder()) ? caches() : [];
      runAndKeep(programWith(`module.exports = ${at};`));
      const written = caches().find((name) => !before.includes(name)) ?? '';
      const time = new Date(Date.UTC(2026, 0, 1 + at)); // the order in which they were written
      fs.utimesSync(path.join(folder(), written), time, time);
      kept.push(written);
    }
    expect(caches().toSorted()).toEqual(kept.slice(2).toSorted());
  });

  it.each(['', '/nonexistent-home'])(
    'makes no folder in the root for the home folder %j',
    (missing) => {
      vi.stubEnv('HOME', missing);
      onTestFinished(() => void vi.unstubAllEnvs());
      runCached(programOf('good'), {}).keep('print');
      const made = ['/.cache/mini-coding-agent', '/nonexistent-home'];
      expect(made.filter((name) => fs.existsSync(name))).toEqual([]);
    },
  );

  it.each<[string, () => void]>([
    ['a file', () => fs.writeFileSync(folder(), '')],
    ['a link that leads nowhere', () => fs.symlinkSync('/nowhere/at/all', folder())],
    ['in a folder that is not there', () => (env['XDG_CACHE_HOME'] = '/dev/null/cache')],
    ['open to others', () => fs.mkdirSync(folder(), { mode: 0o755 })],
  ])('is not kept where its folder is %s, and the program runs', (_, spoil) => {
    spoil();
    expect(runAndKeep(programOf('good'))).toBe('good');
    const isFolder = fs.statSync(folder(), { throwIfNoEntry: false })?.isDirectory();
    expect(isFolder ? caches() : []).toEqual([]);
  });
});
