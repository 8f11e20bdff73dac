import { describe, expect, it } from 'vitest';
import { aidsWith, openTyping } from '../../support/typing.ts';

const [UP, DOWN, RIGHT, LEFT] = ['\u001b[A', '\u001b[B', '\u001b[C', '\u001b[D'];
const [CTRL_A, CTRL_D, CTRL_E, CTRL_J, CTRL_K] = ['\u0001', '\u0004', '\u0005', '\n', '\u000b'];
const [CTRL_L, CTRL_T, CTRL_U, CTRL_W, CTRL_Y] = ['\f', '\u0014', '\u0015', '\u0017', '\u0019'];
const [ALT_B, ALT_D, ALT_F, ALT_BACKSPACE] = ['\u001bb', '\u001bd', '\u001bf', '\u001b\u007f'];
const [BACKSPACE, DELETE, ENTER] = ['\u007f', '\u001b[3~', '\r'];
const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;

/** Types at a prompt and returns the line that is sent. */
async function typed(...keys: string[]): Promise<string | undefined> {
  const { lines, type } = openTyping();
  const line = lines.read('> ');
  await type('');
  await type(keys.join(''));
  await type(ENTER);
  return line;
}

it.each([
  ['in the middle, by arrows', ['ad', LEFT, 'bc', RIGHT, 'e'], 'abcde'],
  ['at both ends', ['b', CTRL_A, 'a', CTRL_E, 'c', '\u001b[H', '0', '\u001b[F', 'd'], '0abcd'],
  ['word by word', ['one two_2, three', ALT_B, ALT_B, 'X', ALT_F, 'Y'], 'one Xtwo_2Y, three'],
  [
    'with Ctrl and arrows',
    ['one two', '\u001b[1;5D', 'X', '\u001b[1;5D', '\u001b[1;5C', 'Y'],
    'one XtwoY',
  ],
  ['taking away', ['abcd', LEFT, BACKSPACE, LEFT, CTRL_D, LEFT, DELETE], 'd'],
  ['taking away what stands between blanks', ['git log -- a/b.ts', CTRL_W], 'git log -- '],
  ['taking away words', ['see a/b.ts', ALT_BACKSPACE, CTRL_A, ALT_D], ' a/b.'],
  ['cutting to both ends', ['one two', LEFT, LEFT, LEFT, CTRL_K, CTRL_U, 'x'], 'x'],
  ['putting back what was cut', ['one two', CTRL_W, CTRL_A, CTRL_Y, CTRL_Y], 'twotwoone '],
  ['an emoji at a time', ['a👩‍👩‍👧é', LEFT, BACKSPACE, LEFT, DELETE], 'é'],
  ['with keys that mean nothing', ['a', CTRL_T, '\u001b[20~', '\u001bx', 'b'], 'ab'],
])('a line is edited %s', async (_, keys, line) => {
  expect(await typed(...keys)).toBe(line);
});

describe('a text of several lines', () => {
  it.each([
    ['a backslash before Enter', ['one \\', ENTER, 'two'], 'one \ntwo'],
    ['Ctrl-J', ['one', CTRL_J, 'two'], 'one\ntwo'],
    ['Alt-Enter', ['one', '\u001b\r', 'two'], 'one\ntwo'],
    ['Shift-Enter, where a terminal tells it', ['1\u001b[13;2u2\u001b[27;2;13~3'], '1\n2\n3'],
    [
      'a paste, with any line ends',
      ['0', pasted('one\r\ntwo\rthree\n'), '4'],
      '0one\ntwo\nthree\n4',
    ],
  ])('is written with %s', async (_, keys, text) => {
    expect(await typed(...keys)).toBe(text);
  });

  it('is walked through by columns, and edited line by line', async () => {
    const keys = [pasted('first\n2\nthird'), UP, UP, 'X', DOWN, CTRL_K, CTRL_A, 'Y'];
    expect(await typed(...keys)).toBe('fXirst\nY2third');
  });

  it('is shown with a mark before each further line', async () => {
    const { lines, type, screen } = openTyping();
    void lines.read('> ');
    await type(pasted('if x:\n\treturn\n'));
    expect(screen()).toBe('> if x:\n...     return\n... █');
    await type(`${UP}${LEFT}`);
    expect(screen()).toBe('> if x:█\n...     return\n...');
  });
});

