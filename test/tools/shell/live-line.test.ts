import { expect, it } from 'vitest';
import { LiveLine } from '../../../src/tools/shell/live-line.ts';
import { PlainText } from '../../../src/tools/shell/plain-text.ts';

/** What a person is shown after each chunk. */
function shown(...chunks: (string | Buffer)[]): string[] {
  const pieces: string[] = [];
  const plain = new PlainText();
  const live = new LiveLine((text) => pieces.push(text));
  for (const chunk of chunks) live.next(plain.push(Buffer.from(chunk)), plain.line);
  live.next(plain.end(), '');
  return pieces;
}

it('shows text as soon as it is there, also of a line that is not whole', () => {
  expect(shown('building', ' ...', ' done\nnext', '\n')).toEqual([
    'building',
    ' ...',
    ' done\nnext',
    '\n',
  ]);
  expect(shown('x'.repeat(3_000), 'x'.repeat(3_000)).join('')).toBe('x'.repeat(6_000));
});

it('shows a line that changed once more when it is whole, and nothing in between', () => {
  expect(shown('10%', '\r20%', '\r30%', '\r100%\ndone\n')).toEqual(['10%', '\n100%\ndone\n']);
  expect(shown('10%', '\r20%')).toEqual(['10%', '\n20%']);
  expect(shown('10%\r20%\r100%\n')).toEqual(['100%\n']);
});

it('shows nothing twice where a line end is cut, or nothing changes', () => {
  expect(shown('a\r', '\nb\r', '\n').join('')).toBe('a\nb\n');
  expect(shown('100%', '\r100%', '\r100%', '\n').join('')).toBe('100%\n');
});

it('shows a character that was cut off at the end as a mark', () => {
  let output = '';
  const live = new LiveLine((text) => (output += text));
  live.next('a\xc3', '');
  live.end();
  expect(output).toBe('a\ufffd');
});

it('splits no character that arrives in two chunks', () => {
  const bytes = Buffer.from('漢字\n');
  expect(shown(bytes.subarray(0, 2), bytes.subarray(2, 4), bytes.subarray(4)).join('')).toBe(
    '漢字\n',
  );
});
