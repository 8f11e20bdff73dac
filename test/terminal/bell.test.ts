import { expect, it } from 'vitest';
import { Bell } from '../../src/terminal/bell.ts';
import { Interrupts } from '../../src/terminal/interrupts.ts';

/** A bell on a clock that is set by hand, and what runs under it. */
function bellAt() {
  const clock = { seconds: 0 };
  let rung = 0;
  const bell = new Bell(
    () => rung++,
    () => clock.seconds * 1000,
  );
  const interrupts = new Interrupts(bell);
  const pass = (seconds: number) => Promise.resolve(void (clock.seconds += seconds));
  return { bell, interrupts, pass, rung: () => rung };
}

it('rings when what took more than 20 seconds ends, and when it fails', async () => {
  const { interrupts, pass, rung } = bellAt();
  await interrupts.during(() => pass(20));
  expect(rung()).toBe(0);
  await interrupts.during(() => pass(21));
  expect(rung()).toBe(1);
  const failing = interrupts.during(async () => {
    await pass(21);
    throw new Error('lost');
  });
  await expect(failing).rejects.toThrow('lost');
  expect(rung()).toBe(2);
});

it('rings for a question, and then counts from its answer', async () => {
  const { bell, interrupts, pass, rung } = bellAt();
  await interrupts.during(async () => {
    await pass(21);
    const answer = bell.ask(() => pass(60)); // the person takes their time
    expect(rung()).toBe(1);
    await answer;
    await pass(19);
    await bell.ask(() => pass(1));
  });
  expect(rung()).toBe(1);
});

it('does not ring for whoever stops it, and not for the time between requests', async () => {
  const { interrupts, pass, rung } = bellAt();
  await interrupts.during(async () => {
    await pass(21);
    interrupts.stopRequest();
  });
  await pass(100);
  await interrupts.during(() => pass(1));
  expect(rung()).toBe(0);
});
