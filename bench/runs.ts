/** Runs of the bench: both programs in turns, and what earlier runs have measured. */
import fs from 'node:fs';
import os from 'node:os';
import * as z from 'zod';
import type { Program } from './programs.ts';
import { joined, type Samples } from './samples.ts';
import { modules } from './script.ts';
import { measureLong, measureShort } from './session.ts';
import { measureStart } from './start.ts';
import { comparison } from './table.ts';
import { makeRepository } from './tasks/repository.ts';

/** What one program did in a run. */
const measuredSchema = z.object({
  runtime: z.string(),
  samples: z.record(z.string(), z.array(z.number())),
});

const runSchema = z.object({
  /** When it began, such as `2026-11-05`. */
  day: z.string(),
  machine: z.string(),
  /** How often each row was measured. */
  times: z.number(),
  /** This program, and the original where it was there. */
  programs: z.tuple([measuredSchema]).rest(measuredSchema),
});

/** One run of the bench. */
export type Run = z.infer<typeof runSchema>;

/**
 * Measures each program so often, after a warm-up. They take turns, and who is first changes: a
 * change of the machine's speed affects both.
 * @param note is told how far it is
 */
export async function measureRun(
  programs: readonly [Program, ...Program[]],
  times: number,
  note: (text: string) => void,
): Promise<Run> {
  const day = new Date().toISOString().slice(0, 10);
  const samples = new Map<Program, Samples>(programs.map((program) => [program, {}]));
  for (let time = 0; time <= times; time++) {
    note(time === 0 ? 'warm-up' : `${time} of ${times}`);
    for (const program of time % 2 === 0 ? programs : programs.toReversed()) {
      const measured = await measureOnce(program);
      if (time === 0) continue;
      samples.set(program, joined(samples.get(program) ?? {}, measured));
    }
  }
  const cpus = os.cpus();
  const machine = `${cpus.length} cores (${cpus[0]?.model.trim() ?? 'unknown'})`;
  const [first, ...others] = programs.map((program) => {
    const all = joined(samples.get(program) ?? {});
    return { runtime: program.runtime, samples: all as Record<string, number[]> };
  });
  if (!first) throw new Error('there is no program');
  return { day, machine, times, programs: [first, ...others] };
}

async function measureOnce(program: Program): Promise<Samples> {
  const root = makeRepository(modules());
  try {
    const start = await measureStart(program, root);
    return joined(start, await measureShort(program), await measureLong(program));
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** The runs in a file, one a line; none where there is no file. @throws Error where a line is none */
export function readRuns(file: string): Run[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => runSchema.parse(JSON.parse(line)));
}

/** Adds a run to a file. */
export function keepRun(file: string, run: Run): void {
  fs.appendFileSync(file, `${JSON.stringify(run)}\n`);
}

/** The table of all runs together, and a line that says what they were. */
export function tableOfRuns(runs: readonly Run[]): string {
  const ours = joined(...runs.map(({ programs: [first] }) => first.samples));
  const others = runs.flatMap(({ programs: [, second] }) => (second ? [second.samples] : []));
  const table = comparison(ours, others.length > 0 ? joined(...others) : undefined);
  const each = (name: (run: Run) => string | string[]) =>
    [...new Set(runs.flatMap(name))].join(', ');
  const times = runs.reduce((sum, run) => sum + run.times, 0);
  const when = `${runs.length === 1 ? 'one run' : `${runs.length} runs`} of ${each(({ day }) => day)}`;
  const where = each(({ machine, programs }) => [
    ...programs.map(({ runtime }) => runtime),
    machine,
  ]);
  return `${table}\n\nMedians of ${times}, and where half of all lie, in ${when}: ${where}.`;
}
