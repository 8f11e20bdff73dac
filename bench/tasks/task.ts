/** What a task is: a small repository, a request, and what shows that it is solved. */

/** The kinds of tasks, in the order of the table. */
export const KINDS = ['find', 'read', 'create', 'edit', 'fix', 'run'] as const;
/** One of them. */
export type Kind = (typeof KINDS)[number];

/** Text files by their paths, with `/`. */
export type Files = Readonly<Record<string, string>>;

/** What must be so at the end. Files that it does not name must be as they were, and no others there. */
export interface Expectation {
  /** Each must be in the answer. */
  answer?: readonly RegExp[];
  /** None may be in the answer: an answer that names everything has found nothing. */
  notInAnswer?: readonly RegExp[];
  /**
   * What a file must hold: a text, which is compared without whitespace at the ends of lines and of the
   * file, or patterns that must all match.
   */
  files?: Readonly<Record<string, string | readonly RegExp[]>>;
  /** More files that may be changed, created or removed. */
  mayChange?: readonly string[];
  /** A shell command that must exit with 0. */
  succeeds?: string;
}

/** One task. */
export interface Task {
  /** Unique among all tasks: words with hyphens. */
  name: string;
  kind: Kind;
  request: string;
  files: Files;
  expected: Expectation;
  /** Replies that solve it, for the test that no task is broken. A model is not shown them. */
  solution: readonly string[];
}

/** A reply that calls a tool. */
export function call(name: string, args: Readonly<Record<string, unknown>>): string {
  return `<tool>${JSON.stringify({ name, args })}</tool>`;
}

/** A reply that answers. */
export function final(text: string): string {
  return `<final>${text}</final>`;
}

/** Replies that read a file and replace a text in it, once. */
export function patch(path: string, old_text: string, new_text: string): string[] {
  return [call('read_file', { path }), call('patch_file', { path, old_text, new_text })];
}

/** Replies that run a command. */
export function shell(command: string): string {
  return call('run_shell', { command });
}

/**
 * One of these files, with every `from` in it replaced.
 * @throws Error where it has none: the task would be another one than it says
 */
export function replaced(files: Files, path: string, from: string, to: string): Files {
  const text = files[path] ?? '';
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { [path]: text.replaceAll(from, () => to) };
}
