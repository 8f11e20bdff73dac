/** Picks how lines are read: with line editing in a terminal, or from a pipe. */
import type { Writable } from 'node:stream';
import { PipedInput } from './piped-input.ts';
import { TerminalInput } from './terminal-input.ts';
import type { LineInput, TerminalInputOptions } from './line-input.ts';

/** Where lines come from. */
interface LineInputOptions extends TerminalInputOptions {
  /** Where prompts and the echo of keys go. */
  output: Writable;
  isTerminal: boolean;
}

/** Reads from a terminal with line editing, or piped lines. */
export function openLineInput({ isTerminal, ...options }: LineInputOptions): LineInput {
  return isTerminal ? new TerminalInput(options) : new PipedInput(options);
}
