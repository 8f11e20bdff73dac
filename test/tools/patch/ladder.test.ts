import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { patchFile } from '../../../src/tools/patch-file.ts';
import { readFile } from '../../../src/tools/read-file.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';
import { runTool } from '../../support/run-tool.ts';

const EXACT = 'patched a.txt';
const matched = (how: string) => `patched a.txt (old_text matched ${how})`;
const TRAILING = matched('except for trailing whitespace');
const ALIKE = matched('except for characters that look alike');
const OWN_LINES = matched('without the newlines around it');
const NUMBERS = 'once its line numbers were taken off';
const BARE = matched(NUMBERS);
const SHIFTED = matched("at another indentation; the file's was kept");
const BARE_AND_SHIFTED = matched(`${NUMBERS}, at another indentation; the file's was kept`);

type Row = [what: string, content: string, oldText: string, newText: string, result: string];

/** The file after the patch, and what the tool said. Texts of bytes are written as latin1. */
async function patched(content: string | Buffer, oldText: string, newText: string) {
  const root = temporaryFolder({ 'a.txt': content });
  const args = { path: 'a.txt', old_text: oldText, new_text: newText };
  const said = await runTool(patchFile, toolContext(root), args);
  return { said, bytes: fs.readFileSync(path.join(root, 'a.txt')) };
}

/** Expects each row to match at this step, in a file with LF and in one with CRLF. */
function expectStep(step: string, rows: Row[]) {
  it.each(rows)('%s', async (_what, content, oldText, newText, result) => {
    const plain = await patched(content, oldText, newText);
    expect(plain).toEqual({ said: step, bytes: Buffer.from(result) });

    const windows = await patched(content.replaceAll('\n', '\r\n'), oldText, newText);
    const expected = { said: step, bytes: Buffer.from(result.replaceAll('\n', '\r\n')) };
    expect(windows).toEqual(expected);
    const oldWithCrlf = oldText.replaceAll('\n', '\r\n');
    const newWithCrlf = newText.replaceAll('\n', '\r\n');
    expect(await patched(content, oldWithCrlf, newWithCrlf)).toEqual(plain);
  });
}

describe('newlines that only come from tags on their own lines', () => {
  expectStep(OWN_LINES, [
    ['are not a line before the first', 'a\nb\n', '\na\n', '\nx\n', 'x\nb\n'],
    ['are not a line before the first when the text is removed', 'a\nb\n', '\na\n', '', 'b\n'],
    ['are not a line end after the last', 'a\nb', '\na\nb\n', '\nx\n', 'x'],
    ['are removed when only the first is in both texts', 'a\nb\n', '\na', '\nx\n', 'x\n\nb\n'],
  ]);
});

describe('a text that could only match within a line', () => {
  it.each([
    ['    return 10\n', '\nreturn 1\n', '\nreturn 2\n'],
    ['import os_path\n', '\nimport os\n', ''],
    ['max_x = 10\n', '   7: x = 1', '   7: x = 2'],
    ['PORT=8080\n', '80: 8080', '80: 9090'],
    ['name: beta2\n', '2: beta', '2: delta'],
  ])('is not found in %j by removing what is around it: %j', async (content, oldText, newText) => {
    await expect(patched(content, oldText, newText)).rejects.toThrow('was not found in a.txt');
  });
});

describe('the exact text comes first', () => {
  expectStep(EXACT, [
    [
      'though other lines match except for trailing spaces',
      'a \nb\nx\na\nb\n',
      'a\nb',
      'c',
      'a \nb\nx\nc\n',
    ],
    ['though other lines have other quotes', 'f(“a”)\nf("a")\n', 'f("a")', 'g', 'f(“a”)\ng\n'],
    ['when it looks numbered', '   1: a\na\n', '   1: a', '   1: b', '   1: b\na\n'],
    [
      'though other lines match when shifted',
      '  a\n  b\nx\na\nb\n',
      'x\na\nb',
      'c',
      '  a\n  b\nc\n',
    ],
    ['when it begins within a line', '  a\n  b\n', 'a\n  b', 'c', '  c\n'],
    ['when it is only spaces', 'a  b c', '  ', ' ', 'a b c'],
    ['in a last line without a newline', 'a\nb', 'b', 'x\ny', 'a\nx\ny'],
    ['when it is only newlines', 'a\n\n\nb\n', '\n\n\n', '\n', 'a\nb\n'],
  ]);
});

