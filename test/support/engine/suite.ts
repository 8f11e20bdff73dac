/** Tests with a real engine: skipped where there is none. */
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { absent, startEngine, type Engine, type EngineOptions } from './engine.ts';

/** Loading the model takes seconds, and on a busy machine more. */
const START_MS = 120_000;

/**
 * Waits until a slot is at work. The log does not tell: a prompt that is refused as too long is in it,
 * too. It asks rarely: while this server is asked more than once a second, it does not see that a
 * client has hung up.
 */
export async function untilAtWork(engine: Engine): Promise<void> {
  await vi.waitUntil(async () => (await engine.atWork()).includes(true), {
    interval: 1_500,
    timeout: START_MS,
  });
}

/**
 * A suite with a server of its own. Where there is no engine it is skipped, and its title says why.
 * @param tests are handed what returns the server once they run
 */
export function describeEngine(
  title: string,
  options: EngineOptions,
  tests: (engine: () => Engine) => void,
): void {
  describe.skipIf(absent)(absent ? `${title} (${absent})` : title, () => {
    let engine: Engine | undefined;
    beforeAll(async () => {
      engine = await startEngine(options);
    }, START_MS);
    afterAll(() => engine?.close());
    tests(() => {
      if (!engine) throw new Error('the engine has not been started');
      return engine;
    });
  });
}
