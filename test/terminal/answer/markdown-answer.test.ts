import { stripVTControlCharacters as plain } from 'node:util';
import { Chalk } from 'chalk';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import xterm from '@xterm/headless';
import { PlainAnswer } from '../../../src/terminal/answer/answer-view.ts';
import { MarkdownAnswer } from '../../../src/terminal/answer/markdown-answer.ts';
import { often, some } from '../../support/stress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An answer in a terminal of this width, and what it has written so far. */
function answerIn(columns: () => number, level: 0 | 1 = 1) {
  let text = '';
  const write = (more: string) => void (text += more);
  const answer = new MarkdownAnswer({ write, columns, chalk: new Chalk({ level }) });
  return { answer, written: () => text };
}

/** What is written of an answer that comes in such pieces, with time to look at each. */
function written(pieces: Iterable<string>, columns = 60, level: 0 | 1 = 1): string {
  const shown = answerIn(() => columns, level);
  for (const piece of pieces) {
    shown.answer.push(piece);
    vi.advanceTimersByTime(200);
  }
  shown.answer.end();
  return shown.written();
}

const MARKDOWN = `# What I found

The **parser** reads \`src/a.ts\` and is *slow*. See [the docs](https://example.com/docs), or
https://example.org; ~~not~~ ~/notes, 2 * 3 and snake_case_name.

1. Run the tests:
   \`\`\`bash
   npm test   # all
   \`\`\`
2. Then look:
   - [x] at **this one**, which goes on for longer than a row is wide
   - at that

| file | lines |
|------|------:|
| a.ts | 12    |
| b.ts | \`1200\` |

\`\`\`ts
/* A comment
   of two lines. */
const half = 1 / 2;

\`\`\`
> Quoted.

---
<b>HTML</b> is text &#27;[2J`;

it('shows Markdown as rows, wrapped between words; code is not wrapped', () => {
  expect(plain(written([MARKDOWN], 40))).toMatchInlineSnapshot(`
    "What I found

    The parser reads src/a.ts and is slow.
    See the docs (https://example.com/docs),
    or
    https://example.org; not ~/notes, 2 * 3
    and snake_case_name.

    1. Run the tests:
       \`\`\`bash
       npm test   # all
       \`\`\`
    2. Then look:
       - [x] at this one, which goes on for
             longer than a row is wide
       - at that

    file  lines
    ────  ─────
    a.ts     12
    b.ts   1200

    \`\`\`ts
    /* A comment
       of two lines. */
    const half = 1 / 2;

    \`\`\`
    │ Quoted.

    ────────────────────────────────────────
    <b>HTML</b> is text \\x1b[2J
    "
  `);
});

it.each([
  ['named and numbered', '&lt;b&gt; &quot;x&quot; &amp; &#39;y&#x27; &hellip;', `<b> "x" & 'y' …`],
  [
    'once, and after Markdown is read',
    '&amp;lt; &#38;lt; &#42;a&#42; \\&lt;',
    '&lt; &lt; *a* &lt;',
  ],
  ['that are none', 'AT&T; &nosuch; &lt &#x110000; R&D', 'AT&T; &nosuch; &lt \ufffd R&D'],
  [
    'but not what a terminal acts on',
    '&#27;[2J &#x9b;2J &#8238; &#10;',
    '\\x1b[2J \\x9b2J \\u202e \\n',
  ],
  ['but not in code', '`&lt;` and\n```\n&lt;\n```', '&lt; and\n```\n&lt;\n```'],
  [
    'in headings, tables and addresses',
    '# a &lt;\n[x](http://a/?b&amp;c)',
    'a <\nx (http://a/?b&c)',
  ],
])('decodes entities %s', (_, answer, shown) => {
  expect(plain(written([answer]))).toBe(`${shown}\n`);
  expect(plain(written(answer))).toBe(`${shown}\n`);
});

it('shows joined emoji and the joiners of a script as they are, and no others', () => {
  const family = '👩‍👩‍👧 and 🏳️‍🌈';
  const persian = 'می‌خواهم';
  const answer = `${family} ${persian} \`${family}\` a\u200db\u200cc \u200d`;
  const shown = `${family} ${persian} ${family} a\\u200db\\u200cc \\u200d\n`;
  expect(plain(written([answer]))).toBe(shown);
  let dumb = '';
  const view = new PlainAnswer((text) => (dumb += text));
  for (const unit of `${family} ${persian} a\u200db`) view.push(unit);
  view.end();
  expect(dumb).toBe(`${family} ${persian} a\\u200db\n`);
});

