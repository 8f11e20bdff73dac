import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { Meter } from '../../src/context/meter.ts';
import type { ContextReport } from '../../src/events.ts';
import { LEAVE, runCommand as run, type Commandable } from '../../src/terminal/commands.ts';
import { Session } from '../../src/session/session.ts';

const report: ContextReport = {
  numCtx: 1_000,
  numPredict: 100,
  tokens: { prefix: 200, memory: 50, transcript: 100, tail: 50 },
  reuse: new Meter().reuse,
};

/** A conversation with one entry, of which a compaction saves so many characters. */
function conversation(saved = 0) {
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
  };
}

/** Where nobody is there to be asked. */
function runCommand(line: string, talk: Commandable) {
  const { signal } = new AbortController();
  const models = { list: () => Promise.resolve([]), offerPull: () => Promise.resolve(false) };
  const context = { models, chalk: new Chalk({ level: 0 }), columns: 80, signal };
  return run(line, { ...context, conversation: talk, ask: () => Promise.resolve(undefined) });
}

it('lists every command with what it does', async () => {
  expect(await runCommand('/help', conversation())).toMatchInlineSnapshot(`
    "Conversation
      /memory         print the working memory: task, files, notes
      /context        show how the context window is filled and reused
      /compact        shorten the older half of the transcript
      /model [name]   list the models of the server, or go on with another one
      /reset, /clear  clear transcript and memory and go on

    Sessions
      /session        print the path of this session's file

    Program
      /help           list the commands
      /exit, /quit    leave"
  `);
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
  [120, 'The transcript is 120 characters shorter; the newest entries are whole.'],
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

it.each(['/exit', '/quit', '/QUIT', '/exit now'])('leaves on %s', async (line) => {
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
