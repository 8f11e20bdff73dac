/** What happens by itself, without an event from outside. */

/** Lets everything run as far as it can, which takes no more than so many turns of the event loop. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether a promise settles without anything else happening. */
export async function settles(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => (isSettled = true));
  await settle();
  return isSettled;
}
