/** What a person sees of a command while it runs. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runToEnd } from '../../../src/tools/shell/process-group.ts';
import { SH, shellCommand } from '../../../src/tools/shell/shell.ts';
import { never, temporaryFolder } from '../../support/workspace.ts';

/** Runs a command until its tail is this, or it ends. Returns all tails. */
async function tailsOf(script: string, last?: string): Promise<string[]> {
  const tails: string[] = [];
  const stop = new AbortController();
  const onTail = (text: string) => {
    tails.push(text);
    if (text === last) stop.abort();
  };
  const options = { cwd: temporaryFolder(), timeoutMs: 60_000, signal: stop.signal, onTail };
  await runToEnd(shellCommand(SH, script, process.env), options);
  return tails;
}

it('is its last five lines of both streams, in their order, without blank ones', async () => {
  const script =
    'for i in 1 2 3 4 5; do echo $i; done; sleep 0.05; echo; echo err >&2; exec sleep 60';
  const last = '2\n3\n4\n5\nerr';
  expect((await tailsOf(script, last)).at(-1)).toBe(last);
});

it('is what a progress bar shows now, without colours', async () => {
  const script = String.raw`echo first; printf '\033[32m10%%\033[0m\r'; printf '漢字 100%%'; exec sleep 60`;
  const last = 'first\n漢字 100%';
  const tails = await tailsOf(script, last);
  expect(tails.at(-1)).toBe(last);
});

it('of a command that prints very much comes a few times a second, and is short', async () => {
  const start = performance.now();
  const tails = await tailsOf(`yes "$(printf '%0200d' 1)" | head -c 100000000`);
  const tenths = (performance.now() - start) / 100;
  expect(tails.length).toBeLessThanOrEqual(tenths + 1);
  expect(Math.max(...tails.map((text) => text.length))).toBeLessThan(5 * 201 + 201);
});

it('of a line without end is its beginning', async () => {
  const script = `head -c 1000000 /dev/zero | tr '\\0' x; exec sleep 60`;
  const stop = new AbortController();
  let tail = '';
  const onTail = (text: string) => {
    tail = text;
    stop.abort();
  };
  const options = { cwd: temporaryFolder(), timeoutMs: 60_000, signal: stop.signal, onTail };
  await runToEnd(shellCommand(SH, script, process.env), options);
  expect(tail).toMatch(/^x{4000,8192}$/);
});

it('does not come any more when the command has ended', async () => {
  const tails: string[] = [];
  const onTail = (text: string) => void tails.push(text);
  const options = { cwd: temporaryFolder(), timeoutMs: 60_000, signal: never, onTail };
  await runToEnd(shellCommand(SH, 'echo done; sleep 0.3', process.env), options);
  const { length } = tails;
  await delay(300); // nothing tells that nothing comes: it would have come by then
  expect(tails).toHaveLength(length);
});
