import { describe, expect, it } from 'vitest';
import { edited } from './edited.ts';

const FILE = 'def f():\n    if x:\n        return 1\n    y = 2\n';

describe('a block that was wrapped is not mistaken for lines as the file has them', () => {
  it.each([
    ['if x:\n    return 1', 'if a:\n    if x:\n        return 1'],
    ['        if x:\n            return 1', '    if a:\n        if x:\n            return 1'],
  ])('%j → %j', (oldText, newText) => {
    expect(edited(FILE, oldText, newText)).toBe('unclear');
  });

  it('is refused where only the first line has the indentation of old_text', () => {
    expect(edited('    a\n', '        a', '        b\n    a')).toBe('unclear');
    expect(edited('    a\n', '        a', '        b\n    c')).toBe('unclear');
  });
});

describe('one known level of indentation tells the next by the step of the file', () => {
  it.each([
    [
      'a\n    b\n        c\n',
      '        b',
      '        b\n                d',
      'a\n    b\n        d\n        c\n',
    ],
    [
      'a\n    b\n        c\n',
      '        b',
      '        b\n            d',
      'a\n    b\n        d\n        c\n',
    ],
  ])('in %j: %j → %j', (content, oldText, newText, result) => {
    expect(edited(content, oldText, newText)).toBe(result);
  });
});

describe('an escape that may be of the source is not decoded', () => {
  const code = 'a\nb\n"x"\n/\\t/\n';
  it.each([
    ['a\\nb', 'p("\\n");\\nq()'],
    ['\\"x\\"', '\'\\"\'\\n"y"'],
    ['/\\\\t/', '/\\t+/'],
  ])('%j → %j', (oldText, newText) => {
    expect(edited(code, oldText, newText)).toBe('none');
  });

  it('is where old_text and new_text have it doubled', () => {
    expect(edited('x = "\\d"\ny\n', 'x = "\\\\d"\ny', 'x = "\\\\d+"\ny')).toBe('x = "\\d+"\ny\n');
  });

  it('is where it begins a line for a tab', () => {
    expect(edited('\ta\n\tb\n', '\\ta\n\\tb', '\\ta("\\t")\n\\tb')).toBe('\ta("\\t")\n\tb\n');
  });
});

describe('the other part of a line that new_text repeats is not there twice', () => {
  it.each([
    ['f(a);\ng();\n', 'f(a)', 'f(b);', 'f(b);\ng();\n'],
    ['f(a);\ng();\n', 'f(a', 'f(b);', 'f(b);\ng();\n'],
    ['  const x = 1;\n', 'x = 1', 'const x = 2', '  const x = 2;\n'],
    ['  const x = 1;\n', 'x = 1', 'const x = 2;', '  const x = 2;\n'],
    // What wraps it does not repeat it.
    ['f(a);\n', 'a', 'g(a)', 'f(g(a));\n'],
    ['f(a)\n', 'a', 'g(a)', 'f(g(a))\n'],
    ['x = "a"\n', 'a', 'b "a"', 'x = "b "a""\n'],
  ])('in %j: %j → %j', (content, oldText, newText, result) => {
    expect(edited(content, oldText, newText)).toBe(result);
  });
});

it('the indentation of an end tag is not that of the next line', () => {
  expect(edited('a\n    b\n    c\n', '\n    b\n  ', '    d')).toBe('a\n    d\n    c\n');
  expect(edited('a\n    b\n    c\n', '\n    b\n  ', '\n    d\n  ')).toBe('a\n    d\n    c\n');
});

it('a line of new_text as the file has it shows that its other characters are meant', () => {
  expect(edited("a\n'b\n", 'a\n\u2018b', "\u2018a\n'b")).toBe('unclear');
  expect(edited("a\n'b\n", 'a\n\u2018b', "c\n'b")).toBe("c\n'b\n");
});

describe('the indentation after the last line of both texts', () => {
  it('tells places apart: the text is replaced where it is there to the letter', () => {
    expect(edited('x\n    y\nx\nz\n', 'x\n    ', 'w\n    ')).toBe('w\n    y\nx\nz\n');
  });

  it('is not needed where the text without it has one place', () => {
    expect(edited('a\nx\ny\n', 'x\n    ', 'w\n    ')).toBe('a\nw\ny\n');
  });
});

describe('a line that only closes a block', () => {
  const JS = 'f(function () {\n\tg(function () {\n\t\th(1);\n\t});\n});\n';

  it('is refused where a line before it may have been left out', () => {
    expect(edited(JS, '\t\th(1);\n});', '\t\th(2);\n});')).toBe('unclear');
  });

  it.each([
    ['\th(1);\n});', '\th(2);\n});'],
    ['h(1);\n\t});', 'h(2);\n\t});'],
    ['        h(1);\n    });', '        h(2);\n    });'],
  ])('is replaced where all lines are as far from the file: %j', (oldText, newText) => {
    expect(edited(JS, oldText, newText)).toBe(JS.replace('h(1)', 'h(2)'));
  });
});

describe('a number at the start of new_text is a line number only where it follows from old_text', () => {
  it.each([
    ['   2: b', '4:', 'none'],
    ['   2: b', '8080: the port', 'none'],
    ['   2: b', '   1: b', 'none'],
    ['   2: b', '   2: B', 'a\nB\nc\n'],
    ['   2: b\n   3: c', '   3: c', 'a\nc\n'],
    ['   2: b', '   3: B', 'a\nB\nc\n'],
  ])('%j → %j', (oldText, newText, result) => {
    expect(edited('a\nb\nc\n', oldText, newText)).toBe(result);
  });
});