it('what was typed before a question is not part of its answer, and is at the next prompt', async () => {
  const { lines, type, screen } = openTyping();
  const line = lines.read('> ');
  await type(`go${ENTER}${ENTER}yes${ENTER}next`);
  await line;
  const answer = lines.readFresh('Allow? ', new AbortController().signal);
  await type('');
  expect(screen()).toBe('> go\nAllow? █');
  await type(`n${ENTER} do `);
  expect(await answer).toBe('n');
  const next = lines.read('> ');
  await type(`this${ENTER}`);
  expect(await next).toBe('yes\nnext do this');
});

describe('pasted text', () => {
  it('is shown escaped, and sent unchanged', async () => {
    const { lines, type, screen } = openTyping();
    const line = lines.read('> ');
    await type(pasted('\u001b[2J\u0003\u202e'));
    expect(screen()).toBe('> \\x1b[2J\\x03\\u202e█');
    await type(ENTER);
    expect(await line).toBe('\u001b[2J\u0003\u202e');
  });

  it('does not answer a question by its newlines', async () => {
    const { lines, type, screen } = openTyping();
    const answer = lines.readFresh('Allow? ', new AbortController().signal);
    await type('');
    await type(pasted('y\n'));
    expect(screen()).toBe('Allow? y\n... █');
    await type(`\u0015${BACKSPACE}${BACKSPACE}no${ENTER}`);
    expect(await answer).toBe('no');
  });

  it('is marked by the terminal as long as that is ours, and waits as one text while nobody reads', async () => {
    const { lines, type, raw, resize } = openTyping();
    const line = lines.read('> ');
    await type(`a${ENTER}${pasted('one\ntwo\n')}`);
    expect(await line).toBe('a');
    expect(raw().endsWith('\u001b[?2004h> a\n')).toBe(true);
    const next = lines.read('> ');
    await type(`three${ENTER}`);
    expect(await next).toBe('one\ntwo\nthree');
    lines.close();
    await resize(40, 12);
    expect(raw().split('\u001b[?2004h')).toHaveLength(2);
    expect(raw().endsWith('\u001b[?2004l')).toBe(true);
  });
});

