import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { CacheStats, type ContextReport } from '../../../src/prompt/cache-stats.ts';
import { runCommand as run } from '../../../src/terminal/commands/commands.ts';
import { Session } from '../../../src/session/session.ts';
import { LEAVE, type Commandable } from '../../../src/terminal/commands/command.ts';

const report: ContextReport = {
  numCtx: 1_000,
  numPredict: 100,
  tokens: { system: 200, examples: 50, memory: 50, conversation: 100 },
  reuse: new CacheStats().reuse,
};

/** A conversation with one entry, of which a compaction saves so many characters. */
function conversation(saved = 0, memory = 'Memory: é') {
  const session = new Session({
    id: '20260401-144025-2dd0aa',
    path: '/repo/.mini-coding-agent/sessions/x.jsonl',
    append: () => undefined,
    flush: () => undefined,
    close: () => undefined,
  });
  session.record({ type: 'user', content: 'Fix the \u001b[31mbug' });
  return {
    session,
    modelName: 'small:1b',
    switchModel: () => undefined,
    reset: () => session.reset(),
    compact: () => saved,
    reportContext: () => report,
    reportPrompt: () => ({
      system: 'Rules:\n\u001b[2J',
      examples: [
        { role: 'user' as const, content: 'Look.' },
        { role: 'assistant' as const, content: '<tool>' },
      ],
      memory,
      conversation: [],
    }),
    listSessions: () => [],
    switchSession: () => undefined,
    exportTo: () => undefined,
    diff: () => [],
    undo: () => ({ type: 'nothing' as const }),
    redo: () => ({ type: 'nothing' as const }),
    approvals: { policy: 'ask' as const, always: [], forget: () => undefined },
    switchPolicy: () => undefined,
  };
}

/** Where nobody is there to be asked. */
function runCommand(
  line: string,
  talk: Commandable,
  columns = 80,
  print: (text: string) => void = () => undefined,
) {
  const { signal } = new AbortController();
  const models = { list: () => Promise.resolve([]), offerPull: () => Promise.resolve(false) };
  const chalk = new Chalk({ level: 0 });
  const context = { models, chalk, columns, print, signal };
  return run(line, { ...context, conversation: talk, ask: () => Promise.resolve(undefined) });
}

it('lists every command with what it does', async () => {
  expect(await runCommand('/help', conversation())).toMatchInlineSnapshot(`
    "Conversation
      /memory                  print the working memory: task, files, notes
      /context                 show how the context window is filled and reused
      /prompt [section]        print what the next model call would send, by section
      /compact                 summarize the older half of the conversation
      /model [name]            list the models, or go on with another one
      /reset, /clear           clear the conversation and its memory

    Changes
      /diff [all]              show what the agent changed in this session
      /undo                    take back the file changes of the last request
      /redo                    make the file changes of the last /undo again
      /approval [policy]       show or switch what is asked; forget [n] takes back

    Sessions
      /session                 print the path of this session's file
      /sessions, /resume [id]  list the latest sessions; go on with one
      /export FILE.md          write the conversation to a file, as Markdown

    Program
      /help                    list the commands
      /exit, /quit             leave

    Anything else is a request. @path names a file, !command runs a command of yours
    and lets the model see what it prints."
  `);
});

it.each([
  '/help',
  '/approval maybe',
  '/diff',
  '/undo',
  '/compact',
  '/reset',
  '/nothing',
  '/context',
])('answers %s in rows that fit the terminal, no word broken', async (command) => {
  const words = (answer: string) => answer.replace(/\s*[█░]+/g, '').match(/\S+/g);
  const wide = String(await runCommand(command, conversation(), 200));
  for (const columns of [30, 40, 60, 80]) {
    const answer = String(await runCommand(command, conversation(), columns));
    expect(answer.split('\n').filter((row) => row.length > columns)).toEqual([]);
    expect(words(answer)).toEqual(words(wide));
  }
});

it('puts what a command does below it where there is no room beside it', async () => {
  expect(await runCommand('/help', conversation(), 40)).toContain(
    '\n  /model [name]\n      list the models, or go on with\n      another one\n',
  );
});

