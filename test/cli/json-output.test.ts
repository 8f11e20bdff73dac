import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { JsonOutput } from '../../src/cli/json-output.ts';
import { settles } from '../support/settle.ts';

/** A reader that takes one line at a time, when it is told to. */
function slowReader() {
  const taken: string[] = [];
  let take: () => void = () => undefined;
  const stdout = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      take = () => {
        taken.push(String(chunk));
        done();
      };
    },
  });
  return { stdout, taken, take: () => take() };
}

const opening = { version: '1.2.3', session: 'x', workspace: '/repo', model: 'small:1b' };
const event = { type: 'malformed', problem: 'empty' } as const;

it('waits with each event until its reader has taken the one before', async () => {
  const { stdout, taken, take } = slowReader();
  const output = new JsonOutput({ format: 'stream-json', stdout, session: opening });
  const begun = output.begin(new AbortController().signal);
  expect(await settles(begun)).toBe(false);
  take();
  await begun;
  const shown = output.show(event);
  expect(await settles(shown)).toBe(false);
  take();
  await shown;
  expect(taken.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
    'session',
    'malformed',
  ]);
});

it('waits for nobody once the request is interrupted', async () => {
  const { stdout } = slowReader();
  const stop = new AbortController();
  const output = new JsonOutput({ format: 'stream-json', stdout, session: opening });
  const begun = output.begin(stop.signal);
  expect(await settles(begun)).toBe(false);
  stop.abort();
  expect(await settles(begun)).toBe(true);
  expect(await settles(output.show(event))).toBe(true);
});
