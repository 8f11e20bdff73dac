import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { defineTool } from '../../src/tools/tool.ts';
import { ToolError } from '../../src/tools/tool-error.ts';
import { tools } from '../support/tools.ts';

type Args = Record<string, unknown>;
const toolNamed = (name: string) => tools.get(name) ?? expect.fail(`no tool ${name}`);
const prepared = (name: string, args: Args) => ({ ...toolNamed(name).prepare(args).args });

/** A call of each tool with all that it needs. */
const CALLS: Record<string, Args> = {
  list_files: { path: 'lib', glob: '*.ts' },
  read_file: { path: 'a.ts', start: 2, end: 9 },
  search: { pattern: 'x', path: 'lib' },
  run_shell: { command: 'ls', timeout: 9 },
  write_file: { path: 'a.ts', content: 'x' },
  patch_file: { path: 'a.ts', old_text: 'x', new_text: 'y' },
  delegate: { task: 'look', max_steps: 2 },
};
const names = Object.keys(CALLS);

const camelCase = (name: string) =>
  name.replace(/_(\w)/g, (_, first: string) => first.toUpperCase());
/** The spellings of a name that count as one. */
const SPELLINGS: [string, (name: string) => string][] = [
  ['as it is', (name) => name],
  ['in camelCase', camelCase],
  ['in PascalCase', (name) => camelCase(`_${name}`)],
  ['in capitals', (name) => name.toUpperCase()],
  ['with hyphens', (name) => name.replaceAll('_', '-')],
];

describe('an argument is taken', () => {
  const CONVERTED = /range|lines|limit|count|timeout_ms|offset/;
  const aliases = names.flatMap((name) =>
    Object.entries(toolNamed(name).aliases ?? {})
      .filter(([alias]) => !CONVERTED.test(alias))
      .map(([alias, arg]) => ({ name, alias, arg })),
  );

  it.each(names.flatMap((name) => SPELLINGS.map(([how, spell]) => ({ name, how, spell }))))(
    'of $name in any spelling: $how',
    ({ name, spell }) => {
      const asked = Object.entries(CALLS[name] ?? {}).map(([arg, value]) => [spell(arg), value]);
      expect(prepared(name, Object.fromEntries(asked))).toEqual(CALLS[name]);
    },
  );

  it.each(aliases)(
    'of $name by the alias $alias of $arg, in any spelling',
    ({ name, alias, arg }) => {
      for (const [, spell] of SPELLINGS) {
        const { [arg]: value, ...others } = CALLS[name] ?? {};
        expect(prepared(name, { ...others, [spell(alias)]: value })).toEqual(CALLS[name]);
      }
    },
  );

  it.each(aliases)('of $name by $alias never beside another $arg', ({ name, alias, arg }) => {
    const call = () => prepared(name, { ...CALLS[name], [alias]: 'other' });
    expect(call).toThrow(ToolError);
    expect(call).toThrow(`are the same argument: give only ${arg}`);
  });

  it.each(aliases)(
    'of $name by $alias beside $arg if both say the same',
    ({ name, alias, arg }) => {
      const same = { ...CALLS[name], [alias]: CALLS[name]?.[arg] };
      expect(prepared(name, same)).toEqual(CALLS[name]);
      expect(prepared(name, { ...CALLS[name], [alias]: null })).toEqual(CALLS[name]);
    },
  );

  it('no alias hides an argument of its tool', () => {
    for (const name of names) {
      const { argNames, aliases: known = {} } = toolNamed(name);
      for (const [alias, arg] of Object.entries(known)) {
        expect(argNames).toContain(arg);
        expect(argNames).not.toContain(alias);
      }
    }
  });
});

describe('an argument that is unknown', () => {
  const UNKNOWN: [string, unknown][] = [
    ['append', true],
    ['replace_all', false],
    ['dry_run', true],
    ['cwd', 'lib'],
    ['is_background', false],
    ['run_in_background', true],
    ['recursive', true],
    ['case_sensitive', false],
    ['encoding', 'utf-8'],
    ['include', '*.py'],
    ['mode', 'w'],
    ['security_risk', 'low'],
    ['subagent_type', 'x'],
    ['unheard_of', null],
  ];

  it.each(names.flatMap((name) => UNKNOWN.map(([arg, value]) => ({ name, arg, value }))))(
    'of $name is refused by name: $arg',
    ({ name, arg, value }) => {
      const own = toolNamed(name).argNames.join(', ');
      expect(() => prepared(name, { ...CALLS[name], [arg]: value })).toThrow(
        `there is no argument ${arg}: the arguments are ${own}`,
      );
    },
  );

  it('is left out if it only explains the call, whatever it holds', () => {
    for (const name of names) {
      for (const inert of ['description', 'explanation', 'reason', 'thought', 'Thought']) {
        for (const value of ['why', null, { a: 1 }]) {
          expect(prepared(name, { ...CALLS[name], [inert]: value })).toEqual(CALLS[name]);
        }
      }
    }
  });

  it('is no argument of Object either', () => {
    for (const name of names) {
      for (const arg of ['__proto__', 'constructor', 'hasOwnProperty']) {
        const asked = JSON.parse(`{"${arg}":1}`) as Args;
        expect(() => prepared(name, asked)).toThrow(`there is no argument ${arg}`);
      }
    }
  });

  it("is the tool's own where it has one of that name", () => {
    const report = defineTool({
      name: 'report',
      description: '',
      risky: false,
      args: z.object({ reason: z.string(), loud: z.boolean().optional() }),
      aliases: { why: 'reason' },
      example: '',
      run: () => '',
    });
    expect(report.prepare({ Reason: 'x', thought: 'y' }).args).toEqual({ reason: 'x' });
    expect(report.prepare({ why: 'x', loud: 'True' }).args).toEqual({ reason: 'x', loud: true });
    expect(report.prepare({ why: 'true', loud: 'None' }).args).toEqual({ reason: 'true' });
    expect(() => report.prepare({ why: 'x', loud: 'very' })).toThrow('loud: ');
  });
});

