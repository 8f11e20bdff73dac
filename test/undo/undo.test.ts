import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { changesScene, type ChangesScene } from '../support/undo.ts';
import { temporaryFolder } from '../support/workspace.ts';

const copiesOf = ({ session }: ChangesScene) => session.path.replace(/\.jsonl$/, '.files');

/** A file that was changed twice, one that was made, and one that nobody touched. */
async function threeFiles() {
  const scene = changesScene({ 'a.txt': 'one\n', 'c.txt': 'untouched\n' });
  scene.ask('change them');
  await scene.write('a.txt', 'two\n');
  await scene.write('new/b.txt', 'new\n');
  await scene.write('a.txt', 'three\n');
  return scene;
}

const texts = (scene: ChangesScene) => ['a.txt', 'new/b.txt', 'c.txt'].map(scene.text);
const BEFORE = ['one\n', undefined, 'untouched\n'];
const AFTER = ['three\n', 'new\n', 'untouched\n'];

describe('an undo', () => {
  it('reverts all file changes of the last request, and redo restores them', async () => {
    const scene = await threeFiles();
    expect(await scene.changes.undo()).toEqual({
      type: 'done',
      request: 'change them',
      files: [
        { path: 'a.txt', isGone: false },
        { path: 'new/b.txt', isGone: true },
      ],
      problems: [],
      ranShell: false,
    });
    expect(texts(scene)).toEqual(BEFORE);
    expect(await scene.changes.redo()).toMatchObject({ type: 'done', request: 'change them' });
    expect(texts(scene)).toEqual(AFTER);
    expect(await scene.changes.redo()).toEqual({ type: 'nothing' });
  });

  it('goes back request by request, and redo forward', async () => {
    const scene = changesScene();
    for (const text of ['one', 'two', 'three']) {
      scene.ask(text);
      await scene.write('a.txt', text);
      scene.ask('only a question');
    }
    const seen: string[] = [];
    for (const step of 'undo undo redo undo undo undo redo redo redo redo'.split(' ')) {
      await scene.changes[step as 'undo' | 'redo']();
      seen.push(scene.text('a.txt') ?? '-');
    }
    expect(seen.join(' ')).toBe('two one two one - - one two three three');
  });

  it('works in a resumed session, and in one that was reset', async () => {
    let scene = await threeFiles();
    scene.session.reset();
    scene = scene.resumed();
    expect(await scene.changes.undo()).toMatchObject({ type: 'done', request: 'change them' });
    expect(texts(scene)).toEqual(BEFORE);
    scene = scene.resumed();
    expect(await scene.changes.redo()).toMatchObject({ type: 'done' });
    expect(texts(scene)).toEqual(AFTER);
    expect(await scene.resumed().changes.redo()).toEqual({ type: 'nothing' });
  });

  it('is refused as a whole if somebody has changed one of the files since', async () => {
    const scene = await threeFiles();
    scene.put('a.txt', 'mine\n');
    const refused = { type: 'refused', problems: ['a.txt has changed since'] };
    expect(await scene.changes.undo()).toEqual(refused);
    expect(texts(scene)).toEqual(['mine\n', 'new\n', 'untouched\n']);
    scene.put('a.txt', 'three\n');
    expect(await scene.changes.undo()).toMatchObject({ type: 'done' });
    scene.put('new/b.txt', 'mine\n');
    expect(await scene.changes.redo()).toMatchObject({ problems: ['new/b.txt has changed since'] });
    expect(texts(scene)).toEqual(['one\n', 'mine\n', 'untouched\n']);
  });

  it.each([
    ['a link', (file: string) => fs.symlinkSync('c.txt', file), /has changed since|behind a link/],
    ['a folder', (file: string) => fs.mkdirSync(file), /has changed since/],
    ['nothing', () => undefined, /has changed since/],
  ])('is refused where %s has taken the place of a file', async (_what, place, problem) => {
    const scene = await threeFiles();
    const file = path.join(scene.root, 'a.txt');
    fs.rmSync(file);
    place(file);
    const outcome = await scene.changes.undo();
    expect(outcome).toEqual({ type: 'refused', problems: [expect.stringMatching(problem)] });
    expect(scene.text('new/b.txt')).toBe('new\n');
  });

  it('is refused if somebody edited the file between two edits by the agent', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    scene.put('a.txt', 'two, and mine\n');
    await scene.write('a.txt', 'three, and mine\n');
    expect(await scene.changes.undo()).toEqual({
      type: 'refused',
      problems: ['a.txt was changed by something else while the agent worked'],
    });
    expect(scene.text('a.txt')).toBe('three, and mine\n');
  });

  it('also undoes what a command of the same request did to the file, and says so', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    scene.ranShell();
    scene.put('a.txt', 'formatted\n');
    await scene.write('a.txt', 'three\n');
    expect(await scene.changes.undo()).toMatchObject({ type: 'done', ranShell: true });
    expect(scene.text('a.txt')).toBe('one\n');
    await scene.changes.redo();
    expect(scene.text('a.txt')).toBe('three\n');
  });

  it('keeps the mode of a file', async () => {
    const scene = changesScene({ 'run.sh': 'one\n' });
    fs.chmodSync(path.join(scene.root, 'run.sh'), 0o750);
    scene.ask();
    await scene.write('run.sh', 'two\n');
    await scene.changes.undo();
    expect(scene.text('run.sh')).toBe('one\n');
    expect(fs.statSync(path.join(scene.root, 'run.sh')).mode & 0o777).toBe(0o750);
  });

  it('restores bytes that are not text', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 0xe9]);
    const scene = changesScene({ 'a.bin': bytes });
    scene.ask();
    await scene.write('a.bin', 'text');
    await scene.changes.undo();
    expect(fs.readFileSync(path.join(scene.root, 'a.bin'))).toEqual(bytes);
  });

  it('finds nothing to do if there is nothing, and a new change ends redo', async () => {
    const scene = changesScene();
    expect([await scene.changes.undo(), await scene.changes.redo()]).toEqual([
      { type: 'nothing' },
      { type: 'nothing' },
    ]);
    scene.ask();
    await scene.write('a.txt', 'one');
    await scene.changes.undo();
    scene.ask();
    await scene.write('b.txt', 'two');
    expect(await scene.changes.redo()).toEqual({ type: 'nothing' });
    await scene.changes.undo();
    expect(await scene.changes.undo()).toEqual({ type: 'nothing' });
  });

  it('tells the model which files have changed', async () => {
    const scene = await threeFiles();
    await scene.changes.undo();
    expect(scene.session.state.entries.at(-1)?.record).toMatchObject({
      type: 'workspace',
      content:
        'changed: the user undid your changes to: a.txt, new/b.txt. Read them again before you edit them.',
    });
    await scene.changes.redo();
    expect(scene.session.state.entries.at(-1)?.record).toMatchObject({
      content: expect.stringMatching(
        /^changed: the user redid your changes to: a\.txt, new\/b\.txt\./,
      ),
    });
  });

  it('that cannot write one of the files says which, and redo restores everything', async () => {
    const scene = await threeFiles();
    onTestFinished(() => void vi.restoreAllMocks());
    vi.spyOn(fs, 'renameSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('no room'), { code: 'ENOSPC', errno: -28 });
    });
    expect(await scene.changes.undo()).toMatchObject({
      type: 'done',
      files: [{ path: 'new/b.txt', isGone: true }],
      problems: ['a.txt cannot be changed (ENOSPC)'],
    });
    await scene.changes.redo();
    expect(texts(scene)).toEqual(AFTER);
  });

  it('creates a folder again that is gone', async () => {
    const scene = await threeFiles();
    await scene.changes.undo();
    fs.rmdirSync(path.join(scene.root, 'new'));
    expect(await scene.changes.redo()).toMatchObject({ type: 'done', problems: [] });
    expect(scene.text('new/b.txt')).toBe('new\n');
  });
});

