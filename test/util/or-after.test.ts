import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, it } from 'vitest';
import { orAfter } from '../../src/util/or-after.ts';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

it('a signal aborts after its time, whatever is collected as garbage until then', async () => {
  const signal = orAfter(20, new AbortController().signal);
  const aborted = once(signal, 'abort');
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await nextTurn();
  }
  await aborted;
});

it('a signal aborts before its time with the other one, for the same reason', () => {
  const stop = new AbortController();
  const signal = orAfter(60_000, stop.signal);
  expect(signal.aborted).toBe(false);
  stop.abort('enough');
  expect(signal.reason).toBe('enough');
});