describe('then trailing whitespace does not matter', () => {
  expectStep(TRAILING, [
    ['in the file', 'x\na  \nb\t\ny\n', 'a\nb\n', 'c\n', 'x\nc\ny\n'],
    ['in old_text', 'x\na\nb\ny\n', 'a \t\nb ', 'c', 'x\nc\ny\n'],
    ['different in both', 'a \nb\n', 'a\t\nb', 'c', 'c\n'],
    ['in a line of spaces', 'a\n    \nb\n', 'a\n\nb', 'c', 'c\n'],
    ['at the end of the file', 'a\nb  ', 'a\nb\t', 'c', 'c'],
    ['and stays after the match', 'a \nb  \nc\n', 'a\nb', 'x', 'x  \nc\n'],
    ['at the end of old_text, which matches it', 'a\nb  \n', 'a\nb\t', 'x', 'x\n'],
    ['after a byte order mark', '\ufeffa \nb\n', 'a\nb', 'c', '\ufeffc\n'],
    ['and the new text is written as it is', 'a \nb\n', 'a\nb', '“c” \nd', '“c” \nd\n'],
    ['in old_text that begins with a newline', 'x\na \t\nb\n', '\na\nb', '\nc', 'x\nc\n'],
    ['and stays in a line that is in both texts', 'a \nb\n', 'a\nb\n', 'a\nc\n', 'a \nc\n'],
    ['that only the model writes, in new_text either', 'a\nb\n', 'a  \nb  ', 'c  \nd  ', 'c\nd\n'],
  ]);
});

describe('then characters that look alike do not matter, and the form in the file is kept', () => {
  expectStep(ALIKE, [
    ['quotes in the file', 'say(“it’s”)\n', 'say("it\'s")', 'no', 'no\n'],
    ['quotes in old_text', 'say("it\'s")\n', 'say(“it‘s‟)', 'no', 'no\n'],
    ['low quotes', '„a‟ ‚b‛\n', '"a" \'b\'', 'no', 'no\n'],
    ['quotes next to emoji', '😀“a”😀\n', '😀"a"', '😎', '😎😀\n'],
    ['quotes in both texts', 'f("a", \'b\')\n', 'f(“a”, ‘b’)', 'g(“c”, ‘d’)', 'g("c", \'d\')\n'],
    ['another quote in new_text', 'f("a")\n', 'f(“a”)', 'f(“it’s”)', 'f("it\'s")\n'],
    [
      'typographic quotes in the file',
      'He said “a b”.\n',
      'said "a b"',
      'says "a b"',
      'He says “a b”.\n',
    ],
    ['which are new', 'say “a”\n', 'say "a"', 'say "b" and "c"', 'say “b” and “c”\n'],
    ['no-break spaces in both texts', 'x = 1\n', 'x\u00a0= 1', 'x\u00a0= 2', 'x = 2\n'],
    ['no-break spaces as indentation', '  x = 1\n', '\u00a0 x = 1', '\u00a0 x = 2', '  x = 2\n'],
    ['a no-break space in the file', '10\u00a0km\n', '10 km', '20 km', '20\u00a0km\n'],
    ['characters that cannot be seen', 'abc\n', 'a\u200bbc', 'a\u200bbd', 'abd\n'],
    ['some that are in the file', 'a\u200bb = 1\n', 'ab = 1', 'ab = 2', 'a\u200bb = 2\n'],
    ['dashes', 'a - b\n', 'a – b', 'a – c', 'a - c\n'],
    ['dashes in the file', 'a – b\n', 'a - b', 'a - c', 'a – c\n'],
    ['an ellipsis', 'f(...a)\n', 'f(…a)', 'f(…b, …c)', 'f(...b, ...c)\n'],
    ['letters that are composed', 'e\u0301 = 1\n', 'é = 1', 'é = 2', 'e\u0301 = 2\n'],
    ['letters that are not', 'é = 1\n', 'e\u0301 = 1', 'e\u0301 = a\u0301', 'é = á\n'],
    ['and trailing whitespace', 'x  \n“a”\n', 'x\n"a"', 'x\n"b"', 'x  \n“b”\n'],
  ]);

  it.each([
    ['say “a”\n', 'say "a"', "it's"],
    ['1–2\n', '1-2', '3-4 x-y'],
    ['„a“\n', '"a"', '"b" "c"'],
    ['a…\n', 'a...', 'b... c...'],
  ])('or it is not certain: %j', async (content, oldText, newText) => {
    await expect(patched(content, oldText, newText)).rejects.toThrow('it is not certain');
  });
});