describe('a paste of more than ten lines', () => {
  const long = Array.from({ length: 12 }, (_, index) => `line ${index}`).join('\n');
  const CTRL_G = '\u0007';

  it('stands as their number, is passed and deleted as one, and is sent whole', async () => {
    const { lines, type, screen } = openTyping();
    const aids = aidsWith();
    const line = lines.read('> ', undefined, { aids });
    await type(`see ${pasted(long)} and ${pasted(`${long}\r\nmore\r\n`)}`);
    expect(screen()).toBe('> see [12 lines pasted] and [13 lines pa\nsted]█');
    await type(`${BACKSPACE}it${LEFT.repeat('and it'.length + 2)}!`);
    expect(screen()).toBe('> see !█[12 lines pasted] and it');
    await type(ENTER);
    expect(await line).toBe(`see !${long} and it`);
    expect(aids.history.entries).toEqual([`see !${long} and it`]);
  });

  it('is one again from the history, and after it was cut and put back', async () => {
    const { lines, type, screen } = openTyping();
    const first = lines.read('> ', undefined, { aids: aidsWith() });
    await type(`a ${pasted(long)}${ENTER}`);
    await first;
    const line = lines.read('> ', undefined, { aids: aidsWith([`a ${long}`]) });
    await type(`${UP}${CTRL_A}${CTRL_K}b ${CTRL_Y}`);
    expect(screen()).toMatch(/> b a \[12 lines pasted\]█$/);
    await type(ENTER);
    expect(await line).toBe(`b a ${long}`);
  });

  it('is opened by Ctrl-G where there is no editor', async () => {
    const { lines, type, screen } = openTyping({ rows: 20 });
    const line = lines.read('> ', undefined, { aids: aidsWith() });
    await type(`${pasted(long)}${CTRL_G}`);
    expect(screen()).toBe(`> ${long.replaceAll('\n', '\n... ')}█`);
    await type(`0${ENTER}`);
    expect(await line).toBe(`${long}0`);
  });

  it('is no more than what is typed in the same words', async () => {
    expect(await typed('[12 lines pasted]', pasted(long), BACKSPACE)).toBe('[12 lines pasted]');
    expect(await typed(pasted('\ufdd0[12 lines pasted]'))).toBe('\ufdd0[12 lines pasted]');
  });

  it('is shown before it runs as a command', async () => {
    const { lines, type, screen } = openTyping({ rows: 20 });
    const line = lines.read('> ');
    await type(`${pasted(`!ls\n${long}`)}${ENTER}`);
    expect(screen()).toMatch(/^> !ls\n\.\.\. line 0\n/);
    await type(ENTER);
    expect(await line).toBe(`!ls\n${long}`);
  });

  it('is not what half a character stands for that somebody else has written', async () => {
    const { lines, type } = openTyping();
    const first = lines.read('> ');
    await type(`${pasted(long)}${ENTER}`);
    await first;
    const edited = lines.read('edit: ', undefined, { initial: 'echo \udc00' });
    await type(ENTER);
    expect(await edited).toBe('echo \ufffd');
  });

  it('is kept as one while a question is asked', async () => {
    const { lines, type, screen } = openTyping();
    const first = lines.read('> ');
    await type(`go${ENTER}`);
    await first;
    await type(pasted(long));
    expect(lines.ahead.text).toBe('[12 lines pasted]');
    const answer = lines.readFresh('Allow? ', new AbortController().signal);
    await type('');
    await type(`n${ENTER}`);
    await answer;
    const next = lines.read('> ');
    await type('!');
    expect(screen()).toMatch(/\n> \[12 lines pasted\]!█$/);
    await type(ENTER);
    expect(await next).toBe(`${long}!`);
  });
});

it('a line that was sent is painted, and what was dropped is not', async () => {
  const { lines, type, raw } = openTyping({ columns: 10 });
  const paint = (text: string) => `\u001b[1m${text}\u001b[22m`;
  const line = lines.read('> ', undefined, { paint });
  await type('dropped');
  lines.restart('note');
  await type('');
  expect(raw()).not.toContain('\u001b[1m');
  await type(`0123456789${ENTER}`);
  await line;
  expect(raw()).toContain('\u001b[1m> 0123456789\u001b[22m\n');
});

