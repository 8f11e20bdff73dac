/** Whether a task is solved: looks at the files, at the answer, and at what must be as it was. */
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { runToEnd } from '../../src/tools/shell/process-group.ts';
import { endingOf } from '../../src/tools/run-shell.ts';
import { runConfined, type Sandbox } from '../../src/tools/shell/sandbox.ts';
import { SH, shellCommand } from '../../src/tools/shell/shell.ts';
import { filesBelow } from './repository.ts';
import type { Expectation, Files, Task } from './task.ts';

/** What came of a task. */
export interface Outcome {
  root: string;
  /** Empty where there is none. */
  answer: string;
  /** Where the code of the task is run to see whether it works. */
  sandbox?: Sandbox | undefined;
}

/** How long the command of a check may take, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** What is not as it must be, one clause each: the task is solved where there is nothing. */
export async function problemsOf(
  { files, expected }: Pick<Task, 'files' | 'expected'>,
  { root, answer, sandbox }: Outcome,
): Promise<string[]> {
  const problems = [
    ...problemsOfAnswer(expected, answer),
    ...problemsOfFiles(files, expected, filesBelow(root)),
  ];
  const { succeeds } = expected;
  // Only now: it may leave files behind.
  if (problems.length > 0 || succeeds === undefined) return problems;
  const command = shellCommand(SH, succeeds, childEnvironment(process.env));
  const options = { cwd: root, timeoutMs: TIMEOUT_MS, signal: new AbortController().signal };
  const ended = sandbox
    ? (await runConfined(sandbox, command, options)).ended
    : await runToEnd(command, options);
  const [code] = ended.how;
  return code === 0 ? [] : [`the check ends with ${endingOf(ended)}`];
}

function problemsOfAnswer({ answer: facts = [], notInAnswer = [] }: Expectation, answer: string) {
  return [
    ...facts.filter((fact) => !fact.test(answer)).map((fact) => `the answer has no ${fact.source}`),
    ...notInAnswer
      .filter((wrong) => wrong.test(answer))
      .map((wrong) => `the answer has ${wrong.source}`),
  ];
}

function problemsOfFiles(
  before: Files,
  { files = {}, mayChange = [] }: Expectation,
  now: ReadonlyMap<string, string>,
): string[] {
  const wrong = Object.entries(files).flatMap(([name, wanted]) => {
    const text = now.get(name);
    if (text === undefined) return [`${name} is missing`];
    return holds(text, wanted) ? [] : [`${name} does not hold what it must`];
  });
  const free = new Set([...Object.keys(files), ...mayChange]);
  const others = [...new Set([...Object.keys(before), ...now.keys()])].filter(
    (name) => !free.has(name) && now.get(name) !== before[name],
  );
  return [...wrong, ...others.map((name) => `${name} is not as it was`)];
}

function holds(text: string, wanted: string | readonly RegExp[]): boolean {
  if (typeof wanted === 'string') return trimmed(text) === trimmed(wanted);
  return wanted.every((pattern) => pattern.test(text));
}

/** Without whitespace at the ends of lines and of the text. */
function trimmed(text: string): string {
  return text.replace(/[ \t\r]+$/gm, '').trimEnd();
}