it('waits for the rest of an entity and of a joined emoji, however slowly they come', () => {
  const { answer, written: shown } = answerIn(() => 60);
  for (const piece of ['a ', '&', 'lt', '; 👩', '\u200d', '👧 b']) {
    answer.push(piece);
    vi.advanceTimersByTime(1_000);
  }
  answer.end();
  expect(shown()).toBe('a < 👩‍👧 b\n');
});

it('tells levels of headings apart', () => {
  const rows = written(['# one\n\n## two\n\n### three\n\n#### four']).split('\n');
  expect(rows.filter((row) => row !== '')).toEqual([
    '\u001b[1m\u001b[4mone\u001b[24m\u001b[22m',
    '\u001b[1mtwo\u001b[22m',
    '\u001b[2m### \u001b[22m\u001b[1mthree\u001b[22m',
    '\u001b[2m#### \u001b[22m\u001b[1mfour\u001b[22m',
  ]);
});

it.each([
  ['see 01234567890123456789012 and then more', 10, 'see|0123456789|0123456789|012 and|then more'],
  [
    '- see 01234567890123456789012 and then more',
    12,
    '- see|  0123456789|012345678901|2 and then|  more',
  ],
  [
    '> 각x각x각x각x각x각x각0123456 and then more',
    12,
    '│ 각x각x각x|각x각x각x각0|123456 and|│ then more',
  ],
])('goes on after a word that the terminal breaks: %s', async (text, columns, rows) => {
  const terminal = new xterm.Terminal({ cols: columns, rows: 8, allowProposedApi: true });
  onTestFinished(() => terminal.dispose());
  const shown = written([text], columns).replaceAll('\n', '\r\n');
  vi.useRealTimers();
  await new Promise<void>((done) => terminal.write(shown, done));
  const { active } = terminal.buffer;
  const seen = Array.from({ length: 8 }, (_, at) => active.getLine(at)?.translateToString(true));
  expect(seen.join('|').replace(/\|+$/, '')).toBe(rows);
});

it('keeps the marks of Markdown where there are no colours', () => {
  const rows = written([MARKDOWN], 80, 0).split('\n');
  expect(rows.join('\n')).not.toContain('\u001b');
  expect(rows[0]).toBe('# What I found');
  expect(rows[2]).toBe('The **parser** reads `src/a.ts` and is *slow*. See the docs');
  expect(rows).toContain('/* A comment');
});

it('colours code by its language, each row by itself; code in an unknown language stays plain', () => {
  const code = (language: string) =>
    written([`\`\`\`${language}\n/* a\nb */ const x = 'y';\n\`\`\``]).split('\n');
  expect(code('js')).toEqual([
    '\u001b[2m```js\u001b[22m',
    '\u001b[2m/* a\u001b[22m',
    "\u001b[2mb */\u001b[22m \u001b[35mconst\u001b[39m x = \u001b[32m'y'\u001b[39m;",
    '\u001b[2m```\u001b[22m',
    '',
  ]);
  expect(code('nonsense')[2]).toBe("b */ const x = 'y';");
});

it('puts each cell of a table that is too wide on its own row', () => {
  const table =
    '| name | what it is |\n|---|---|\n| one | the first of them |\n| two | the other |';
  expect(plain(written([table], 20))).toBe(
    'name: one\nwhat it is: the\nfirst of them\n\nname: two\nwhat it is: the\nother\n',
  );
});

