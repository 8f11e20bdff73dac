import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { settles } from '../support/settle.ts';
import { changesScene } from '../support/undo.ts';

/** The syncs that the program waits for, by what is synced: each is done when it is released. */
function heldSyncs(root: string) {
  const held = new Map<string, () => void>();
  let noteSync: (() => void) | undefined;
  const real = fs.fsync;
  vi.spyOn(fs, 'fsync').mockImplementation(((fd: number, done: fs.NoParamCallback) => {
    const { ino } = fs.fstatSync(fd);
    const names = ['.', ...fs.readdirSync(root, { recursive: true, encoding: 'utf8' })];
    const name = names.find((each) => fs.statSync(path.join(root, each)).ino === ino) ?? '';
    held.set(name, () => real(fd, done));
    noteSync?.();
  }) as typeof fs.fsync);
  onTestFinished(() => void vi.restoreAllMocks());
  return {
    /** Settles when so many syncs are waited for. */
    async count(most: number): Promise<string[]> {
      while (held.size < most) await new Promise<void>((resolve) => (noteSync = resolve));
      return [...held.keys()];
    },
    release(name: string): void {
      held.get(name)?.();
      held.delete(name);
    },
  };
}

const KINDS: [string, RegExp][] = [
  ['the record', /^\.mini-coding-agent\/sessions\/[^/]+\.jsonl$/],
  ['the copy of what was there', /\.files\/[0-9a-f]{64}$/],
  ['the name of the copy', /\.files$/],
  ['the new contents', /^\.[0-9a-f]{16}\.tmp$/],
];

const NO_SPACE = { code: 'ENOSPC', errno: -28 };

describe('an edit', () => {
  it.each(KINDS)('does not replace the file before %s is on the disk', async (_what, last) => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    const syncs = heldSyncs(scene.root);
    const written = scene.write('a.txt', 'two\n');
    const names = await syncs.count(KINDS.length);
    for (const [what, pattern] of KINDS) {
      expect(
        names.filter((name) => pattern.test(name)),
        what,
      ).toHaveLength(1);
    }
    for (const name of names.filter((each) => !last.test(each))) syncs.release(name);
    expect(await settles(written)).toBe(false);
    expect(scene.text('a.txt')).toBe('one\n');
    syncs.release(names.find((each) => last.test(each)) ?? '');
    expect(await syncs.count(1)).toEqual(['.']);
    expect(scene.text('a.txt')).toBe('two\n');
    expect(await settles(written)).toBe(false); // not yet told: its new name may be lost
    syncs.release('.');
    await written;
  });

  it('makes sure of a copy that was only written, before what it is a copy of is replaced', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    const syncs = heldSyncs(scene.root);
    const written = scene.write('a.txt', 'three\n');
    const names = await syncs.count(KINDS.length);
    const copy = names.find((name) => KINDS[1]?.[1].test(name)) ?? '';
    expect(fs.readFileSync(path.join(scene.root, copy), 'utf8')).toBe('two\n');
    for (const name of names) syncs.release(name);
    await syncs.count(1);
    syncs.release('.');
    await written;
    vi.restoreAllMocks();
    expect(await scene.changes.undo()).toMatchObject({ type: 'done' });
    expect(scene.text('a.txt')).toBe('one\n');
  });

  it('is not made on a disk that has room for the old contents or the new ones', async () => {
    const [old, next] = ['a', 'b'].map((letter) => letter.repeat(5_000));
    const scene = changesScene({ 'a.txt': old ?? '' });
    scene.ask();
    let room = 9_000;
    const real = fs.writeSync;
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Buffer, ...rest: [number]) => {
      if ((room -= data.length) < 0) throw Object.assign(new Error('ENOSPC'), NO_SPACE);
      return real(fd, data, ...rest);
    }) as typeof fs.writeSync);
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(scene.write('a.txt', next ?? '')).rejects.toThrow('ENOSPC');
    expect(scene.text('a.txt') === old).toBe(true);
  });
});