describe('a change that was recorded but never made,', () => {
  it('because the program was killed, is not undone', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    const real = path.join(scene.root, 'a.txt');
    await scene.changes.keep({
      real,
      before: Buffer.from('two\n'),
      after: Buffer.from('three\n'),
    });
    const resumed = scene.resumed();
    expect(await resumed.changes.undo()).toMatchObject({
      type: 'done',
      files: [{ path: 'a.txt' }],
    });
    expect(resumed.text('a.txt')).toBe('one\n');
    await resumed.changes.redo();
    expect(resumed.text('a.txt')).toBe('two\n');
  });

  it('and is the only one of its request, leaves the file unchanged', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    const real = path.join(scene.root, 'a.txt');
    await scene.changes.keep({
      real,
      before: Buffer.from('one\n'),
      after: Buffer.from('two\n'),
    });
    expect(await scene.changes.undo()).toMatchObject({ type: 'done', files: [] });
    expect(scene.text('a.txt')).toBe('one\n');
    expect(await scene.changes.redo()).toMatchObject({ type: 'done', files: [] });
    expect(scene.text('a.txt')).toBe('one\n');
  });
});

describe('an undo that was cut short after its record', () => {
  it('is completed by redo and undo', async () => {
    const scene = await threeFiles();
    const [a, b] = scene.session.state.history.done[0]?.edits ?? [];
    const { history } = scene.session.state;
    const last = history.done[0]?.edits[2];
    if (!a || !b || !last) return expect.fail();
    const edits = [{ ...a, after: last.after }, b];
    scene.session.record({ type: 'undo', edits });
    fs.rmSync(path.join(scene.root, 'new/b.txt')); // one file was undone
    const resumed = scene.resumed();
    expect(await resumed.changes.redo()).toMatchObject({ type: 'done' });
    expect(texts(resumed)).toEqual(AFTER);
    await resumed.changes.undo();
    expect(texts(resumed)).toEqual(BEFORE);
  });
});