describe('a value that can mean only one thing is taken', () => {
  it.each<[string, Args, Args]>([
    ['list_files', { path: '' }, { path: '.' }],
    ['list_files', { path: ' ./ ' }, { path: './' }],
    ['list_files', { path: null, glob: null }, { path: '.' }],
    ['list_files', { path: 'None' }, { path: '.' }],
    ['list_files', { path: ['lib'] }, { path: 'lib' }],
    ['search', { pattern: 'x', path: '' }, { pattern: 'x', path: '.' }],
    ['search', { pattern: ['x'] }, { pattern: 'x', path: '.' }],
    ['read_file', { path: 'a', start: '5.0', end: 9.0 }, { path: 'a', start: 5, end: 9 }],
    ['read_file', { path: 'a', end: 'null', start: null }, { path: 'a', start: 1, end: 200 }],
    ['run_shell', { command: ['ls'], timeout: 'None' }, { command: 'ls', timeout: 20 }],
    ['run_shell', { command: 'ls', timeout_ms: 9000 }, { command: 'ls', timeout: 9 }],
    ['run_shell', { command: 'ls', timeout_seconds: 90 }, { command: 'ls', timeout: 90 }],
    ['delegate', { task: 'look', max_steps: 99 }, { task: 'look', max_steps: 10 }],
    ['write_file', { path: 'a', content: 'null' }, { path: 'a', content: 'null' }],
    ['write_file', { path: 'a', content: 'true' }, { path: 'a', content: 'true' }],
  ])('%s %j', (name, asked, args) => expect(prepared(name, asked)).toEqual(args));

  it.each<[string, Args, RegExp]>([
    ['run_shell', { command: 'ls', timeout: 120_000 }, /in seconds and must be at most 120$/],
    ['run_shell', { command: 'ls', timeout: '121' }, /in seconds and must be at most 120$/],
    ['run_shell', { command: 'ls', timeout: 0 }, /in seconds and must be at least 1$/],
    ['run_shell', { command: 'ls', timeout_ms: 1500 }, /^timeout: it must be a whole number$/],
    ['run_shell', { command: 'ls', timeout_ms: 'x' }, /^timeout: /],
    ['run_shell', { command: ['ls', '-l'] }, /^command: .*string/],
    ['run_shell', { command: null }, /^command: .*string/],
    ['read_file', { path: 'C:\new' }, /^path: .*line end or another control/],
    ['read_file', { path: 'a\tb' }, /^path: .*line end or another control/],
    ['read_file', { path: null }, /^path: .*string/],
    ['read_file', { path: ['a', 'b'] }, /^path: .*string/],
    ['write_file', { path: 'a', content: null }, /^content: .*string/],
    ['search', { pattern: 404 }, /^pattern: .*string/],
  ])('and %s %j is refused', (name, asked, problem) => {
    expect(() => prepared(name, asked)).toThrow(problem);
  });
});

describe('the lines of read_file', () => {
  const LAST = 1_000_000_000;
  it.each<[Args, number, number]>([
    [{ start_line: 40 }, 40, 200],
    [{ startLine: 40, endLine: '80' }, 40, 80],
    [{ offset: 40, limit: 41 }, 40, 80],
    [{ offset: '40', limit: '41' }, 40, 80],
    [{ offset: 0, limit: 50 }, 1, 50],
    [{ limit: 50 }, 1, 50],
    [{ start: 300, max_lines: 10 }, 300, 309],
    [{ range: '40-80' }, 40, 80],
    [{ range: [40, 80] }, 40, 80],
    [{ view_range: '[40, 80]' }, 40, 80],
    [{ view_range: [40, -1] }, 40, LAST],
    [{ lines: 'L40-L80' }, 40, 80],
    [{ line_range: '40:80' }, 40, 80],
    [{ start: '40-80' }, 40, 80],
    [{ start: 1, end: 50, limit: 50 }, 1, 50],
  ])('%j are %i to %i', (asked, start, end) => {
    expect(prepared('read_file', { path: 'a', ...asked })).toEqual({ path: 'a', start, end });
  });

  it.each<[Args, RegExp]>([
    [{ lines: 40 }, /^lines: give the first line as start and the last one as end$/],
    [{ range: 'all' }, /^range: give the first line as start/],
    [{ range: [1, 2, 3] }, /^range: give the first line as start/],
    [{ range: '40-80', end: 90 }, /^range: give the first line as start/],
    [{ range: '40-80', end_line: 90 }, /the same argument: give only end/],
    [{ range: '40-80', start: 50 }, /the same argument: give only start/],
    [{ offset: 40, limit: 10, end: 90 }, /the same argument: give only end/],
    [{ limit: 'many' }, /^limit: it must be a whole number of lines$/],
    [{ limit: 0 }, /^limit: /],
    [{ limit: [] }, /^limit: /],
    [{ start: 'x', limit: 10 }, /^start: it must be a whole number/],
    [{ range: '80-40' }, /^end: it must not be less than start$/],
  ])('%j are refused', (asked, problem) => {
    expect(() => prepared('read_file', { path: 'a', ...asked })).toThrow(problem);
  });
});
