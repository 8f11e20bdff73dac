import { describe, expect, it } from 'vitest';
import { complete, inColumns } from '../../../src/terminal/editor/complete.ts';
import { aidsWith, openTyping } from '../../support/typing.ts';

const FILES = [
  'README.md',
  'src/main.ts',
  'src/model/model.ts',
  'src/model/my notes.md',
  'src/model/my other notes.md',
  'a"b',
];
const [TAB, LEFT] = ['\t', '\u001b[D'];

/** Types these keys, each by itself, and tells what is shown then. */
async function shownAfter(keys: string[], files = FILES, columns = 40) {
  const { lines, type, screen } = openTyping({ columns });
  const line = lines.read('> ', undefined, { aids: aidsWith([], files) });
  for (const key of keys) await type(key);
  return { shown: screen(), send: () => type('\r').then(() => line) };
}

describe('Tab', () => {
  it.each([
    ['a command, when there is one', '/comp', '> /compact █'],
    ['what commands have in common', '/c', '> /co█'],
    ['the id of a session', '/resume 20260402', '> /resume 20260402-144025-2dd0aa █'],
    ['no id where none is taken', '/compact 2026', '> /compact 2026█'],
    ['what a command takes', '/think lo', '> /think low █'],
    ['the name of a model', '/model l', '> /model large:30b █'],
    ['a session by word', '/resume l', '> /resume latest █'],
    ['a path of a command', '!cat RE', '> !cat README.md █'],
    ['a folder of a command, to go on in it', '!ls ./a && cd s', '> !ls ./a && cd src/█'],
    ['a path of a command, quoted as the shell reads it', '!cat src/b', '> !cat src/b\\ c.ts █'],
    ['what was quoted', '!cat to\\ d', '> !cat to\\ do.txt █'],
    ['the value of an assignment', '!X=RE', '> !X=README.md █'],
    ['a hidden folder that was asked for', '!ls .g', '> !ls .git/█'],
    ['nothing in open quotes', '!cat "RE', '> !cat "RE█'],
    ['no mention behind !', '!cat @RE', '> !cat @RE█'],
    ['a file', 'explain @RE', '> explain @README.md █'],
    ['a folder, to go on in it', '@s', '> @src/█'],
    ['what paths have in common', '@src/m', '> @src/m█'],
    ['a path in brackets', '(@RE', '> (@README.md █'],
    ['a path with blanks, in quotes', '@src/model/my', '> @"src/model/my █'],
    ['a path in quotes to its end', '@"src/model/my n', '> @"src/model/my notes.md" █'],
    ['a file by the beginning of its name', 'fix @mai', '> fix @src/main.ts █'],
    ['a folder by its name', 'see @model', '> see @src/model/█'],
    ['a file by folder and name, in any case', '@MOD/mod', '> @src/model/model.ts █'],
    ['a file by a part of its name', '@other', '> @"src/model/my other notes.md" █'],
    ['a file by letters of it, in order', '@smain', '> @src/main.ts █'],
    ['nothing by letters where several have them', '@md', '> @md█'],
    ['nothing of an address', 'ask me@RE', '> ask me@RE█'],
    ['nothing of a word', 'READ', '> READ█'],
    ['nothing that is not there', '@nothing', '> @nothing█'],
    ['no name that could not be told from what follows', '@a', '> @a█'],
  ])('completes %s', async (_, typed, shown) => {
    expect((await shownAfter([typed, TAB])).shown).toBe(shown);
  });

  it('completes in the middle of a line', async () => {
    const { shown } = await shownAfter(['see @RE now', LEFT.repeat(4), TAB]);
    expect(shown).toBe('> see @README.md █ now');
  });

  it('pressed twice shows the choices, until another key is pressed', async () => {
    expect((await shownAfter(['@src/m', TAB, TAB])).shown).toBe(
      '> @src/m█\n@src/main.ts  @src/model/',
    );
    expect((await shownAfter(['@src/m', TAB, TAB, 'o'])).shown).toBe('> @src/mo█');
  });

  it('pressed twice shows sessions with their requests, one a row', async () => {
    const { shown } = await shownAfter(['/resume 2', TAB, TAB, TAB], FILES, 50);
    expect(shown).toBe(
      '> /resume 2026040█\n' +
        '20260402-144025-2dd0aa  fix the \\x1b[2Jbug\n' +
        '20260401-144025-2dd0aa  say hello',
    );
  });

  it('offers no name that cannot be typed on one line, and hides hidden ones', async () => {
    expect((await shownAfter(['!cat ', TAB, TAB])).shown).toBe(
      '> !cat █\nREADME.md   src/        to\\ do.txt',
    );
  });

  it('shows the choices where what was typed is not their beginning, and keeps it', async () => {
    const files = ['source/agent.ts', 'source/agents/a.ts', 'source/reagent.ts'];
    const { shown } = await shownAfter(['@agent', TAB, TAB], files, 80);
    expect(shown.replace(/ +/g, ' ')).toBe('> @agent█\n@source/agent.ts @source/agents/');
    expect((await shownAfter(['@types/node', TAB], files)).shown).toBe('> @types/node█');
  });

  it('escapes the names it shows', async () => {
    const files = ['x\u001b[2J', 'x\u202ey'];
    const { shown } = await shownAfter(['@x', TAB, TAB], files);
    expect(shown).toBe('> @x█\n@x\\x1b[2J  @x\\u202ey');
    expect((await shownAfter(['@x\u202e', TAB], files)).shown).toBe('> @x\\u202ey █');
  });

  it('is done before the keys that come after it, and before the line is sent', async () => {
    const { lines, type, screen, tell } = slowFiles();
    await type(`see @RE${TAB}it\r`);
    expect(screen()).toBe('> see @RE█');
    tell();
    await type('');
    expect(screen()).toBe('> see @README.md it\n█');
    expect(await lines).toBe('see @README.md it');
  });

  it.each([
    ['Ctrl-C', '\u0003', ['interrupt']],
    ['Esc', '\u001b\u0001', ['escape']],
  ])('does not hold up %s, which ends it', async (_, key, asks) => {
    const { type, screen, asked, tell } = slowFiles();
    await type(`@RE${TAB}x`);
    await type(key);
    expect(asked).toEqual(asks);
    tell();
    await type('\u0005');
    expect(screen()).toBe('> @RE█');
  });

  /** Somebody reads, and the names of files are there only when `tell` is called. */
  function slowFiles() {
    const typing = openTyping();
    let tell = () => {};
    const aids = aidsWith();
    const told = new Promise<void>((resolve) => (tell = resolve));
    aids.completions.files = () => told.then(() => FILES);
    const lines = typing.lines.read('> ', undefined, { aids });
    return { ...typing, lines, tell: () => tell() };
  }
});