it('prints the working memory, with nothing in it that steers the terminal', async () => {
  const memory = await runCommand('/memory', conversation());
  expect(memory).toContain('task: Fix the \\x1b[31mbug');
  expect(memory).toContain('files: -');
});

it('prints the path of the file of the session', async () => {
  expect(await runCommand('/session', conversation())).toBe(
    '/repo/.mini-coding-agent/sessions/x.jsonl',
  );
});

it('shows how the context window is filled', async () => {
  expect(await runCommand('/context', conversation())).toMatch(/^Context window: 1000 tokens\n/);
});

it.each([
  [120, 'The conversation is 120 characters shorter; the newest turns are whole.'],
  [0, 'There is nothing to shorten.'],
])('says that a compaction saved %i characters', async (saved, answer) => {
  expect(await runCommand('/compact', conversation(saved))).toBe(answer);
});

it('clears transcript and memory', async () => {
  const talk = conversation();
  expect(await runCommand('/reset', talk)).toMatch(/cleared/);
  expect(talk.session.state.entries).toEqual([]);
  expect(talk.session.state.memory.task).toBe('');
});

it.each(['/exit', '/quit', '/QUIT', '/exit  '])('leaves on %s', async (line) => {
  expect(await runCommand(line, conversation())).toBe(LEAVE);
});

it.each(['/hlep', '/', '/exit!', '/constructor'])(
  'answers %s, which is no command, and sends it nowhere',
  async (line) => {
    const talk = conversation();
    const answer = await runCommand(line, talk);
    expect(answer).toMatch(
      /^There is no command \/\S*\. (\/help lists the commands\.|Did you mean \/\w+\?)$/,
    );
    expect(talk.session.state.entries).toHaveLength(1);
  },
);

it('escapes an unknown command that it repeats', async () => {
  expect(await runCommand('/\u001b[2J', conversation())).toContain('no command /\\x1b[2J.');
});

it.each([
  ['/hlep', '/help'],
  ['/contxt', '/context'],
  ['/rest', '/reset'],
])('suggests for %s the command %s', async (line, name) => {
  expect(await runCommand(line, conversation())).toMatch(`Did you mean ${name}?`);
});

it('does nothing where more is said than the command takes', async () => {
  const talk = conversation();
  expect(await runCommand('/clear the cache in main.js', talk)).toMatch(/^\/clear stands alone/);
  expect(talk.session.state.entries).toHaveLength(1);
  expect(await runCommand('/exit strategy', talk)).not.toBe(LEAVE);
});

it('prints the next prompt by section, with its bytes, escaped', async () => {
  expect(await runCommand('/prompt', conversation())).toBe(
    '── system · 11 bytes\nRules:\n\\x1b[2J\n\n' +
      '── examples · 32 bytes\n[user] Look.\n\n[assistant] <tool>\n\n' +
      '── memory · 10 bytes\nMemory: é\n\n── conversation · 0 bytes\n(nothing yet)',
  );
  expect(await runCommand('/prompt memory', conversation())).toBe(
    '── memory · 10 bytes\nMemory: é',
  );
  expect(await runCommand('/prompt MEMORY', conversation(0, ''))).toMatch(/only once entries have/);
  expect(await runCommand('/prompt x', conversation())).toBe(
    'The sections are system, examples, memory, conversation.',
  );
});

it('lists sessions in rows that fit the terminal, wide letters included', async () => {
  const request = '把这个文件里的所有函数都改成异步的并且写上测试 and then some more';
  const summary = { id: '20260401-144025-2dd0aa', request, writtenAt: Date.now() };
  const printed: string[] = [];
  const talk = { ...conversation(), listSessions: () => [summary] };
  await runCommand('/sessions', talk, 40, (text) => void printed.push(text));
  expect(printed).toEqual([
    '  1  20260401-144025-2dd0aa  just now\n     (this one)\n' +
      '     把这个文件里的所有函数都改成异步…',
  ]);
});

it('says so where there is no session, nothing to export, or no file named', async () => {
  expect(await runCommand('/sessions', conversation())).toMatch(/^There are no sessions/);
  expect(await runCommand('/export a.md', conversation())).toBe('Nothing was said yet.');
  expect(await runCommand('/export', conversation())).toBe('Say where to: /export FILE.md');
});