describe('the copies', () => {
  it('are beside the session, unreadable for others', async () => {
    const scene = await threeFiles();
    const folder = copiesOf(scene);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    const names = fs.readdirSync(folder);
    expect(names).toHaveLength(4); // one, two, three and new
    for (const name of names) {
      expect(name).toMatch(/^[0-9a-f]{64}$/);
      expect(fs.statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('that cannot be written are reported once, and the edit is made', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    fs.writeFileSync(copiesOf(scene), 'in the way');
    await scene.write('a.txt', 'two\n');
    await scene.write('a.txt', 'three\n');
    expect(scene.text('a.txt')).toBe('three\n');
    expect(scene.warnings).toEqual([
      expect.stringMatching(/^No copy of a\.txt could be kept \(.*\): \/undo cannot/),
    ]);
    expect(await scene.changes.undo()).toEqual({
      type: 'refused',
      problems: ['a.txt: no copy of what it held was kept'],
    });
    expect(scene.changes.diff()).toMatchObject([{ path: 'a.txt', isLost: true }]);
  });

  it.each([
    ['damaged', (file: string) => fs.writeFileSync(file, 'another text')],
    ['cut short', (file: string) => fs.truncateSync(file, 1)],
    ['gone', (file: string) => fs.rmSync(file)],
    [
      'a link',
      (file: string) => (fs.renameSync(file, `${file}x`), fs.symlinkSync(`${file}x`, file)),
    ],
    ['huge', (file: string) => fs.truncateSync(file, 300 * 1024 * 1024)],
  ])('are unusable when one is %s: the undo is refused', async (_what, damage) => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    const folder = copiesOf(scene);
    for (const name of fs.readdirSync(folder)) damage(path.join(folder, name));
    expect(await scene.changes.undo()).toMatchObject({ type: 'refused' });
    expect(scene.text('a.txt')).toBe('two\n');
  });

  it.each([
    ['their folder', copiesOf],
    ['the folder of the sessions', ({ session }: ChangesScene) => path.dirname(session.path)],
    ['.mini-coding-agent', ({ root }: ChangesScene) => path.join(root, '.mini-coding-agent')],
  ])('are neither written nor read where %s is a link', async (_what, linked) => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    const link = linked(scene);
    const elsewhere = path.join(temporaryFolder(), 'elsewhere');
    fs.mkdirSync(link, { recursive: true });
    fs.renameSync(link, elsewhere);
    fs.symlinkSync(elsewhere, link);
    await scene.write('a.txt', 'two\n');
    expect(scene.warnings).toEqual([expect.stringContaining('is behind a link')]);
    const hash = createHash('sha256').update('one\n').digest('hex');
    const copy = path.join(copiesOf(scene), hash);
    expect(fs.existsSync(copy)).toBe(false);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.writeFileSync(copy, 'one\n');
    expect(await scene.changes.undo()).toMatchObject({ type: 'refused' });
  });

  it('are written again when a kill has cut one short', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    const folder = copiesOf(scene);
    for (const name of fs.readdirSync(folder)) fs.truncateSync(path.join(folder, name), 1);
    await scene.write('a.txt', 'one\n');
    scene.ask();
    await scene.write('a.txt', 'two\n');
    expect(await scene.changes.undo()).toMatchObject({ type: 'done' });
    expect(scene.text('a.txt')).toBe('one\n');
  });

  it('are written again where somebody has removed them', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    scene.ask();
    await scene.write('a.txt', 'two\n');
    await scene.changes.undo();
    fs.rmSync(copiesOf(scene), { recursive: true });
    scene.ask();
    await scene.write('a.txt', 'three\n');
    expect(await scene.changes.undo()).toMatchObject({ type: 'done' });
    expect(scene.text('a.txt')).toBe('one\n');
  });
});

