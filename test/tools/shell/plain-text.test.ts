import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainText } from '../../../src/tools/shell/plain-text.ts';
import { often } from '../../support/stress.ts';

/** The plain text of these bytes when they arrive in chunks cut at these places. */
function plain(output: string | Buffer, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(output);
  const text = new PlainText();
  let plainText = '';
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  )) {
    plainText += text.push(bytes.subarray(from, cut));
    from = cut;
  }
  return Buffer.from(plainText + text.end(), 'latin1').toString('utf8');
}

const cuts = fc.array(fc.nat(2_000), { maxLength: 20 });
const words = fc.string({
  unit: fc.constantFrom('a', ' ', '\t', '[', ']', 'é', '漢', '😀', '0', ';'),
});

/** Sequences that a terminal acts on, and shows nothing of. */
const SEQUENCES = [
  '\x1b[31m',
  '\x1b[38;5;208;1m',
  '\x1b[0m',
  '\x1b[m',
  '\x1b[?25l',
  '\x1b[?1049h',
  '\x1b[>4;2m',
  '\x1b[12;40H',
  '\x1b[2J',
  '\x1b[3A',
  '\x1b[1 q',
  '\x1b]0;a title\x07',
  '\x1b]8;;https://example.com/é\x1b\\',
  '\x1b]8;;\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1b_ for others\x1b\\',
  '\x1b(B',
  '\x1b)0',
  '\x1b#8',
  '\x1b=',
  '\x1b7',
  '\x1bM',
  '\x07',
];

describe('plain text', () => {
  it('is the output itself where nothing is meant for a terminal', () => {
    const text = fc.array(fc.oneof(words, fc.constantFrom('\n', '\n\n', '\0', '\f')), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(text, cuts, (pieces, at) => {
        expect(plain(pieces.join(''), at)).toBe(pieces.join(''));
      }),
      { numRuns: often(100, 1_000) },
    );
  });

  it('has no colours, movements, titles, links and bells, and all text around them', () => {
    const pieces = fc.array(fc.tuple(words, fc.constantFrom(...SEQUENCES)), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, cuts, (pairs, at) => {
        const output = pairs.map(([text, sequence]) => sequence + text).join('');
        expect(plain(output, at)).toBe(pairs.map(([text]) => text).join(''));
      }),
      { numRuns: often(100, 1_000) },
    );
  });

  it('is the same in whatever chunks any output arrives, even binary', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...SEQUENCES,
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1b[2K',
        '\x1b[K',
        '\r',
        '\b',
        '\n',
      ),
      fc.constantFrom('x'.repeat(1_500), '漢'.repeat(500), `\x1b]${'y'.repeat(5_000)}`),
      words,
    );
    const output = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 2_000, size: 'max' }).map((bytes) => Buffer.from(bytes)),
    );
    const anywhere = fc.array(fc.nat(50_000), { maxLength: 40 });
    fc.assert(
      fc.property(output, anywhere, (bytes, at) => {
        expect(plain(bytes, at)).toBe(plain(bytes));
      }),
      { numRuns: often(200, 2_000) },
    );
  });

  it('is what a terminal shows of progress whose line does not shrink', () => {
    const frames = fc.array(fc.string({ unit: fc.constantFrom('a', '#', '%'), maxLength: 9 }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(frames, cuts, (texts, at) => {
        const longer = texts.map((text, index) => text.padEnd(10 + index, '.'));
        expect(plain(`${longer.join('\r')}\nend`, at)).toBe(`${longer.at(-1)}\nend`);
      }),
    );
  });

  it.each([
    ['a\r\nb\r\n', 'a\nb\n', 'a line end of two characters is one'],
    ['a\r\r\nb', 'a\nb', 'or of three'],
    ['long line\rxy', 'xy', 'what follows a carriage return replaces the line'],
    ['kept\n10%\r20%\rdone', 'kept\ndone', 'and no other'],
    ['100%\r', '100%', 'nothing follows it'],
    ['10%\x1b[2K\x1b[1Gdone', 'done', 'a line is erased'],
    ['10%\r\x1b[Kdone\n', 'done\n', 'a line is erased from its start'],
    ['10%\r\x1b[K', '', 'and nothing takes its place'],
    ['a word\x1b[K\n', 'a word\n', 'what is right of the text is erased'],
    ['N\bNA\bAM\bME\bE _\bx', 'NAME x', 'bold and underlined, as manuals print them'],
    ['|\b/\b-\b漢\b\bdone', 'done', 'a spinner'],
    ['a\n\b\bb', 'a\nb', 'a backspace stays in its line'],
    ['a\x1b]0;no end\nb', 'a0;no end\nb', 'a title without an end'],
    ['a\x1b', 'a', 'an escape is last'],
    ['a\x1b[12', 'a12', 'a sequence is not whole at the end'],
  ])('of %j is %j: %s', (output, text) => {
    expect(plain(output)).toBe(text);
  });

  it('keeps little of a line that has no end, and nothing of progress that has none', () => {
    const text = new PlainText();
    expect(text.push(Buffer.from('head\n'))).toBe('head\n');
    for (let step = 0; step < often(1_000, 100_000); step++) {
      expect(text.push(Buffer.from(`\rstep ${step}`))).toBe('');
    }
    text.push(Buffer.from('\rlong'));
    let length = 0;
    for (let count = 0; count < often(1_000, 100_000); count++) {
      length += text.push(Buffer.alloc(1_000, 'x')).length;
    }
    expect(text.line.length).toBeLessThanOrEqual(1_024);
    expect(length + text.line.length).toBe('long'.length + often(1_000, 100_000) * 1_000);
  });
});
