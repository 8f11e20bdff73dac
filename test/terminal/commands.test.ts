import { expect, it } from 'vitest';
import { Meter } from '../../src/context/meter.ts';
import type { ContextReport } from '../../src/events.ts';
import { LEAVE, runCommand } from '../../src/terminal/commands.ts';
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
    reset: () => session.reset(),
    compact: () => saved,
    reportContext: () => report,
  };
}

it('lists every command with what it does', () => {
  expect(runCommand('/help', conversation())).toMatchInlineSnapshot(`
    "  /help         list the commands
      /memory       print the working memory: task, files, notes
      /session      print the path of this session's file
      /context      show how the context window is filled and reused
      /compact      shorten the older half of the transcript
      /reset        clear transcript and memory and go on
      /exit, /quit  leave"
  `);
});

it('prints the working memory, with nothing in it that steers the terminal', () => {
  const memory = runCommand('/memory', conversation());
  expect(memory).toContain('task: Fix the \\x1b[31mbug');
  expect(memory).toContain('files: -');
});

it('prints the path of the file of the session', () => {
  expect(runCommand('/session', conversation())).toBe('/repo/.mini-coding-agent/sessions/x.jsonl');
});

it('shows how the context window is filled', () => {
  expect(runCommand('/context', conversation())).toMatch(/^Context window: 1000 tokens\n/);
});

it.each([
  [120, 'The transcript is 120 characters shorter; the newest entries are whole.'],
  [0, 'There is nothing to shorten.'],
])('says that a compaction saved %i characters', (saved, answer) => {
  expect(runCommand('/compact', conversation(saved))).toBe(answer);
});

it('clears transcript and memory', () => {
  const talk = conversation();
  expect(runCommand('/reset', talk)).toMatch(/cleared/);
  expect(talk.session.state.entries).toEqual([]);
  expect(talk.session.state.memory.task).toBe('');
});

it.each(['/exit', '/quit', '/QUIT', '/exit now'])('leaves on %s', (line) => {
  expect(runCommand(line, conversation())).toBe(LEAVE);
});

it.each(['/hlep', '/', '/exit!', '/constructor'])(
  'answers %s, which is no command, with the list of them',
  (line) => {
    const talk = conversation();
    const answer = runCommand(line, talk);
    expect(answer).toMatch(/^There is no command \/\S*\. .*\n {2}\/help/);
    expect(talk.session.state.entries).toHaveLength(1);
  },
);

it('escapes an unknown command that it repeats', () => {
  expect(runCommand('/\u001b[2J', conversation())).toContain('no command /\\x1b[2J.');
});
