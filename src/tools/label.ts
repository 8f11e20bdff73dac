/** How a person is shown a call: what it does and to what. Nothing in it is escaped yet. */
import { clipLine } from '../context/clip.ts';
import { argNamed } from '../reply/names.ts';
import type { ToolShape } from '../reply/reply.ts';
import { textOf } from './arguments.ts';

/** More than anyone reads in one line, and a bound on what a model may write. */
const LABEL_CHARS = 400;

/** The words for one call. */
export interface CallLabel {
  /** What it is doing, what it did, and what it failed to do. */
  verbs: readonly [running: string, done: string, failed: string];
  /** What it works on, in one line of at most 400 characters. */
  subject: string;
}

/** How a person is told of a call. */
export interface Wording<Args> {
  /** What it does while it runs, what it did, and what it did not do where it failed. */
  verbs: readonly [running: string, done: string, failed: string];
  /** What it does that to; without it, the first argument. */
  subject?(args: Partial<Args>): string;
  /** The units of its numbers: what follows them where an argument is shown. */
  units?: { readonly [Arg in keyof Args]?: string };
}

/** What a tool's label is made of. */
interface Labelled extends Pick<ToolShape, 'argNames' | 'aliases'> {
  readonly wording?: Wording<Record<string, unknown>> | undefined;
}

/** The label of a call to `tool`, or to a tool of this name that does not exist. */
export function labelOf(
  tool: Labelled | undefined,
  name: string,
  args: Readonly<Record<string, unknown>>,
): CallLabel {
  const shown = clipLine(name, LABEL_CHARS);
  const { verbs = [shown, shown, shown], subject } = tool?.wording ?? {};
  // A refused call still has the names that the model gave its arguments.
  const named = Object.fromEntries(
    Object.entries(args).map(([arg, value]) => [(tool && argNamed(arg, tool)) ?? arg, value]),
  );
  const [first = Object.keys(named)[0] ?? ''] = tool?.argNames ?? [];
  const text = subject?.(named) ?? textOf(named[first]);
  return { verbs, subject: clipLine(text, LABEL_CHARS) };
}
