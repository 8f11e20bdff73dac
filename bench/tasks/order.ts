/** The order in which tasks are done. */
import { KINDS, type Task } from './task.ts';

/**
 * The tasks in a repeatable order in which kinds take turns, so that the first ones are of all kinds.
 * @param below gives a whole number below another
 */
export function inTurns(tasks: readonly Task[], below: (limit: number) => number): Task[] {
  const queues = KINDS.map((kind) =>
    shuffled(
      tasks.filter((task) => task.kind === kind),
      below,
    ),
  );
  const longest = Math.max(...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    queues.flatMap((queue) => queue[at] ?? []),
  ).flat();
}

function shuffled(tasks: readonly Task[], below: (limit: number) => number): Task[] {
  const rest = [...tasks];
  return tasks.flatMap(() => rest.splice(below(rest.length), 1));
}
