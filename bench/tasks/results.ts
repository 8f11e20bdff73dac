/** Results of tasks, kept as lines of a file, so that a run can go on. */
import fs from 'node:fs';
import * as z from 'zod';
import { OptionError } from './options.ts';
import { KINDS } from './task.ts';

const resultSchema = z.object({
  task: z.string(),
  kind: z.enum(KINDS),
  model: z.string(),
  /** `all parts`, what was left out, or `the original`. */
  who: z.string(),
  solved: z.boolean(),
  /** Why it is not solved. */
  problems: z.array(z.string()),
  /** `answer`, or why there is none. */
  end: z.string(),
  validCalls: z.number(),
  calls: z.number(),
  sent: z.number(),
  evaluated: z.number(),
  generated: z.number(),
  seconds: z.number(),
});

/** What came of one task. */
export type Result = z.infer<typeof resultSchema>;

/** What the results of a run have in common. */
export type RunName = Pick<Result, 'model' | 'who'>;

/** The results in a file; none where it is not there yet. @throws OptionError for a file of another form */
export function readResults(file: string): Result[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line, index) => {
    try {
      return resultSchema.parse(JSON.parse(line));
    } catch {
      throw new OptionError(`${file} has something else than results in line ${index + 1}.`);
    }
  });
}

/** Adds a result to a file. */
export function keepResult(file: string, result: Result): void {
  fs.appendFileSync(file, `${JSON.stringify(result)}\n`);
}
