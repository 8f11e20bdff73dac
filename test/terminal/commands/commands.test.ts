import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { CacheStats, type ContextReport } from '../../../src/prompt/cache-stats.ts';
import { runCommand as run } from '../../../src/terminal/commands/commands.ts';
import { renderMemory } from '../../../src/session/memory.ts';
import { Session } from '../../../src/session/session.ts';
import type { SessionSummary } from '../../../src/session/folder.ts';
import { Approvals } from '../../../src/tools/approval.ts';
import { Check } from '../../../src/tools/check.ts';
import { LEAVE, type Conversation } from '../../../src/terminal/commands/command.ts';

const report: ContextReport = {
  numCtx: 1_000,
  numPredict: 100,
  thought: 0,
  tokens: { system: 200, examples: 50, memory: 50, conversation: 100 },
  reuse: new CacheStats().reuse,
};

/** A conversation with one entry, whose compaction saves so many characters. */
function conversation(
  saved = 0,
  memory = 'Memory: é',
  sessions: SessionSummary[] = [],
): Conversation {
  const session = new Session({
    id: '20260401-144025-2dd0aa',
    path: '/repo/.mini-coding-agent/sessions/x.jsonl',
    append: () => undefined,
    synced: () => Promise.resolve(),
    close: () => undefined,
  });
  session.record({ type: 'user', content: 'Fix the \u001b[31mbug' });
  return {
    session,
    modelName: 'small:1b',
    memory: renderMemory(session.state.memory),
    agent: {
      reset: () => session.reset(),
      compact: () => saved,
      looked: () => Promise.resolve(),
      reportContext: () => report,
      reportPrompt: () => ({
        system: 'Rules:\n\u001b[2J',
        examples: [
          { role: 'user', content: 'Look.' },
          { role: 'assistant', content: '<tool>' },
        ],
        memory,
        conversation: [],
      }),
    },
    changes: {
      diff: () => [],
      undo: () => Promise.resolve({ type: 'nothing' }),
      redo: () => Promise.resolve({ type: 'nothing' }),
    },
    approvals: new Approvals('ask'),
    check: new Check(),
    thinking: { mode: 'off', budget: 1_024 },
    store: {
      list: () => sessions,
      factsOf: () => ({ requests: 2, model: 'big:70b' }),
      whyNone: () => undefined,
    },
    switchModel: () => undefined,
    switchSession: (id) => `No session \u001b[2J${id}.`,
    switchPolicy: () => undefined,
    exportTo: () => undefined,
  };
}

/** Where nobody answers. @param canAsk a question about a call would be seen */
function runCommand(
  line: string,
  talk: Conversation,
  columns = 80,
  print: (text: string) => void = () => undefined,
  canAsk = true,
) {
  const { signal } = new AbortController();
  const models = {
    canPull: true,
    elsewhere: undefined,
    isSame: (one: string, other: string) => one === other,
    list: () => Promise.resolve([]),
    offerPull: () => Promise.resolve(false),
  };
  const chalk = new Chalk({ level: 0 });
  const context = { models, chalk, columns, canAsk, canRedraw: false, print, signal };
  return run(line, { ...context, conversation: talk, ask: () => Promise.resolve(undefined) });
}