describe('a long list of choices', () => {
  const words = Array.from({ length: 100 }, (_, index) => `word-${index}`);

  it.each([40, 80, 200])(
    'fits %i columns and eight rows, and the others are counted',
    (columns) => {
      const rows = inColumns(words, columns);
      expect(rows.length).toBeLessThanOrEqual(9);
      expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(columns);
      const shown = rows.join(' ').match(/word-\d+/g) ?? [];
      const [, left = '0'] = /… (\d+) more$/.exec(rows.at(-1) ?? '') ?? [];
      expect(shown.length + Number(left)).toBe(100);
    },
  );

  it('shows the end of a name that is wider than the screen', () => {
    expect(inColumns(['@a/very/long/path/to/a/file.ts', '@b'], 12)).toEqual(['…o/a/file.ts', '@b']);
    const deep = Array.from({ length: 5 }, (_, index) => `@${'folder/'.repeat(500)}${index}`);
    expect(inColumns(deep, 12)[0]).toBe('…er/folder/0');
  });
});

it('offers one level of many files', async () => {
  const files = Array.from({ length: 20_000 }, (_, index) => `dir-${index % 100}/file-${index}`);
  const { words } = await complete('@dir-7', aidsWith([], files).completions);
  expect(words).toEqual(['@dir-7/', ...Array.from({ length: 10 }, (_, n) => `@dir-7${n}/`)]);
});
