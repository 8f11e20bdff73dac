import { describe, expect, it } from 'vitest';
import { search } from '../../../src/tools/search.ts';
import { findAsMeant, ways } from '../../support/search.ts';
import { runTool } from '../../support/run-tool.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';

const FILE = [
  'call(one)',
  'calls(two)',
  'c++ and C#',
  'list[0] = "x"',
  '{{name}} costs $5',
  'src/tools/a.ts',
  'a.b',
  'back\\slash',
].join('\n');

/** The lines that were found, and what was said of it. */
const linesOf = (text: string) => text.replaceAll('a.txt:', '').split('\n');
const NOTHING = 'searched as plain text: as a regular expression the pattern matches nothing';
const NONE = 'searched as plain text: the pattern is not a valid regular expression: ';

describe.each(ways)('a search with %s', (_name, way, itNeeds) => {
  const shown = async (pattern: string) => {
    const found = await findAsMeant(way, temporaryFolder({ 'a.txt': FILE }), pattern);
    return linesOf(`${found?.matches.render()}\n${found?.remark}`);
  };

  itNeeds.each([
    ['call(', '1:call(one)', NONE],
    ['*name', '(no matches)', NONE],
    ['call(one)', '1:call(one)', NOTHING],
    ['list[0]', '4:list[0] = "x"', NOTHING],
    ['$5', '5:{{name}} costs $5', NOTHING],
    ['CALL(', '(no matches)', NONE],
  ])('takes %s as plain text, and says so', async (pattern, line, remark) => {
    const [found, said, ...more] = await shown(pattern);
    expect(found).toBe(line);
    expect(said?.startsWith(`(${remark}`) && said.length > remark.length, said).toBe(true);
    expect(more).toEqual([]);
  });

  itNeeds.each([
    ['call.', ['1:call(one)', '2:calls(two)', '']],
    ['call\\(', ['1:call(one)', '']],
    ['src\\/tools', ['6:src/tools/a.ts', '']],
    ['\\"x\\"', ['4:list[0] = "x"', '']],
    ['back\\\\sl', ['8:back\\slash', '']],
    ['quince', ['(no matches)', '']],
    ['quince|pear', ['(no matches)', '(searched as a regular expression and as plain text)']],
  ])('takes %s as a regular expression', async (pattern, lines) => {
    expect(await shown(pattern)).toEqual(lines);
  });
});

it('tells the person that the pattern was taken as plain text', async () => {
  const context = toolContext(temporaryFolder({ 'a.txt': FILE }));
  const resultOf = async (pattern: string) =>
    (await search.prepare({ pattern }).run(context, new AbortController().signal)).summary?.result;
  expect(await resultOf('call(')).toBe('1 match as plain text');
  expect(await resultOf('call.')).toBe('2 matches');
  expect(await resultOf('quince[0]')).toBe('no matches');
});

it('takes no line end around a pattern for a part of it, and refuses one inside', async () => {
  const context = toolContext(temporaryFolder({ 'a.txt': FILE }));
  expect(await runTool(search, context, { pattern: '\na\\.b\r\n' })).toBe('a.txt:7:a.b');
  expect(() => search.prepare({ pattern: 'a\nb' })).toThrow('pattern: it must be one line');
  expect(() => search.prepare({ pattern: '\n\n' })).toThrow('pattern: it must not be empty');
});
