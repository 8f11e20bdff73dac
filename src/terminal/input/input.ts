/** Lines from the person: typed in a terminal with line editing, or piped in. */
import type { Writable } from 'node:stream';
import { PipedInput } from './piped-input.ts';
import { TerminalInput } from './terminal-input.ts';
import type { LineInput, TerminalInputOptions } from './line-input.ts';

export interface LineInputOptions extends TerminalInputOptions {
  /** Where prompts and the echo of keys go. */
  output: Writable;
  isTerminal: boolean;
}

/** The lines of a terminal, or those that are piped in. */
export function openLineInput({ isTerminal, ...options }: LineInputOptions): LineInput {
  return isTerminal ? new TerminalInput(options) : new PipedInput(options);
}
