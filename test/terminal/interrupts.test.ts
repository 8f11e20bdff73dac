import { once } from 'node:events';
import { expect, it } from 'vitest';
import { Interrupts } from '../../src/terminal/interrupts.ts';

/** Runs until its signal aborts. */
async function untilAborted(signal: AbortSignal): Promise<string> {
  if (!signal.aborted) await once(signal, 'abort');
  return 'stopped';
}

it('stops the running request, and not the next one', async () => {
  const interrupts = new Interrupts();
  expect(interrupts.stopRequest()).toBe(false);
  const running = interrupts.during(untilAborted);
  expect(interrupts.stopRequest()).toBe(true);
  expect(await running).toBe('stopped');
  expect(interrupts.stopRequest()).toBe(false);
  expect(await interrupts.during(async (signal) => signal.aborted)).toBe(false);
  expect(interrupts.leaving.aborted).toBe(false);
});

it('stops what runs within a request, and then the request itself', async () => {
  const interrupts = new Interrupts();
  let inner: Promise<string> | undefined;
  const running = interrupts.during(async (signal) => {
    await (inner = interrupts.during(untilAborted));
    expect(signal.aborted).toBe(false);
    return untilAborted(signal);
  });
  interrupts.stopRequest();
  expect(await inner).toBe('stopped');
  await Promise.resolve();
  interrupts.stopRequest();
  expect(await running).toBe('stopped');
  expect(interrupts.stopRequest()).toBe(false);
});

it('forgets a request that failed', async () => {
  const interrupts = new Interrupts();
  await expect(interrupts.during(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
  expect(interrupts.stopRequest()).toBe(false);
});

it('stops everything when the program should end, and knows the exit code', async () => {
  const interrupts = new Interrupts();
  expect(interrupts.exitCode).toBe(0);
  const running = interrupts.during(untilAborted);
  interrupts.leave(143);
  expect(await running).toBe('stopped');
  expect(interrupts.leaving.aborted).toBe(true);
  expect(interrupts.exitCode).toBe(143);
});
