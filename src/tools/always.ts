/** What a person always allows: a tool, one exact command, or every command with a beginning. */
import type { Tool } from './tool.ts';
import { beginningOf, beginsWith } from './shell/beginning.ts';

/** What is always allowed after a yes: the same call, or all with the beginning that was offered. */
export type Always = 'same' | 'beginning';

/** A rule: calls that it covers are not asked about. */
export interface AlwaysRule {
  /** The tool's name. */
  tool: string;
  /** That command and no other, since nobody can tell what another one does. */
  command?: string;
  /** Every command of plain words that begins with these; names follow. */
  beginning?: readonly string[];
}

/** What a rule tells of a call. */
type Ruled = Pick<Tool, 'name' | 'command'>;

type Args = Readonly<Record<string, unknown>>;

/** The rule that a person makes at the question about a call. */
export function ruleFor(
  { name: tool, command: arg }: Ruled,
  args: Args,
  always: Always,
): AlwaysRule {
  if (arg === undefined) return { tool };
  const command = String(args[arg]);
  const beginning = always === 'beginning' ? beginningOf(command) : undefined;
  return beginning ? { tool, beginning } : { tool, command };
}

/** Whether a rule covers a call. */
export function covers(
  { tool, command, beginning }: AlwaysRule,
  ruled: Ruled,
  args: Args,
): boolean {
  const call = ruleFor(ruled, args, 'same');
  if (tool !== call.tool) return false;
  if (beginning === undefined) return command === call.command;
  return call.command !== undefined && beginsWith(call.command, beginning);
}

/** A beginning as a person is shown it: `npm test …`. */
export function shownBeginning(beginning: readonly string[]): string {
  return `${beginning.join(' ')} …`;
}

/** The beginning of a command that a person is offered to allow, as it is shown; often none. */
export function offeredBeginning(command: string | undefined): string | undefined {
  const beginning = command === undefined ? undefined : beginningOf(command);
  return beginning && shownBeginning(beginning);
}

/** A rule as a person is shown it: `run_shell: npm test …`. Nothing in it is escaped yet. */
export function shownRule({ tool, command, beginning }: AlwaysRule): string {
  const what = beginning ? shownBeginning(beginning) : command;
  return what === undefined ? tool : `${tool}: ${what}`;
}
