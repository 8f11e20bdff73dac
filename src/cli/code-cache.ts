/**
 * Runs a file through V8's code cache: what V8 made of its source in earlier runs, kept in the
 * person's cache folder, so that it need not be made again. It is code as much as the file is, and V8
 * believes it: it is read only where nobody but this person can have put it.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { debuglog } from 'node:util';
import vm from 'node:vm';
import { crc32 } from 'node:zlib';
import { userFolder } from './user-folder.ts';
import { FileError, unlessUnreadable } from '../util/errors.ts';
import { withRegularFile } from '../util/files.ts';

/** Others than the owner that may read, write or enter. */
const OTHERS = 0o077;
/** How many are kept, the last written: a start uses two. */
const KEPT = 8;

/** With NODE_DEBUG=mini-coding-agent it tells what becomes of the cache. */
const debug = debuglog('mini-coding-agent');

/** A CommonJS file that ran. */
export interface RunFile<T> {
  exports: T;
  /**
   * Keeps what V8 has made of the file by now, where this way of using it has more of it run than
   * those before. It takes 20 ms: call it as the process exits. It never throws.
   */
  keep(way: string): void;
}

/** What is known of a cache. It ends the file: without it, the file was cut off. */
interface Trailer {
  /** The checksum of what precedes it. V8 itself looks at little more than a version. */
  sum: number;
  /** The ways of use whose code it holds. */
  ways: string[];
  /** The very file that it was written into: one from an archive or a repository has others. */
  ino: number;
  mtimeMs: number;
}

/**
 * Runs a file that the build has wrapped in a function of `module`, `require` and `__dirname`. With
 * NODE_DISABLE_COMPILE_CACHE, as for Node's own, no cache is read or kept.
 */
export function runCached<T>(file: string, env: NodeJS.ProcessEnv): RunFile<T> {
  const name = path.basename(file);
  const source = fs.readFileSync(file); // ASCII, as the build makes it: see build/ascii.ts
  const cache = env['NODE_DISABLE_COMPILE_CACHE'] ? undefined : cacheFile(source, env);
  const known = cache && unlessUnreadable(() => readCache(cache));
  const script = new vm.Script(source.toString('latin1'), {
    filename: file,
    ...(known && { cachedData: known.data }),
  });
  const ways = script.cachedDataRejected === false && known ? known.ways : [];
  debug(
    'code cache %s of %s: %s',
    cache,
    name,
    ways.length > 0 ? `has ${ways.join(', ')}` : 'none',
  );
  const module = { exports: {} as T };
  script.runInThisContext()(module, createRequire(file), path.dirname(file));
  return {
    exports: module.exports,
    keep(way) {
      if (cache === undefined || ways.includes(way)) return;
      const isKept = unlessUnreadable(() => {
        writeCache(cache, script.createCachedData(), [...ways, way]);
        return true;
      });
      debug('code cache %s of %s: %s', cache, name, isKept ? 'kept' : 'not kept');
    },
  };
}

/** Another source, version or flags of Node.js have another cache: V8 would refuse this one, at best. */
function cacheFile(source: Buffer, env: NodeJS.ProcessEnv): string {
  const usual = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  const flags = [...process.execArgv, env['NODE_OPTIONS']].join(' ');
  const parts = [source.length, crc32(source), crc32(flags), process.version, process.arch];
  return path.join(userFolder(env['XDG_CACHE_HOME'], usual), parts.join('-'));
}

/** Undefined where it is broken, or not surely this person's. @throws system errors */
function readCache(file: string): { data: Buffer; ways: string[] } | undefined {
  if (!isOurFolder(path.dirname(file))) return undefined;
  return withRegularFile(file, (fd, stat) => {
    if (!isOurs(stat)) return undefined;
    const whole = fs.readFileSync(fd);
    const end = whole.lastIndexOf('\n');
    const data = whole.subarray(0, end);
    const trailer = trailerIn(whole.toString('latin1', end));
    const isIt =
      trailer?.ino === stat.ino && trailer.mtimeMs === stat.mtimeMs && trailer.sum === crc32(data);
    return isIt ? { data, ways: trailer.ways } : undefined;
  });
}

function trailerIn(text: string): Trailer | undefined {
  try {
    return JSON.parse(text) as Trailer;
  } catch {
    return undefined;
  }
}

/** @throws system errors */
function isOurFolder(folder: string): boolean {
  const stat = fs.lstatSync(folder); // a link is none
  return stat.isDirectory() && isOurs(stat);
}

/** Whether only this user can have written it. */
function isOurs({ uid, mode }: fs.Stats): boolean {
  return uid === process.geteuid?.() && (mode & OTHERS) === 0;
}

/** Replaces a cache in one step. @throws a system error, or FileError where it would not be read */
function writeCache(file: string, data: Buffer, ways: string[]): void {
  const folder = path.dirname(file);
  makeFolder(folder);
  if (!isOurFolder(folder)) throw new FileError('EACCES', 'it is not for this user alone');
  const temporary = `${file}.${process.pid}-${Date.now()}`;
  const fd = fs.openSync(temporary, 'wx', 0o600);
  try {
    const { ino } = fs.fstatSync(fd);
    const mtimeMs = Math.floor(Date.now() / 1_000) * 1_000; // not every disk keeps more of it
    const trailer: Trailer = { sum: crc32(data), ways, ino, mtimeMs };
    fs.writeFileSync(fd, data);
    fs.writeFileSync(fd, `\n${JSON.stringify(trailer)}`);
    fs.futimesSync(fd, mtimeMs / 1_000, mtimeMs / 1_000);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  removeOld(folder);
}

/**
 * Makes a folder for this user alone, and those above it, but not in what is another user's, nor in
 * the root, where a home folder that is missing would be made. @throws system errors
 */
function makeFolder(folder: string): void {
  const above = path.dirname(folder);
  if (fs.existsSync(folder) || above === path.dirname(above)) return;
  makeFolder(above);
  if (fs.statSync(above).uid === process.geteuid?.()) fs.mkdirSync(folder, 0o700);
}

function removeOld(folder: string): void {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  const age = new Map(files.map((file) => [file, fs.lstatSync(file).mtimeMs]));
  const newestFirst = files.toSorted((a, b) => (age.get(b) ?? 0) - (age.get(a) ?? 0));
  for (const file of newestFirst.slice(KEPT)) fs.rmSync(file);
}