describe('while it arrives', () => {
  it('an answer looks the same in the end, and no row is ever rewritten', () => {
    for (const columns of some(1, [40, 24, 80])) {
      const whole = written([MARKDOWN], columns);
      expect(plain(written(MARKDOWN, columns))).toBe(plain(whole));
      // eslint-disable-next-line no-control-regex
      expect(written(MARKDOWN, columns)).not.toMatch(/\u001b\[\d*[A-HJ-Z]|[\r\b]/);
    }
  });

  it('words are shown as they are complete, and half a word after a pause', () => {
    const { answer, written: shown } = answerIn(() => 60);
    answer.push('The **bo');
    vi.advanceTimersByTime(250);
    expect(plain(shown())).toBe('The');
    answer.push('ld** wor');
    vi.advanceTimersByTime(250);
    expect(plain(shown())).toBe('The bold');
    vi.advanceTimersByTime(250);
    expect(plain(shown())).toBe('The bold wor');
    answer.push('d.');
    answer.end();
    expect(plain(shown())).toBe('The bold word.\n');
  });

  it('half a word that was shown moves to the next row when it grows too long', () => {
    const { answer, written: shown } = answerIn(() => 10);
    answer.push('12345 789');
    vi.advanceTimersByTime(1_000);
    answer.push('01 34');
    answer.end();
    expect(shown()).toBe('12345 789\u001b[4D\u001b[K\n78901 34\n');
  });

  it('text in a script without spaces is shown too', () => {
    const { answer, written: shown } = answerIn(() => 10);
    answer.push('漢字漢字漢字漢');
    vi.advanceTimersByTime(200);
    expect(shown()).toBe('漢字漢字漢\n字');
  });

  it('a mark that finds no other half for long is shown', () => {
    const { answer, written: shown } = answerIn(() => 60);
    answer.push(`*args are ${'words '.repeat(60)}`);
    vi.advanceTimersByTime(200);
    expect(shown()).toMatch(/^\*args are words/);
  });

  it('a change of the width holds from the next block on', () => {
    let columns = 20;
    const { answer, written: shown } = answerIn(() => columns);
    answer.push('one two three four ');
    vi.advanceTimersByTime(200);
    columns = 10;
    answer.push('five six seven\n\none two three');
    answer.end();
    expect(shown()).toBe('one two three four\nfive six seven\n\none two\nthree\n');
  });
});

const PIECES =
  'word|- |1. |# |> |```js\n|```|`|**|*|_|~~|[|](|)|\n|\n\n|\n   |---|\\|<b>|&#27;|漢|\r\n|\t|\u001b[2J|\u009b|\u202e|\ud800';
const piece = fc.constantFrom(
  ...PIECES.split('|'),
  ' ',
  '| a | b |',
  '\n|--|--|\n',
  'longer words that wrap',
);

it('loses no word and lets nothing control the terminal, whatever comes in whatever pieces', () => {
  const UNSAFE = /(?![\n\t])\p{Cc}|\p{Bidi_Control}|\p{Surrogate}/u;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 25 }),
      fc.integer({ min: 1, max: 60 }),
      (all, width) => {
        // The program's own sequences are removed, but nothing else.
        // eslint-disable-next-line no-control-regex
        const shown = written(all, width).replace(/\u001b\[(?:\d+m|\d+D\u001b\[K)/g, '');
        expect(shown).not.toMatch(UNSAFE);
        const count = (text: string) => text.match(/word/g)?.length ?? 0;
        expect(count(shown)).toBeGreaterThanOrEqual(count(withoutAddresses(all.join(''))));
      },
    ),
    { numRuns: often(30, 300) },
  );
});

/** A fence's language is only its first word, and an address in angle brackets loses its spaces. */
function withoutAddresses(text: string): string {
  return text.replace(/^.*(?:```|~~~).*$/gm, '').replace(/\]\([^]*?\)/g, '');
}

it('endlessly nested quotations are shown as text', () => {
  expect(written([`${'> '.repeat(often(5_000, 20_000))}deep`])).toMatch(/^> > .*deep\n$/);
});

it('a long line of whitespace is shown once something follows', () => {
  expect(written([`so\n${' '.repeat(10_000)}and `, 'on'])).toMatch(/and on$/m);
});

it('is looked at now and then, not at each of its 20,000 pieces', () => {
  vi.useRealTimers();
  const text = '- a point with **strong** words and `code` in it\n'.repeat(2_050);
  const { answer, written: shown } = answerIn(() => 80);
  let looks = 0;
  const count = vi.spyOn(performance, 'now').mockImplementation(() => (looks += 1));
  for (let at = 0; at < text.length; at += 5) answer.push(text.slice(at, at + 5));
  answer.end();
  count.mockRestore();
  // The clock advances by one millisecond at each reading: nearly all readings were in push().
  expect(looks).toBeLessThan(text.length / 5 + 2_000);
  expect(plain(shown()).split('\n')).toHaveLength(2_051);
});

it.each(['[', '*a ', '`a ', '_', '漢', 'a'])('takes 10,000 times %j at once', (text) => {
  const shown = plain(written([text.repeat(10_000)])).replaceAll('\n', '');
  expect(shown.length).toBeGreaterThanOrEqual(10_000);
});
