/** The slash commands of the REPL. */
import type { ChalkInstance } from 'chalk';
import { closest, distance } from 'fastest-levenshtein';
import type { ContextReport } from '../events.ts';
import { renderMemory } from '../session/memory.ts';
import type { Session } from '../session/session.ts';
import { renderContext } from './context-report.ts';
import { escapeForTerminal, escapeLine } from './escape.ts';
import { changeModel, listModels, type Models, type ModelUser } from './model-command.ts';

/** What commands may do to the conversation. */
export interface Commandable extends ModelUser {
  readonly session: Session;
  reset(): void;
  /** Returns the characters saved. */
  compact(): number;
  reportContext(): ContextReport;
}

/** What a command works with. */
export interface CommandContext {
  conversation: Commandable;
  models: Models;
  chalk: ChalkInstance;
  /** Columns of the terminal, undefined where there is none. */
  columns: number | undefined;
  /** Puts a question of one line; undefined when nobody answers. */
  ask(prompt: string): Promise<string | undefined>;
  /** Aborts when the person interrupts the command. */
  signal: AbortSignal;
}

/** Text to print, safe for the terminal; or that the person leaves. */
export type CommandAnswer = string | typeof LEAVE;

interface Command {
  names: readonly string[];
  /** What may stand behind the name: `[name]`. */
  argument?: string;
  summary: string;
  /** @param argument what stands behind the name, trimmed; empty for nothing */
  run(context: CommandContext, argument: string): CommandAnswer | Promise<CommandAnswer>;
}

export const LEAVE = Symbol('leave');

/** In the groups that `/help` shows. */
const GROUPS: Readonly<Record<string, readonly Command[]>> = {
  Conversation: [
    {
      names: ['/memory'],
      summary: 'print the working memory: task, files, notes',
      run: ({ conversation }) => escapeForTerminal(renderMemory(conversation.session.state.memory)),
    },
    {
      names: ['/context'],
      summary: 'show how the context window is filled and reused',
      run: ({ conversation }) => renderContext(conversation.reportContext()),
    },
    {
      names: ['/compact'],
      summary: 'shorten the older half of the transcript',
      run: ({ conversation }) => {
        const saved = conversation.compact();
        return saved > 0
          ? `The transcript is ${saved} characters shorter; the newest entries are whole.`
          : 'There is nothing to shorten.';
      },
    },
    {
      names: ['/model'],
      argument: '[name]',
      summary: 'list the models of the server, or go on with another one',
      run: ({ conversation, models, signal }, name) =>
        name === ''
          ? listModels(conversation, models, signal)
          : changeModel(conversation, models, name, signal),
    },
    {
      names: ['/reset', '/clear'],
      summary: 'clear transcript and memory and go on',
      run: ({ conversation }) => {
        conversation.reset();
        return 'Transcript and memory are cleared; the file keeps the old records.';
      },
    },
  ],
  Sessions: [
    {
      names: ['/session'],
      summary: "print the path of this session's file",
      run: ({ conversation }) => escapeLine(conversation.session.path),
    },
  ],
  Program: [
    { names: ['/help'], summary: 'list the commands', run: () => help() },
    { names: ['/exit', '/quit'], summary: 'leave', run: () => LEAVE },
  ],
};

const COMMANDS: readonly Command[] = Object.values(GROUPS).flat();

/** The names of all commands, for completion. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.flatMap(({ names }) => names);

/**
 * Runs a line that begins with a slash. An unknown command is answered with the nearest one, never
 * sent to the model.
 */
export async function runCommand(line: string, context: CommandContext): Promise<CommandAnswer> {
  const [, name = '', argument = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const command = COMMANDS.find(({ names }) => names.includes(name.toLowerCase()));
  if (command) return command.run(context, argument.trim());
  return `There is no command ${escapeLine(name)}. ${suggestion(name.toLowerCase())}`;
}

/** Typing errors are near; a word that is half another one is none. */
function suggestion(name: string): string {
  const nearest = closest(name, [...COMMAND_NAMES]);
  const isNear = distance(name, nearest) <= 2;
  return isNear ? `Did you mean ${nearest}?` : '/help lists the commands.';
}

function help(): string {
  const usage = ({ names, argument }: Command) =>
    [names.join(', '), ...(argument === undefined ? [] : [argument])].join(' ');
  const width = Math.max(...COMMANDS.map((command) => usage(command).length)) + 2;
  const rows = (commands: readonly Command[]) =>
    commands.map((command) => `  ${usage(command).padEnd(width)}${command.summary}`);
  return Object.entries(GROUPS)
    .map(([title, commands]) => [title, ...rows(commands)].join('\n'))
    .join('\n\n');
}
