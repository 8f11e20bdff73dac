/** The slash commands of the REPL. */
import type { ContextReport } from '../events.ts';
import { renderMemory } from '../session/memory.ts';
import type { Session } from '../session/session.ts';
import { renderContext } from './context-report.ts';
import { escapeForTerminal, escapeLine } from './escape.ts';

/** What commands may do to the conversation. */
export interface Commandable {
  readonly session: Session;
  reset(): void;
  /** Returns the characters saved. */
  compact(): number;
  reportContext(): ContextReport;
}

interface Command {
  names: readonly string[];
  summary: string;
  /** Returns what to print, or `leave`. */
  run(conversation: Commandable): string | typeof LEAVE;
}

export const LEAVE = Symbol('leave');

const COMMANDS: readonly Command[] = [
  { names: ['/help'], summary: 'list the commands', run: () => help() },
  {
    names: ['/memory'],
    summary: 'print the working memory: task, files, notes',
    run: ({ session }) => escapeForTerminal(renderMemory(session.state.memory)),
  },
  {
    names: ['/session'],
    summary: "print the path of this session's file",
    run: ({ session }) => escapeLine(session.path),
  },
  {
    names: ['/context'],
    summary: 'show how the context window is filled and reused',
    run: (conversation) => renderContext(conversation.reportContext()),
  },
  {
    names: ['/compact'],
    summary: 'shorten the older half of the transcript',
    run: (conversation) => {
      const saved = conversation.compact();
      return saved > 0
        ? `The transcript is ${saved} characters shorter; the newest entries are whole.`
        : 'There is nothing to shorten.';
    },
  },
  {
    names: ['/reset'],
    summary: 'clear transcript and memory and go on',
    run: (conversation) => {
      conversation.reset();
      return 'Transcript and memory are cleared; the file keeps the old records.';
    },
  },
  { names: ['/exit', '/quit'], summary: 'leave', run: () => LEAVE },
];

/** Runs a line that begins with a slash. An unknown command is answered, never sent to the model. */
export function runCommand(line: string, conversation: Commandable): string | typeof LEAVE {
  const [name = ''] = line.split(/\s+/);
  const command = COMMANDS.find(({ names }) => names.includes(name.toLowerCase()));
  if (command) return command.run(conversation);
  return `There is no command ${escapeLine(name)}. The commands are:\n${help()}`;
}

function help(): string {
  return COMMANDS.map(({ names, summary }) => `  ${names.join(', ').padEnd(14)}${summary}`).join(
    '\n',
  );
}