describe('then line numbers are removed from old_text', () => {
  expectStep(BARE, [
    ['and from new_text', 'a\nb\nc\n', '   2: b\n', '   2: x\n', 'a\nx\nc\n'],
    ['though new_text has none', 'a\nb\nc\n', '   2: b\n   3: c', 'x', 'a\nx\n'],
    [
      'with an empty line',
      'a\n\nb\n',
      '   1: a\n   2: \n   3: b',
      '   1: c\n\n   2: d',
      'c\n\nd\n',
    ],
    ['with an empty line without a space', 'a\n\nb\n', '   1: a\n   2:\n   3: b', 'c', 'c\n'],
    ['and newlines around them stay', 'a\nb\nc\n', '\n   2: b\n', '\n   2: x\n', 'a\nx\nc\n'],
    ['that grow wider', 'a\nb\n', ' 999: a\n1000: b', ' 999: c\n1000: d', 'c\nd\n'],
    ['with lost padding', 'a\n  b\n', '1: a\n   2:   b', '1: c', 'c\n'],
    ['with the indentation kept', ' a\n\tb\n', '   1:  a\n   2: \tb', '   1:  c', ' c\n'],
    ['before part of a line', 'return low\n', '   1: return', '   1: give', 'give low\n'],
    ['after a byte order mark', '\ufeffa\nb', '   1: a\n   2: b', '   1: é', '\ufeffé'],
  ]);

  it('as read_file shows them', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `${' '.repeat(index % 3)}“${index}”  `);
    const root = temporaryFolder({ 'a.txt': lines.join('\r\n') });
    const context = toolContext(root);
    const shown = await runTool(readFile, context, { path: 'a.txt', start: 8, end: 11 });
    const old_text = shown.split('\n').slice(1, 5).join('\n');
    const args = { path: 'a.txt', old_text, new_text: '   8: one\n   9: two' };
    expect(await runTool(patchFile, context, args)).toBe(BARE);
    lines.splice(7, 4, 'one', 'two');
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe(lines.join('\r\n'));
  });
});

