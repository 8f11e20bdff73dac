import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryFile } from '../../src/cli/prompt-history.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** A history file in a folder that is not there yet. */
function historyIn(folder = temporaryFolder()) {
  const file = path.join(folder, 'state', 'mini-coding-agent', 'history');
  const warnings: string[] = [];
  return { file, warnings, open: () => new HistoryFile(file, (message) => warnings.push(message)) };
}

/** The same with this text in it. */
function historyWith(text: string) {
  const history = historyIn();
  fs.mkdirSync(path.dirname(history.file), { recursive: true });
  fs.writeFileSync(history.file, text);
  return history;
}

it('is available in the next run, with entries of several lines, and readable by nobody else', () => {
  const { file, warnings, open } = historyIn();
  const history = open();
  expect(history.entries).toEqual([]);
  for (const entry of ['one', 'two\nlines "quoted"', '\u001b[2J']) history.add(entry);
  expect(open().entries).toEqual(['one', 'two\nlines "quoted"', '\u001b[2J']);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(warnings).toEqual([]);
});

it('closes a file that others could read', () => {
  const { file, open } = historyWith('"old"\n');
  fs.chmodSync(file, 0o644);
  open().add('new');
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
});

it('keeps no entry twice in a row, no empty one and none that begins with whitespace', () => {
  const history = historyIn().open();
  for (const entry of ['a', 'a', '', ' secret', '\n', 'b', 'a']) history.add(entry);
  expect(history.entries).toEqual(['a', 'b', 'a']);
});

it('keeps what two programs add', () => {
  const { open } = historyIn();
  const [one, other] = [open(), open()];
  for (const history of [one, other]) expect(history.entries).toEqual([]);
  one.add('first of one');
  other.add('of the other');
  one.add('second of one');
  expect(open().entries).toEqual(['first of one', 'of the other', 'second of one']);
});

it('keeps the last thousand', () => {
  const lines = Array.from({ length: 1_100 }, (_, index) => `"entry ${index}"\n`);
  const { file, open } = historyWith(lines.join(''));
  const history = open();
  expect(history.entries).toHaveLength(1_000);
  expect(fs.readFileSync(file, 'utf8')).toBe(lines.slice(100).join(''));
  history.add('new');
  expect([history.entries.length, history.entries[0]]).toEqual([1_000, 'entry 101']);
});

it('reads the end of a huge file, and does not keep the rest', () => {
  const { file, open } = historyWith(`${'"x"\n'.repeat(500_000)}"last"\n`);
  expect(open().entries.at(-1)).toBe('last');
  expect(fs.statSync(file).size).toBeLessThan(10_000);
});

it('skips bad lines, and keeps a line that was cut short from spoiling the next one', () => {
  const { open } = historyWith('"a"\nnonsense\n{"b":1}\n"c"\n"cut sho');
  const history = open();
  history.add('next');
  expect(open().entries).toEqual(['a', 'c', 'next']);
});

describe('what cannot be used', () => {
  const PLACES: [what: string, make: (file: string) => void][] = [
    [
      'a link',
      (file) => fs.symlinkSync(path.join(temporaryFolder({ mine: '"x"\n' }), 'mine'), file),
    ],
    ['a FIFO', (file) => void execFileSync('mkfifo', [file])],
    ['a folder', (file) => fs.mkdirSync(file)],
  ];

  it.each(PLACES)('is %s: one message says so, and the history of this run works', (_, make) => {
    const { file, warnings, open } = historyWith('');
    fs.rmSync(file);
    make(file);
    const before = fs.lstatSync(file);
    const history = open();
    history.add('one');
    history.add('two');
    expect(history.entries).toEqual(['one', 'two']);
    expect(warnings).toEqual([expect.stringContaining(file)]);
    expect(fs.lstatSync(file).ino).toBe(before.ino);
    if (before.isSymbolicLink()) expect(fs.readFileSync(file, 'utf8')).toBe('"x"\n');
  });

  it('is a folder that cannot be created: one message says so', () => {
    const folder = temporaryFolder({ state: 'a file' });
    const { warnings, open } = historyIn(folder);
    const history = open();
    history.add('one');
    history.add('two');
    expect(history.entries).toEqual(['one', 'two']);
    expect(warnings).toHaveLength(1);
  });
});
