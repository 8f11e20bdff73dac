import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainJson } from '../../../src/tools/facts/json.ts';
import { jsonProblem } from '../../../src/tools/facts/json-problem.ts';
import { often } from '../../support/stress.ts';

it.each([
  ['{\n  "a": 1\n  "b": 2\n}', 3, 'expected a comma or }, found "b": 2'],
  ['{\n  "a": 1,\n}', 3, 'expected a name in double quotes, found }'],
  ['[1,\n2,\n]', 3, 'expected a value, found ]'],
  ['{"a" 1}', 1, 'expected a colon, found 1}'],
  ['{"a":\n\n', 3, 'expected a value, found the end of the file'],
  ['{"a": [1, 2}', 1, 'expected a comma or ], found }'],
  ["{'a': 1}", 1, "expected a name in double quotes or }, found 'a': 1}"],
  ['{"a": 1} {"b": 2}', 1, 'expected the end of the file, found {"b": 2}'],
  ['{\n  // why\n  "a": 1\n}', 2, 'JSON has no comments'],
  ['{"a": True}', 1, 'expected a value, found True}'],
  ['[01]', 1, 'expected a comma or ], found 1]'],
  ['[\n"one\ntwo"]', 2, 'a string that is not closed, or has a character that must be escaped'],
  [String.raw`["C:\Users"]`, 1, /a string that is not closed/],
  ['', 1, 'expected a value, found the end of the file'],
  ['# A heading\n', 1, 'JSON has no comments'],
  [`[${'x'.repeat(100)}]`, 1, `expected a value or ], found ${'x'.repeat(20)}`],
])('of %j the fault is named with its line', (text, line, message) => {
  const expected = typeof message === 'string' ? message : expect.stringMatching(message);
  expect(jsonProblem(text)).toEqual({ line, message: expected });
});

const anyText = fc.oneof(
  fc.json(),
  fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ \n1-.e0tfnua'), maxLength: 30 }),
  fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([json, at, typed]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + typed + json.slice(place + 1);
  }),
);

it('any text has a fault where JSON.parse refuses it, in one of its lines, and else none', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      const problem = jsonProblem(text);
      expect(problem === undefined).toBe(isJson);
      if (problem === undefined) return;
      expect(problem.message).not.toBe('');
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.line).toBeLessThanOrEqual(text.split('\n').length);
    }),
    { numRuns: often(300, 5_000) },
  );
});

it('is found where it was put: nothing before it is blamed', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), fc.nat(4), (list, at) => {
      const values = list.filter((value) => !isDeepStrictEqual(value, '?'));
      const lines = [...values.slice(0, at), '?', ...values.slice(at)].map((value) =>
        value === '?' ? '?' : JSON.stringify(value),
      );
      const line = lines.indexOf('?') + 2;
      expect(jsonProblem(`[\n${lines.join(',\n')}\n]`)?.line).toBe(line);
    }),
    { numRuns: often(100, 1_000) },
  );
});

it.each([
  ['a string without an end', `["${'a'.repeat(1_000_000)}`],
  ['escapes without an end', `["${String.raw`\"`.repeat(500_000)}`],
  ['brackets without an end', '['.repeat(1_000_000)],
  ['a fault at the end', `[${'1,'.repeat(500_000)}]`],
  ['whitespace alone', ' '.repeat(1_000_000)],
])('a megabyte of %s is read to its fault', (_what, text) => {
  expect(jsonProblem(text)?.line).toBe(1);
});

it('takes a byte order mark for none of the text', () => {
  expect(jsonProblem('\ufeff{}')).toBeUndefined();
  expect(jsonProblem('\ufeff{]')).toMatchObject({ line: 1, message: /found \]/ });
});

describe('a file is plain JSON by its name', () => {
  it.each([
    'package.json',
    'src/data.JSON',
    'notebook.ipynb',
    'tsconfig/data.json',
    'composer.json',
    'my-settings.json',
  ])('as %s is', (file) => expect(isPlainJson(file)).toBe(true));

  it.each([
    'tsconfig.json',
    'tsconfig.build.json',
    'tsconfig-base.json',
    'web/app.tsconfig.json',
    'jsconfig.json',
    '.eslintrc',
    '.eslintrc.json',
    '.babelrc.json',
    'a.jsonc',
    'a.json5',
    'a.jsonl',
    'devcontainer.json',
    '.devcontainer.json',
    '.devcontainer/extra.json',
    '.vscode/settings.json',
    'packages/web/.vscode/launch.json',
    '.zed/tasks.json',
    'pyrightconfig.json',
    'json',
    'package.json.tmpl',
  ])('as %s is not', (file) => expect(isPlainJson(file)).toBe(false));
});
