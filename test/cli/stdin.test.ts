import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readPiped } from '../../src/cli/stdin.ts';

/** A pipe that somebody holds open. */
function pipe(): NodeJS.ReadStream & PassThrough {
  return new PassThrough() as unknown as NodeJS.ReadStream & PassThrough;
}

it('a silent pipe is reported once, and still read to its end', async () => {
  const stdin = pipe();
  let times = 0;
  let read: Promise<string | undefined> | undefined;
  await new Promise<void>((resolve) => {
    read = readPiped(
      stdin,
      () => {
        times++;
        resolve();
      },
      0,
    );
  });
  stdin.end('Late.');
  expect(await read).toBe('Late.');
  expect(times).toBe(1);
});

it('a pipe that has ended is not reported', async () => {
  const stdin = pipe();
  stdin.end('All.');
  const fail = () => expect.unreachable();
  expect(await readPiped(stdin, fail, 10_000)).toBe('All.');
});
