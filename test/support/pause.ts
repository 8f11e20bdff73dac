/** Something that a scripted server waits for, until a test ends it. */
export function pause(): { over: Promise<void>; goOn: () => void } {
  let goOn = () => {};
  const over = new Promise<void>((resolve) => (goOn = resolve));
  return { over, goOn: () => goOn() };
}
