/** Old text that begins or ends inside of a line whose other part new_text repeats. */
import type { Framed, Spot } from './replacement.ts';

const BRACKETS: readonly (readonly [open: string, close: string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
];
const QUOTES = ['"', "'", '`'];
/** A part of a line that is longer is not looked at. */
const MAX_CHARS = 1_000;

/**
 * The edit with the whole line at an end where new_text has all of that line and old_text has not:
 * to the letter, `;` or `const ` would be there twice.
 */
export function wholeLines(file: string, edit: Framed, spot: Spot): [Framed, Spot] {
  const { from, to } = spot;
  const lineStart = from === 0 ? 0 : file.lastIndexOf('\n', from - 1) + 1;
  const newline = file.indexOf('\n', to);
  const lineEnd = newline === -1 ? file.length : newline;
  const before = partOf(file, lineStart, from).trimStart();
  const after = partOf(file, to, lineEnd).trimEnd();
  const head = isRepeated(before, edit, 'startsWith') ? before : '';
  const tail = isRepeated(after, edit, 'endsWith') ? after : '';
  if (head === '' && tail === '') return [edit, spot];
  return [
    { ...edit, oldText: head + edit.oldText + tail },
    { ...spot, from: from - head.length, to: to + tail.length },
  ];
}

function partOf(file: string, from: number, to: number): string {
  return to - from > MAX_CHARS ? '' : file.slice(from, to);
}

/** Whether only old_text lacks this part of a line. What wraps old_text in brackets does not repeat it. */
function isRepeated(
  part: string,
  { oldText, newText }: Framed,
  side: 'startsWith' | 'endsWith',
): boolean {
  const [old, written] =
    side === 'startsWith' ? [oldText, newText.trimStart()] : [oldText, newText];
  if (part.trim() === '' || !written[side](part) || old[side](part)) return false;
  const whole = part + old;
  return (
    BRACKETS.every(
      ([open, close]) =>
        countOf(whole, open) - countOf(whole, close) ===
        countOf(written, open) - countOf(written, close),
    ) && QUOTES.every((quote) => (countOf(whole, quote) - countOf(written, quote)) % 2 === 0)
  );
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}