describe('a log that came with the repository', () => {
  const hash = (digit: string) => digit.repeat(64);

  it.each([
    ['../outside.txt', /is outside the workspace/],
    ['/etc/passwd', /is outside the workspace/],
    ['.git/config', /is protected/],
    ['.mini-coding-agent/.gitignore', /is protected/],
    ['link/secret.txt', /is outside the workspace/],
    ['inner/c.txt', /is behind a link now/],
    ['', /has changed since/],
    ['a\0b', /NUL/],
  ])('cannot make undo or redo touch %j', async (name, problem) => {
    const scene = changesScene({ 'c.txt': 'c', 'real/c.txt': 'c', '.git/config': 'c' });
    fs.symlinkSync('/tmp', path.join(scene.root, 'link'));
    fs.symlinkSync('real', path.join(scene.root, 'inner'));
    scene.ask();
    scene.session.record({ type: 'change', path: name, before: null, after: hash('a') });
    const refused = { type: 'refused', problems: [expect.stringMatching(problem)] };
    expect(scene.changes.diff()).toHaveLength(1);
    expect(await scene.changes.undo()).toEqual(refused);
    const edits = [{ path: name, before: hash('a'), after: null }];
    scene.session.record({ type: 'undo', edits });
    expect(await scene.changes.redo()).toEqual(refused);
    expect(fs.readFileSync(path.join(scene.root, '.git/config'), 'utf8')).toBe('c');
  });

  it('that makes undo remove a file leaves a copy, which redo brings back', async () => {
    const scene = changesScene({ 'mine.txt': 'mine\n' });
    scene.ask();
    const { changes, session } = scene;
    const real = path.join(scene.root, 'mine.txt');
    const kept = await changes.keep({ real, before: undefined, after: Buffer.from('mine\n') });
    kept();
    fs.rmSync(copiesOf(scene), { recursive: true });
    expect(await changes.undo()).toMatchObject({ type: 'done', files: [{ isGone: true }] });
    expect(scene.text('mine.txt')).toBeUndefined();
    expect(session.state.history.undone).toHaveLength(1);
    expect(await changes.redo()).toMatchObject({ type: 'done' });
    expect(scene.text('mine.txt')).toBe('mine\n');
  });
});

describe('a diff', () => {
  it('has each file before its first and after its last edit, and says if it changed since', async () => {
    const scene = await threeFiles();
    scene.ask();
    await scene.write('c.txt', 'touched\n');
    scene.put('c.txt', 'touched, and mine\n');
    const shown = scene.changes
      .diff()
      .map(({ path: name, before, after, isChangedSince, isLost }) => {
        expect(isLost).toBe(false);
        return [name, before?.toString(), after?.toString(), isChangedSince];
      });
    expect(shown).toEqual([
      ['a.txt', 'one\n', 'three\n', false],
      ['new/b.txt', undefined, 'new\n', false],
      ['c.txt', 'untouched\n', 'touched\n', true],
    ]);
  });

  it('has nothing that was undone or left no change', async () => {
    const scene = changesScene({ 'a.txt': 'one\n' });
    expect(scene.changes.diff()).toEqual([]);
    scene.ask();
    await scene.write('a.txt', 'two\n');
    await scene.write('a.txt', 'one\n');
    expect(scene.changes.diff()).toEqual([]);
    scene.ask();
    await scene.write('a.txt', 'two\n');
    expect(scene.changes.diff()).toHaveLength(1);
    await scene.changes.undo();
    expect(scene.changes.diff()).toEqual([]);
  });
});

it('lets a bug through in what keeps copies, and does not call it a full disk', async () => {
  const { write, text, warnings } = changesScene();
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(fs, 'mkdirSync').mockImplementationOnce(() => undefined); // the file's own folder
  vi.spyOn(fs, 'mkdirSync').mockImplementationOnce(() => {
    throw new TypeError('a bug');
  });
  await expect(write('a.txt', 'new')).rejects.toThrow('a bug');
  expect(text('a.txt')).toBeUndefined();
  expect(warnings).toEqual([]);
});
