/**
 * `npm run bench:tasks -- --model NAME`: how many small tasks a model solves, and at what cost.
 * docs/models.md explains the flags and the table. Stopped with Ctrl-C it still prints the table, and
 * with `--json FILE` the next run goes on where it stopped.
 */
import { DEFAULT_MAX_STEPS } from '../src/agent/defaults.ts';
import { ollama } from '../src/model/ollama/ollama.ts';
import { ModelError } from '../src/model/model-error.ts';
import { SandboxError } from '../src/tools/shell/sandbox.ts';
import { orAfter } from '../src/util/or-after.ts';
import { chanceOf } from '../test/support/random.ts';
import { first, second, tasks } from './tasks/index.ts';
import { startMeter } from './tasks/meter.ts';
import { OptionError, readOptions, type RunOptions } from './tasks/options.ts';
import { inTurns } from './tasks/order.ts';
import { keepResult, readResults, type RunName } from './tasks/results.ts';
import { lineOf, tableOfKinds, tableOfRuns } from './tasks/report.ts';
import { nameOf, runTasks } from './tasks/run.ts';

try {
  await main(readOptions(process.argv.slice(2), DEFAULT_MAX_STEPS));
} catch (error) {
  const isExpected = [OptionError, ModelError, SandboxError].some((type) => error instanceof type);
  if (!isExpected || !(error instanceof Error)) throw error;
  console.error(error.message);
  if (error instanceof SandboxError) {
    console.error('In a container or a machine for it alone, --unconfined does without.');
  }
  process.exitCode = 1;
}

async function main(options: RunOptions): Promise<void> {
  const { kinds, half, seed, limit, json, host, model, totalMs } = options;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const signal = orAfter(totalMs, stop.signal);
  const { model: name, who } = nameOf(options);
  const earlier = json === undefined ? [] : readResults(json);
  const isThis = (each: RunName) => each.model === name && each.who === who;
  const results = earlier.filter(isThis);
  const others = earlier.filter((each) => !isThis(each));
  const done = new Set(results.map(({ task }) => task));
  const asked = (half === undefined ? tasks : { first, second }[half]).filter(({ kind }) =>
    kinds.includes(kind),
  );
  const chosen = inTurns(asked, chanceOf(seed).below).slice(0, limit);
  const left = chosen.filter((task) => !done.has(task.name));
  console.log(`${name}, ${who}: ${left.length} of ${chosen.length} tasks to do\n`);

  const meter = await startMeter(host, seed);
  try {
    await ollama(model, { host }).contextLength(signal); // fails where there is no such model
    for await (const result of runTasks(left, options, meter, signal)) {
      console.log(lineOf(result));
      results.push(result);
      if (json !== undefined) keepResult(json, result);
    }
  } finally {
    await meter.close();
  }
  if (stop.signal.aborted) process.exitCode = 130;
  if (results.length === 0) return;
  console.log(`\n${tableOfKinds(results)}\n\n${tableOfRuns([...others, ...results])}`);
}
