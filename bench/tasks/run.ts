/** Runs one task after the other and tells each result as it comes. */
import fs from 'node:fs';
import { isOpenai, parseHost } from '../../src/model/http/host.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { OLLAMA_DEFAULTS } from '../../src/model/ollama/defaults.ts';
import { ollama } from '../../src/model/ollama/ollama.ts';
import { openai } from '../../src/model/openai/openai.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { openSandbox } from '../../src/tools/shell/sandbox.ts';
import { orAfter } from '../../src/util/or-after.ts';
import { problemsOf } from './check.ts';
import type { Meter } from './meter.ts';
import type { RunOptions } from './options.ts';
import { playOriginal } from './original.ts';
import { builtWithout } from './parts.ts';
import { play, type Play, type Played } from './play.ts';
import { makeRepository } from './repository.ts';
import type { Result, RunName } from './results.ts';
import type { Task } from './task.ts';

/** Who does the tasks, as the table says. */
export function nameOf({ model, without, original, think }: RunOptions): RunName {
  if (original !== undefined) return { model, who: 'the original' };
  const parts = without.length > 0 ? `without ${without.join(', ')}` : 'all parts';
  return { model, who: think === 'off' ? parts : `${parts}, think ${think}` };
}

/**
 * Runs these tasks. One that `signal` ends has no result.
 * @throws SandboxError where there is no sandbox, and no leave to do without; ModelError where the
 *   server cannot be reached
 */
export async function* runTasks(
  tasks: readonly Task[],
  options: RunOptions,
  meter: Meter,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  for (const task of tasks) {
    if (signal.aborted) return;
    const root = makeRepository(task.files);
    try {
      const result = await runTask({ task, root, options, meter, signal });
      if (meter.failure !== undefined) {
        const message = `${options.host} cannot be reached: ${meter.failure}`;
        throw new ModelError('unreachable', message);
      }
      if (signal.aborted) return;
      yield result;
    } finally {
      fs.rmSync(root, { recursive: true, force: true });
    }
  }
}

interface OneRun {
  task: Task;
  root: string;
  options: RunOptions;
  meter: Meter;
  signal: AbortSignal;
}

async function runTask({ task, root, options, meter, signal }: OneRun): Promise<Result> {
  const { maxSteps, think, taskMs, unconfined } = options;
  const env = childEnvironment(process.env);
  const sandbox = unconfined ? undefined : await openSandbox({ root, env, network: false });
  const timed = orAfter(taskMs, signal);
  const start = performance.now();
  const { request } = task;
  const played = await playBy(options, meter, {
    root,
    request,
    maxSteps,
    think,
    sandbox,
    signal: timed,
  });
  const seconds = (performance.now() - start) / 1000;
  const { answer, end, validCalls } = played;
  const problems = await problemsOf(task, { root, answer, sandbox });
  return {
    ...nameOf(options),
    task: task.name,
    kind: task.kind,
    solved: problems.length === 0,
    problems,
    end: timed.aborted ? 'too slow' : end,
    validCalls,
    ...meter.take(),
    seconds,
  };
}

function playBy(options: RunOptions, meter: Meter, given: Play): Promise<Played> {
  const { model: name, without, original: file, numCtx, taskMs: timeoutMs } = options;
  const host = meter.url;
  if (file !== undefined) return playOriginal({ file, host, model: name, timeoutMs }, given);
  const modelOf = isOpenai(parseHost(host)) ? openai : ollama;
  const model = modelOf(name, { host, timeoutMs: Math.max(timeoutMs, OLLAMA_DEFAULTS.timeoutMs) });
  return play(builtWithout(without, model, numCtx), given);
}