it('lists every command with what it does', async () => {
  expect(await runCommand('/help', conversation())).toMatchInlineSnapshot(`
    "Conversation
      /memory                  print the working memory: task, files, notes
      /context                 show what fills the context window, and cache reuse
      /prompt [section]        print what the next model call would send, by section
      /compact                 summarize the older half of the conversation
      /model [name]            list the models, or switch to another
      /think [mode]            show or switch thinking: off, on, low, medium, high
      /reset, /clear           clear the conversation and its memory

    Changes
      /diff [all]              show what the agent changed in this session
      /undo                    undo the file changes of the last request
      /redo                    redo the file changes of the last /undo
      /approval [policy]       show or switch when to ask; forget [n] revokes
      /check [command]         run a command after edits; off ends it

    Sessions
      /session                 print the path of this session's file
      /sessions, /resume [id]  pick an earlier session to resume
      /export FILE.html        write the session as a page, or as FILE.md

    Program
      /help                    list the commands
      /exit, /quit             quit

    Anything else is a request. @path names a file; !command runs a command, and the
    model sees its output."
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

it('puts summaries below the commands where there is no room beside them', async () => {
  expect(await runCommand('/help', conversation(), 40)).toContain(
    '\n  /model [name]\n      list the models, or switch to\n      another\n',
  );
});

it('prints the working memory, escaped', async () => {
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
  [120, 'Compacted: 120 characters saved; the newest turns are unchanged.'],
  [0, 'Nothing to compact.'],
])('says that a compaction saved %i characters', async (saved, answer) => {
  expect(await runCommand('/compact', conversation(saved))).toBe(answer);
});

it('clears conversation and memory', async () => {
  const talk = conversation();
  expect(await runCommand('/reset', talk)).toMatch(/cleared/);
  expect(talk.session.state.entries).toEqual([]);
  expect(talk.session.state.memory.task).toBe('');
});

it.each(['/exit', '/quit', '/QUIT', '/exit  '])('leaves on %s', async (line) => {
  expect(await runCommand(line, conversation())).toBe(LEAVE);
});

it.each(['/hlep', '/', '/exit!', '/constructor'])(
  'answers %s, which is not a command, and sends it nowhere',
  async (line) => {
    const talk = conversation();
    const answer = await runCommand(line, talk);
    expect(answer).toMatch(
      /^Unknown command \/\S*\. (\/help lists the commands\.|Did you mean \/\w+\?)$/,
    );
    expect(talk.session.state.entries).toHaveLength(1);
  },
);

it('escapes an unknown command in its answer', async () => {
  expect(await runCommand('/\u001b[2J', conversation())).toContain('Unknown command /\\x1b[2J.');
});

it.each([
  ['/hlep', '/help'],
  ['/contxt', '/context'],
  ['/rest', '/reset'],
])('suggests for %s the command %s', async (line, name) => {
  expect(await runCommand(line, conversation())).toMatch(`Did you mean ${name}?`);
});

it('does nothing with an argument that the command does not take', async () => {
  const talk = conversation();
  expect(await runCommand('/clear the cache in main.js', talk)).toBe('/clear takes no argument.');
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
  expect(await runCommand('/prompt MEMORY', conversation(0, ''))).toMatch(
    /sent only after compaction/,
  );
  expect(await runCommand('/prompt x', conversation())).toBe(
    'Sections: system, examples, memory, conversation',
  );
});

it('lists sessions in rows that fit the terminal, wide letters included', async () => {
  const request = '把这个文件里的所有函数都改成异步的并且写上测试 and then some more';
  const summary = { id: '20260401-144025-2dd0aa', request, writtenAt: Date.now() };
  const printed: string[] = [];
  const talk = conversation(0, '', [summary]);
  await runCommand('/sessions', talk, 40, (text) => void printed.push(text));
  expect(printed).toEqual([
    '  1  just now · 2 requests · big:70b ·\n     20260401-144025-2dd0aa (this one)\n' +
      '     把这个文件里的所有函数都改成异步的…',
  ]);
});

it('says that there is no session, nothing to export, or no file named', async () => {
  expect(await runCommand('/sessions', conversation())).toMatch(/^No sessions/);
  expect(await runCommand('/export a.md', conversation())).toBe('Nothing to export yet.');
  expect(await runCommand('/export', conversation())).toBe(
    'Usage: /export FILE.html, or /export FILE.md',
  );
});

it('says why a session cannot be resumed, escaped', async () => {
  expect(await runCommand('/resume x', conversation())).toBe('No session \\x1b[2Jx.');
});

it('/check shows the command that runs after edits, sets another one, and ends it', async () => {
  const talk = conversation();
  expect(await runCommand('/check', talk)).toMatch(/^There is no check\. \/check COMMAND runs one/);
  expect(await runCommand('/check  make \u001b[2J && ./t "a  b" ', talk)).toBe(
    'The check is: make \\x1b[2J && ./t "a  b"\nIt runs after the edits of a request, before the ' +
      'answer. You are asked once,\nbefore it first runs.',
  );
  expect(talk.check.command).toBe('make \u001b[2J && ./t "a  b"');
  talk.approvals.policy = 'auto';
  expect(await runCommand('/check', talk)).toMatch(/before the answer\.$/);
  talk.approvals.policy = 'never';
  expect(await runCommand('/check', talk)).toMatch(/does not run, as the approval policy is never/);
  talk.approvals.policy = 'ask';
  talk.check.isDenied = true;
  expect(await runCommand('/check', talk)).toMatch(/does not run, as you said no\. Set it again/);
  expect(await runCommand('/check true', talk)).toMatch(/You are asked once/);
  const piped = await runCommand('/check', talk, 80, undefined, false);
  expect(piped).toMatch(/^It does not run, as nobody can be asked\. To allow it, use --approval/m);
  expect(await runCommand('/check off', talk)).toMatch(/^There is no check\./);
  expect(talk.check.command).toBeUndefined();
});