it('nothing is erased from the first column on: of that, tmux would keep a copy', async () => {
  const { lines, type, raw, resize } = openTyping({ columns: 10 });
  void lines.read('> ', undefined, { aids: aidsWith() });
  await type('/co\t\t');
  for (const key of ['longer text', CTRL_A, 'x', CTRL_L, CTRL_E, BACKSPACE]) await type(key);
  await resize(8, 12);
  lines.restart('');
  await type('');
  // eslint-disable-next-line no-control-regex
  expect(raw()).not.toMatch(/(?:[\r\n]|\u001b\[\d*A|\u001b\[K)\u001b\[0?J/);
});

describe('the screen', () => {
  it.each([9, 10, 11, 12, 40])(
    'of %i columns has the cursor where the text continues',
    async (columns) => {
      const { lines, type, screen } = openTyping({ columns, rows: 8 });
      void lines.read('> ');
      const text = 'abcdefgh漢字ijklmnopq';
      for (const character of text) await type(character);
      expect(screen().replaceAll('\n', '')).toBe(`> ${text}█`);
      for (let count = 0; count < 9; count++) await type(LEFT);
      expect(screen().replaceAll('\n', '').replace('█', '')).toBe(`> ${text}`);
      await type('X');
      expect(screen().replaceAll('\n', '')).toBe('> abcdefgh漢字X█ijklmnopq');
      await type(`${CTRL_E}${CTRL_U}`);
      expect(screen()).toBe('> █');
    },
  );

  it('has the cursor in the next row where a row is full, and no empty row after it', async () => {
    const { lines, type, screen, print } = openTyping({ columns: 10 });
    const line = lines.read('> ');
    await type('abcdefgh');
    expect(screen()).toBe('> abcdefgh\n█');
    await type(ENTER);
    await line;
    print('next');
    await type('');
    expect(screen()).toBe('> abcdefgh\nnext█');
  });

  it('keeps what is above, whatever is typed and deleted', async () => {
    const { lines, type, screen, print } = openTyping({ columns: 10, rows: 6 });
    print('above\n');
    void lines.read('> ');
    await type('x'.repeat(30));
    await type(CTRL_U);
    await type(pasted('1\n2\n3'));
    await type(`${CTRL_U}${BACKSPACE}`.repeat(3));
    expect(screen()).toBe('above\n> █');
  });

  it('shows the lines around the cursor of a text that is too high, and all of it once it is sent', async () => {
    const { lines, type, screen } = openTyping({ columns: 20, rows: 5 });
    const line = lines.read('> ');
    await type('');
    const numbers = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    await type(pasted(numbers.join('\n')));
    expect(screen().split('\n').slice(-5)).toEqual([
      '... line 5',
      '... line 6',
      '... line 7',
      '... line 8',
      '... line 9█',
    ]);
    await type(UP.repeat(7));
    expect(screen()).toContain('... line 2█');
    await type(ENTER);
    expect(await line).toBe(numbers.join('\n'));
    expect(screen()).toBe(`> ${numbers.join('\n... ')}\n█`);
  });

  it('that is resized shows the whole text, and keeps what is above', async () => {
    const { lines, type, screen, print, resize } = openTyping({ columns: 40, rows: 10 });
    print('above\n');
    void lines.read('> ');
    await type('a text of thirty-odd characters, ok');
    for (const columns of [20, 12, 7, 60]) {
      await resize(columns, 10);
      expect(screen()).toMatch(/^above\n/);
      const text = screen().replaceAll('\n', '');
      expect(text.slice(text.lastIndexOf('> '))).toBe('> a text of thirty-odd characters, ok█');
    }
  });

  it.each(['漢字漢字漢字漢字 and a text', 'a text of plain characters, of which a row is full'])(
    'that rewraps its text has the prompt once, however it is resized: %s',
    async (text) => {
      const { lines, type, screen, print, resize } = openTyping({ columns: 40, rewraps: true });
      print('above\n');
      void lines.read('> ');
      await type(text);
      for (const columns of [21, 30, 12, 40, 16]) await resize(columns, 12);
      expect(screen().replaceAll('\n', '')).toBe(`above> ${text}█`);
    },
  );

  it('is cleared by Ctrl-L, except for the prompt and what was typed', async () => {
    const { lines, type, screen, print } = openTyping();
    print('above\n');
    void lines.read('> ');
    await type('text');
    await type(`${LEFT}${CTRL_L}`);
    expect(screen()).toBe('> tex█t');
  });

  it('of a dumb terminal shows what is added, or the whole line again', async () => {
    const { lines, type, screen, raw } = openTyping({ isDumb: true });
    const line = lines.read('> ');
    await type('helo');
    await type(`${BACKSPACE}lo`);
    expect(raw()).toBe('> helo\n> hello');
    await type(ENTER);
    expect(await line).toBe('hello');
    expect(screen()).toBe('> helo\n> hello\n█');
  });
});

describe('Esc and Ctrl-C and Ctrl-Z', () => {
  it('are handed on, and so is Esc while nobody reads', async () => {
    const { lines, type, asked } = openTyping();
    const line = lines.read('> ');
    await type(`a${ENTER}`);
    await line;
    await type('\u001b\u001b\u0003\u001a');
    expect(asked).toEqual(['escape', 'escape', 'interrupt', 'suspend']);
  });
});

it('a line to be edited is at the prompt', async () => {
  const { lines, type, screen } = openTyping();
  const line = lines.read('edit: ', undefined, { initial: 'rm -r build' });
  await type('');
  expect(screen()).toBe('edit: rm -r build█');
  await type(`${CTRL_W}dist${ENTER}`);
  expect(await line).toBe('rm -r dist');
});

describe('earlier lines', () => {
  it('come with ↑, those of several lines too, and the unfinished one is kept', async () => {
    const { lines, type, screen } = openTyping();
    const aids = aidsWith(['oldest', 'two\nlines']);
    const line = lines.read('> ', undefined, { aids });
    await type('unfinished');
    await type(UP);
    expect(screen()).toBe('> two\n... lines█');
    await type(`${UP}${UP}`);
    expect(screen()).toBe('> oldest█');
    await type(UP);
    expect(screen()).toBe('> oldest█');
    await type(`${DOWN}${DOWN}`);
    expect(screen()).toBe('> unfinished█');
    await type(`${UP}${UP}${UP}!${ENTER}`);
    expect(await line).toBe('oldest!');
    expect(aids.history.entries.at(-1)).toBe('oldest!');
  });

  it('begin with the newest again when the text was dropped', async () => {
    const { lines, type, screen } = openTyping();
    void lines.read('> ', undefined, { aids: aidsWith(['oldest', 'older', 'newest']) });
    await type(`${UP}${UP}`);
    lines.restart('(dropped)');
    await type(UP);
    expect(screen()).toBe('> newest█');
  });

  it('are not offered at a question, and its answer is not added', async () => {
    const { lines, type, screen } = openTyping();
    const aids = aidsWith(['y']);
    const first = lines.read('> ', undefined, { aids });
    await type(ENTER);
    await first;
    const answer = lines.read('Allow? ');
    await type(`${UP}\u0012\t`);
    expect(screen()).toBe('> \nAllow? █');
    await type(`n${ENTER}`);
    expect(await answer).toBe('n');
    expect(aids.history.entries).toEqual(['y', '']);
  });
});

describe('Ctrl-R', () => {
  const CTRL_R = '\u0012';
  const HISTORY = ['fix the parser', 'write tests', 'fix the lexer', 'write docs'];

  /** Searches, and returns the screen while it does, the one after `then`, and how to send the line. */
  async function searched(keys: string, then: string) {
    const { lines, type, screen, asked } = openTyping();
    const line = lines.read('> ', undefined, { aids: aidsWith([...HISTORY]) });
    await type('draft');
    await type(`${CTRL_R}${keys}`);
    const during = screen();
    await type(then);
    return { during, after: screen(), asked, send: () => type(ENTER).then(() => line) };
  }

  it('finds the newest line with a text, then older ones, and Enter sends it', async () => {
    expect((await searched('fix', '')).during).toBe('search "fix": █fix the lexer');
    const { during, after, send } = await searched(`fix${CTRL_R}`, '');
    expect(during).toBe('search "fix": █fix the parser');
    expect(after).toBe(during);
    expect(await send()).toBe('fix the parser');
  });

  it('says when there is no match, and goes back with Backspace', async () => {
    expect((await searched('docs', '!')).after).toBe('no match for "docs!": █write docs');
    expect((await searched('docs', '!\u007f')).after).toBe('search "docs": write █docs');
  });

  it.each([
    ['Ctrl-G', '\u0007'],
    ['Ctrl-C', '\u0003'],
    ['Esc', '\u001b\u0001'],
  ])('ends with %s, and the line is as it was', async (_, key) => {
    const { after, asked } = await searched('fix', key);
    expect(after.replace('█', '')).toBe('> draft');
    expect(asked).toEqual([]);
  });

  it.each([
    ['→', RIGHT, '> fix the █lexer'],
    ['Tab', '\t', '> fix the █lexer'],
    ['another key, which does what it does', CTRL_E, '> fix the lexer█'],
  ])('gives the line to edit with %s', async (_, key, shown) => {
    expect((await searched('lex', key)).after).toBe(shown);
  });
});
