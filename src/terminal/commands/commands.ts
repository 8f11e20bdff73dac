/** The slash commands of the REPL. */
import { nearest } from '../../util/nearest.ts';
import { CHANGE_COMMANDS } from './change-commands.ts';
import { renderContext } from './context-report.ts';
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { listModels, switchModel } from './model-command.ts';
import { renderPrompt, SECTIONS } from './prompt-report.ts';
import { MODES, think } from './think-command.ts';
import { exportConversation, switchSession } from './session-commands.ts';
import { wrapLines } from '../text/spans.ts';
import { LEAVE, type Command, type CommandAnswer, type CommandContext } from './command.ts';

/** The commands in the groups that `/help` shows. */
const GROUPS: Readonly<Record<string, readonly Command[]>> = {
  Conversation: [
    {
      names: ['/memory'],
      summary: 'print the working memory: task, files, notes',
      run: ({ conversation }) => escapeForTerminal(conversation.memory),
    },
    {
      names: ['/context'],
      summary: 'show what fills the context window, and cache reuse',
      run: async ({ conversation: { agent }, columns, signal }) => {
        await agent.looked(signal);
        return renderContext(agent.reportContext(), columns);
      },
    },
    {
      names: ['/prompt'],
      argument: '[section]',
      completes: SECTIONS,
      summary: 'print what the next model call would send, by section',
      isVerbatim: true,
      run: async ({ conversation: { agent }, chalk, signal }, section) => {
        await agent.looked(signal);
        return renderPrompt(agent.reportPrompt(), section, chalk);
      },
    },
    {
      names: ['/compact'],
      summary: 'summarize the older half of the conversation',
      run: ({ conversation }) => {
        const saved = conversation.agent.compact();
        return saved > 0
          ? `Compacted: ${saved} characters saved; the newest turns are unchanged.`
          : 'Nothing to compact.';
      },
    },
    {
      names: ['/model'],
      argument: '[name]',
      completes: 'models',
      summary: 'list the models, or switch to another',
      run: ({ conversation, models, signal }, name) =>
        name === ''
          ? listModels(conversation, models, signal)
          : switchModel(conversation, models, name, signal),
    },
    {
      names: ['/think'],
      argument: '[mode]',
      completes: MODES,
      summary: 'show or switch thinking: off, on, low, medium, high',
      run: ({ conversation }, mode) => think(conversation.thinking, mode),
    },
    {
      names: ['/reset', '/clear'],
      summary: 'clear the conversation and its memory',
      run: ({ conversation }) => {
        conversation.agent.reset();
        return 'Conversation and memory cleared; the session file keeps the old records.';
      },
    },
  ],
  Changes: CHANGE_COMMANDS,
  Sessions: [
    {
      names: ['/session'],
      summary: "print the path of this session's file",
      run: ({ conversation }) => escapeLine(conversation.session.path),
    },
    {
      names: ['/sessions', '/resume'],
      argument: '[id]',
      completes: 'sessions',
      summary: 'pick an earlier session to resume',
      isVerbatim: true,
      run: switchSession,
    },
    {
      names: ['/export'],
      argument: 'FILE.html',
      summary: 'write the session as a page, or as FILE.md',
      run: exportConversation,
    },
  ],
  Program: [
    { names: ['/help'], summary: 'list the commands', run: ({ columns }) => help(columns) },
    { names: ['/exit', '/quit'], summary: 'quit', run: () => LEAVE },
  ],
};

const COMMANDS: readonly Command[] = Object.values(GROUPS).flat();

const COMMAND_NAMES: readonly string[] = COMMANDS.flatMap(({ names }) => names);

/** What Tab completes on a line that begins with a slash. */
export const COMPLETABLE_COMMANDS = COMMANDS.flatMap(({ names, completes }) =>
  names.map((name) => ({ name, completes })),
);

/**
 * Runs a line that begins with a slash. For an unknown command the answer suggests the nearest one;
 * nothing is sent to the model. @throws ModelError when a command needs the server and it fails
 */
export async function runCommand(line: string, context: CommandContext): Promise<CommandAnswer> {
  const [, name = '', argument = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const command = COMMANDS.find(({ names }) => names.includes(name.toLowerCase()));
  if (!command) return wrapped(unknown(name), context);
  // `/clear the cache in main.js` is a request, not a wish to lose the conversation.
  if (argument !== '' && command.argument === undefined) {
    return wrapped(`${name} takes no argument.`, context);
  }
  const answer = await command.run(context, argument.trim());
  return answer === LEAVE || command.isVerbatim ? answer : wrapped(answer, context);
}

function wrapped(answer: string, { columns = Infinity }: CommandContext): string {
  return wrapLines(answer, columns);
}

function unknown(name: string): string {
  return `Unknown command ${escapeLine(name)}. ${suggestion(name.toLowerCase())}`;
}

function suggestion(name: string): string {
  const meant = nearest(name, COMMAND_NAMES);
  return meant === undefined ? '/help lists the commands.' : `Did you mean ${meant}?`;
}

const OTHERWISE =
  'Anything else is a request. @path names a file; !command runs a command, and the model sees its ' +
  'output.';

/** With fewer columns left, summaries go below the commands. */
const MIN_SUMMARY = 30;

function help(columns = Infinity): string {
  const usage = ({ names, argument }: Command) =>
    [names.join(', '), ...(argument === undefined ? [] : [argument])].join(' ');
  const width = Math.max(...COMMANDS.map((command) => usage(command).length)) + 2;
  const isBeside = columns - width >= MIN_SUMMARY;
  const row = (command: Command) =>
    isBeside
      ? `  ${usage(command).padEnd(width)}${command.summary}`
      : `  ${usage(command)}\n      ${command.summary}`;
  const groups = Object.entries(GROUPS).map(([title, commands]) =>
    [title, ...commands.map(row)].join('\n'),
  );
  return [...groups, OTHERWISE].join('\n\n');
}