describe('then a block may have another indentation', () => {
  expectStep(SHIFTED, [
    ['deeper', 'x\n    a\n      b\ny\n', 'a\n  b\n', 'c\n  d\n', 'x\n    c\n      d\ny\n'],
    ['less deep', 'x\n  a\n    b\ny\n', '    a\n      b', '    c\n    d', 'x\n  c\n  d\ny\n'],
    ['none', 'a\n  b\n', '    a\n      b', '      c', '  c\n'],
    ['by tabs', 'x\n\t\ta\n\t\t\tb\n', '\ta\n\t\tb', '\tc', 'x\n\t\tc\n'],
    ['by spaces before tabs', '  \ta\n  \t\tb\n', '\ta\n\t\tb', '\tc', '  \tc\n'],
    ['one line', 'x\n    a\n', '      a', '      c', 'x\n    c\n'],
    ['empty lines stay as they are', '  a\n\n  b\n', 'a\n\nb', 'c\n\n \nd', '  c\n\n \n  d\n'],
    [
      'empty lines first',
      'x\n\n  a\n  b\n',
      '\n\ta\n\tb'.replaceAll('\t', '    '),
      '    c',
      'x\n\n  c\n',
    ],
    ['lines of spaces first', 'x\n  \n  a\n  b\n', '\n    a\n    b', '    c', 'x\n  \n  c\n'],
    ['newlines around it', 'x \n  a\ny\n', '\n    a\n', '\n    c\n', 'x \n  c\ny\n'],
    ['trailing whitespace does not matter', '  a \n  b\n', 'a\nb\t', 'c', '  c\n'],
    ['trailing whitespace after the match stays', '  a\n  b \n', 'a\nb', 'c', '  c \n'],
    ['quotes do not matter', '  a\n  “b”\n', 'a\n"b"', 'c', '  c\n'],
    ['at the end, which has no newline', 'x\n  a\n  b', 'a\nb', 'c\nd', 'x\n  c\n  d'],
    ['after a byte order mark', '\ufeff  a\n  b\n', 'a\nb', 'c\nd', '\ufeff  c\n  d\n'],
    ['after a byte order mark, none', '\ufeffa\nb\n', '  a\n  b', '  c', '\ufeffc\n'],
    ['with emoji', '  😀\n  é\n', '😀\né', '字\n😎', '  字\n  😎\n'],
    ['when nothing takes its place', 'x\n  a\n  b\ny\n', 'a\nb\n', '', 'x\ny\n'],
    [
      'when it looks numbered',
      '    1: a\n    2: b\n',
      '1: a\n2: b',
      '1: c\n2: d',
      '    1: c\n    2: d\n',
    ],
    [
      'though the first line also appears elsewhere',
      '  a\n  x\n  a\n  b\n',
      'a\nb',
      'c',
      '  a\n  x\n  c\n',
    ],
  ]);
});

describe('then both may be combined', () => {
  expectStep(matched(`${NUMBERS}, except for trailing whitespace`), [
    ['numbers and whitespace', 'a  \nb\n', '   1: a\n   2: b', 'c', 'c\n'],
  ]);
  expectStep(matched(`${NUMBERS}, except for characters that look alike`), [
    ['numbers and quotes', '“a”\n', '   1: "a"', '   1: "b"', '“b”\n'],
  ]);

  expectStep(BARE_AND_SHIFTED, [
    [
      'numbers and less depth',
      '  a\n    b\n',
      '   7:     a\n   8:       b',
      '   7:     c',
      '  c\n',
    ],
    [
      'numbers and more depth',
      '  a\n    b\n',
      '   7: a\n   8:   b',
      '   7: c\n   8: d',
      '  c\n  d\n',
    ],
  ]);
});

describe('old_text is ambiguous, whatever a later step would find,', () => {
  it.each([
    ['exactly', 'a b\na b\n', 'a b'],
    ['exactly, and once with trailing spaces', 'a\nb\na\nb\na \nb\n', 'a\nb'],
    ['except for trailing whitespace', 'a \nb\nx\na\t\nb\n', 'a\nb'],
    ['except for trailing whitespace, and overlaps itself', 'a \na\na\n', 'a\t\na'],
    ['except for quotes', '“a”\n„a‟\n', '"a"'],
    ['except for quotes, once as a line and once in a line', '“a”\n  “a” b\n', '"a"'],
    ['without its numbers', 'a\nb\na\nb\n', '   1: a\n   2: b'],
    ['without its numbers, except for trailing whitespace', 'a \nb\na\t\nb\n', '   1: a\n   2: b'],
    ['at another indentation', '  a\n  b\nx\n    a\n    b\n', 'a\nb'],
    ['at less and at more indentation', '  a\n  b\n      a\n      b\n', '    a\n    b'],
    ['at the same indentation, different from its own', '  a\n  b\n  a\n  b\n', 'a\nb'],
    ['without numbers, at another indentation', '  a\n  b\n\ta\n\tb\n', '   1: a\n   2: b'],
  ])('when it appears twice %s', async (_how, content, oldText) => {
    const message = /old_text appears 2 times in a\.txt, .*: include more surrounding lines/;
    await expect(patched(content, oldText, '    x')).rejects.toThrow(message);
    await expect(patched(content.replaceAll('\n', '\r\n'), oldText, 'x')).rejects.toThrow(message);
  });
});

