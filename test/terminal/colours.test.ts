import { Chalk, type ColorInfo } from 'chalk';
import { expect, it } from 'vitest';
import { chalkFor, requestLook } from '../../src/terminal/colours.ts';

const TERMINAL = { level: 3, hasBasic: true, has256: true, has16m: true } satisfies ColorInfo;
const PIPE = false;

it.each([
  ['a terminal has its colours', {}, TERMINAL, 3],
  ['a pipe has none', {}, PIPE, 0],
  [
    'NO_COLOR takes them, whatever else is set',
    { NO_COLOR: '1', CLICOLOR_FORCE: '1' },
    TERMINAL,
    0,
  ],
  ['an empty NO_COLOR is none', { NO_COLOR: '' }, TERMINAL, 3],
  ['CLICOLOR=0 takes them', { CLICOLOR: '0' }, TERMINAL, 0],
  ['CLICOLOR=1 is as without', { CLICOLOR: '1' }, PIPE, 0],
  ['CLICOLOR_FORCE gives a pipe some', { CLICOLOR_FORCE: '1' }, PIPE, 1],
  ['CLICOLOR_FORCE comes before CLICOLOR', { CLICOLOR_FORCE: '1', CLICOLOR: '0' }, TERMINAL, 3],
  ['CLICOLOR_FORCE=0 forces nothing', { CLICOLOR_FORCE: '0' }, PIPE, 0],
  [
    'FORCE_COLOR, which chalk has read, comes before both',
    { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' },
    PIPE,
    0,
  ],
] as [string, NodeJS.ProcessEnv, ColorInfo, number][])('%s', (_, env, supported, level) => {
  expect(chalkFor({ noColour: false, env, supported }).level).toBe(level);
});

it('--no-color comes before all of them', () => {
  const env = { FORCE_COLOR: '3', CLICOLOR_FORCE: '1' };
  expect(chalkFor({ noColour: true, env, supported: TERMINAL }).level).toBe(0);
});

it('a request has a colour, or in a terminal without any a rule that fits', () => {
  const [plain, colours] = [new Chalk({ level: 0 }), new Chalk({ level: 1 })];
  expect(requestLook(colours, { isTerminal: true }).paint('x')).not.toBe('x');
  expect(requestLook(colours, { isTerminal: true }).rule).toBe('');
  expect(requestLook(plain, { isTerminal: true, columns: 20 }).rule).toBe(`${'═'.repeat(20)}\n`);
  expect(requestLook(plain, { isTerminal: true, columns: 200 }).rule).toHaveLength(41);
  expect(requestLook(plain, { isTerminal: false }).rule).toBe('');
});
