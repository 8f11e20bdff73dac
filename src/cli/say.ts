/** Messages without a terminal of ours. */
import { escapeForTerminal } from '../terminal/text/escape.ts';

/** Writes a message to stderr, when there is no terminal yet or any more. */
export function say(message: string): void {
  process.stderr.write(`mini-coding-agent: ${escapeForTerminal(message)}\n`);
}
