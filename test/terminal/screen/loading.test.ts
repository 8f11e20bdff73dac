/** What the row says from Enter on, until the first event of the request. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Screen } from '../../../src/terminal/screen/screen.ts';
import { takeHeld } from '../../support/held.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A screen of so many columns, and what is written on it while so many milliseconds pass. */
function begun({ columns = 80, showsStatus = true } = {}) {
  const output = Object.assign(new PassThrough(), { columns });
  const chalk = new Chalk({ level: 0 });
  const off = { streams: 'all' as const, showsCost: false };
  const screen = new Screen({ answers: output, progress: output, chalk, showsStatus, ...off });
  screen.begin();
  const after = (ms: number) => {
    vi.advanceTimersByTime(ms);
    return takeHeld(output).toString();
  };
  return { screen, after };
}

/** The row that was written last. */
const last = (text: string) => stripVTControlCharacters(text).split('\r').findLast(Boolean);

it('a request shows that the model is loading, and for how long, until its first event', async () => {
  const { screen, after } = begun();
  expect(last(after(100))).toMatch(/^\S loading the model… · 0 s$/);
  expect(last(after(7_000))).toMatch(/^\S loading the model… · 7 s$/);
  await screen.show({
    type: 'model_start',
    promptChars: 10_000,
    promptTokens: 4_000,
    newTokens: 1_250,
  });
  expect(last(after(2_000))).toMatch(
    /^\S reading the prompt · 2 s · ~1\.3k of ~4\.0k tokens are new$/,
  );
});

it('a server that tells how far it is has its numbers shown, and its time runs on', async () => {
  const { screen, after } = begun();
  await screen.show({ type: 'prompt_ahead', promptTokens: 900, newTokens: 900 });
  expect(last(after(2_000))).toMatch(/^\S reading the prompt · 2 s · ~900 tokens$/);
  await screen.show({ type: 'prompt_progress', evaluated: 512, total: 873 });
  expect(last(after(1_000))).toMatch(/^\S reading the prompt · 3 s · 512 of 873 tokens$/);
});

it.each([12, 24, 30])('the row fits %i columns', (columns) => {
  const row = last(begun({ columns }).after(3_000)) ?? '';
  expect(row).toMatch(/^\S loading/);
  expect(row.length).toBeLessThan(columns);
});

it('a request that is interrupted before its first event leaves no row behind', async () => {
  const { screen, after } = begun();
  after(1_000);
  await screen.show({ type: 'final', reason: 'interrupted', text: 'Interrupted.' });
  expect(after(5_000)).toBe('\r\u001b[KInterrupted.\n');
});

it('a message, such as a failure, removes the row for good', () => {
  const { screen, after } = begun();
  after(1_000);
  screen.clear();
  expect(after(5_000)).toBe('\r\u001b[K');
});

it('there is no row where it could not be erased', () => {
  expect(begun({ showsStatus: false }).after(60_000)).toBe('');
});