describe('old_text matches at no step', () => {
  it.each([
    ['when it differs in a letter', 'abc\n', 'abd', 'x'],
    ['when it differs in whitespace within a line', 'a  b\n', 'a b', 'x'],
    ['when it ends with a space where no line ends', 'a “b”c\n', '"b" ', 'x'],
    ['when a letter shares bytes with a quote', 'ₘa\n', "'a", 'x'],
    ['when a line has no number', 'a\nb\n', '   1: a\nb', 'x'],
    ['when its numbers skip one', 'a\nb\n', '   1: a\n   3: b', 'x'],
    ['when all of its lines have the same number', 'a\nb\n', '   1: a\n   1: b', 'x'],
    ['when two newlines end its numbers', 'a\n\n', '   1: a\n\n', 'x'],
    ['when only some lines of new_text have numbers', 'a\n', '   1: a', '   1: b\nc'],
    ['when nothing is left without numbers', 'a\n\n', '   2: ', 'x'],
    ['when it is shifted and ends within a line', '  a\n  bc\n', 'a\nb', 'x'],
    ['when it is shifted and begins within a line', 'x  a\n  b\n', 'a\nb', 'x'],
    ['when it is shifted and begins within a word', '  xa\n  b\n', '    a\n    b', '    x'],
    ['when it is only whitespace, and other whitespace', 'a\t\nb', '  ', 'x'],
  ])('%s', async (_why, content, oldText, newText) => {
    await expect(patched(content, oldText, newText)).rejects.toThrow(/was not found in a\.txt/);
    const windows = content.replaceAll('\n', '\r\n');
    await expect(patched(windows, oldText, newText)).rejects.toThrow(/was not found in a\.txt/);
  });
});

it.each([
  ['   1: b', BARE],
  ['  "b"', ALIKE],
  ['    “b”\n    "c"', SHIFTED],
])('keeps bytes that are not text around %j', async (oldText, step) => {
  const text = oldText === '   1: b' ? 'b' : '  “b”\n  "c"';
  const file = Buffer.concat([
    Buffer.from([0xff, 0x00, 0xe2, 0x80, 0x0a, 0xe2, 0x80, 0x98, 0x20, 0x0d, 0x0a]),
    Buffer.from(text),
    Buffer.from([0x20, 0x0a, 0x80, 0x98, 0x20, 0x20, 0x0d, 0x0a, 0xfe, 0x09]),
  ]);
  const { said, bytes } = await patched(file, oldText, '    x');
  expect(said).toBe(step);
  const [head = Buffer.of(), tail = Buffer.of()] = [file.subarray(0, 11), file.subarray(-10)];
  expect(bytes.subarray(0, 11)).toEqual(head);
  expect(bytes.subarray(-10)).toEqual(tail);
});

it.each([
  ['“line 1500”  \nline 1501', ALIKE],
  [' 1500: "line 1500"\n1501: line 1501', BARE],
  ['  "line 1500"\n  line 1501', SHIFTED],
])('changes the one place in a file of 100 kB that matches %j', async (oldText, step) => {
  const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index} ${'x'.repeat(24)}`);
  lines.splice(1_500, 2, '"line 1500"', 'line 1501');
  const { said, bytes } = await patched(`${lines.join('\r\n')}\r\n`, oldText, '  one');
  expect(said).toBe(step);
  lines.splice(1_500, 2, step === SHIFTED ? 'one' : '  one');
  expect(bytes.toString()).toBe(`${lines.join('\r\n')}\r\n`);
});

describe('a patch that would change nothing is refused', () => {
  it.each([
    ['both texts are the same', 'a\n', 'a', 'a', /old_text and new_text are the same/],
    ['both are the same and appear nowhere', 'a\n', 'b', 'b', /old_text and new_text are the same/],
    ['they differ only in line ends', 'a\nb\n', 'a\nb', 'a\r\nb', /already has new_text there/],
    ['they differ only in numbers', 'a\n', '   1: a', 'a', /already has new_text there/],
    ['they differ only in trailing whitespace', 'a\nb\n', 'a \nb', 'a\nb', /has new_text/],
  ])('when %s', async (_why, content, oldText, newText, message) => {
    await expect(patched(content, oldText, newText)).rejects.toThrow(message);
    await expect(patched(content, oldText, newText)).rejects.toThrow(/would change nothing/);
  });
});
