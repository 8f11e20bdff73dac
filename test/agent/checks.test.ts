import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { SessionStore } from '../../src/session/store.ts';
import { Approvals, type Ask } from '../../src/tools/approval.ts';
import { Check } from '../../src/tools/check.ts';
import { Undo } from '../../src/undo/undo.ts';
import { askAgent, conversation, startScripted, told, type Setting } from '../support/agent.ts';
import { toolCall } from '../support/ollama-server.ts';
import { person } from '../support/person.ts';
import { readLog } from '../support/session.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const write = (content: string, file = 'a.txt') => toolCall('write_file', { path: file, content });
const replace = (old_text: string, new_text: string) =>
  toolCall('patch_file', { path: 'a.txt', old_text, new_text });

/** Passes once the file says so, and counts its runs. */
const COMMAND = 'echo run >>runs; cat a.txt; grep -q good a.txt';

/** Lets a model make these replies in one request, with this check. */
async function make(replies: string[], setting: Setting = {}) {
  const scene = await start(replies, setting);
  const { agent, model } = scene;
  const { events, end } = await askAgent(agent, 'go');
  return { ...scene, events, end, toldLast: () => told(model).at(-1) };
}

async function start(replies: string[], setting: Setting = {}) {
  const { root = temporaryFolder() } = setting;
  const warn = (text: string) => expect.fail(text);
  const session = new SessionStore({ workspaceRoot: root, warn }).create('scripted');
  const undo = new Undo({ session, root, warn });
  const scene = await startScripted(replies, {
    check: new Check(COMMAND),
    maxSteps: 12,
    keep: (change) => undo.keep(change),
    session,
    ...setting,
    root,
  });
  return { ...scene, undo, runs: () => runsIn(root) };
}

const runsIn = (root: string) => {
  const file = path.join(root, 'runs');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').length - 1 : 0;
};

describe('the check', () => {
  it('runs before the answer to a request that has edited a file, and the program says how it ended', async () => {
    const { end, events, runs } = await make([write('good'), 'It fails.']);
    expect(end).toMatchObject({
      reason: 'answer',
      text: 'It fails.\n\nCheck passed.',
      check: { result: 'passed', text: 'Check passed.' },
    });
    expect(runs()).toBe(1);
    expect(events.slice(-3)).toMatchObject([
      { type: 'check_start', command: COMMAND },
      {
        type: 'check_end',
        command: COMMAND,
        passed: true,
        ok: true,
        summary: { result: 'exit 0' },
      },
      { type: 'final' },
    ]);
  });

  it('does not run where no file was edited in the request, or none is another one now', async () => {
    expect((await make(['Nothing to do.'])).end).toEqual({
      type: 'final',
      reason: 'answer',
      text: 'Nothing to do.',
      check: undefined,
    });
    const root = temporaryFolder({ 'a.txt': 'bad\n' });
    const there = [replace('bad', 'good'), replace('good', 'bad'), 'Done.'];
    const { runs, agent } = await make([...there, 'Later.'], { root });
    expect((await askAgent(agent, 'and?')).end.text).toBe('Later.');
    expect(runs()).toBe(0);
  });

  it('sends a failure back with the exit code and the last lines, until it passes', async () => {
    const command = `seq 2000 >&2; ${COMMAND}`;
    const replies = [write('bad'), 'Done.', replace('bad', 'good'), 'Now it works.'];
    const { end, model, runs, session } = await make(replies, { check: new Check(command) });
    expect(end.text).toBe('Now it works.\n\nCheck passed.');
    expect(runs()).toBe(2);
    const sent = conversation(model).find((turn) => turn.includes('The check failed')) ?? '';
    expect(sent).toMatch(
      /^user: The check failed: seq 2000 .*\nexit_code: 1\nstdout:\nbad\nstderr:\n\.\.\.\[earlier lines left out\]\.\.\.\n1\d{3}\n/,
    );
    expect(sent).toMatch(/\n1999\n2000\n\nFix what the check found, then give your final answer/);
    expect(sent.length).toBeLessThan(2_300);
    const { records } = readLog(session.path);
    const checks = records.filter((record) => record.type === 'tool' && record.check);
    expect(checks).toMatchObject([
      { name: 'check', args: { command }, ok: false, decision: 'allowed_by_policy' },
      { ok: true },
    ]);
  });

  it('sends a failure back three times at most', async () => {
    const tries = ['a', 'b', 'c', 'd', 'e'];
    const replies = tries.flatMap((content) => [write(content, content), 'Done.']);
    const { end, runs } = await make([write('bad'), ...replies.slice(1)]);
    expect(runs()).toBe(4);
    expect(end).toMatchObject({
      reason: 'answer',
      check: { result: 'failed', text: 'Check still fails after 3 tries: exit 1.' },
    });
    expect(end.text).toBe('Done.\n\nCheck still fails after 3 tries: exit 1.');
  });

  it('stops early where neither the files nor the output change', async () => {
    const { end, runs } = await make([write('bad'), 'Done.', 'It is fine.', 'Never asked.']);
    expect(runs()).toBe(2);
    expect(end.text).toBe(
      'It is fine.\n\nCheck still fails after 1 try, the last of which changed nothing: exit 1.',
    );
  });

  inStress('goes on where only the output changes, or only the files', async () => {
    const counts = new Check('echo run >>runs; cat runs; false');
    const output = await make([write('bad'), 'One.', 'Two.', 'Three.', 'Four.'], { check: counts });
    expect(output.end.text).toBe('Four.\n\nCheck still fails after 3 tries: exit 1.');
    const silent = new Check('false');
    const replies = [write('1'), 'One.', write('2', 'b'), 'Two.', 'Three.'];
    const files = await make(replies, { check: silent });
    expect(files.end.text).toMatch(/^Three\.\n\nCheck still fails after 2 tries, the last/);
  });

  it('says that it did not run again where the request ends otherwise', async () => {
    const { end } = await make([write('bad'), 'Done.', '', '', '', '', '', '']);
    expect(end).toMatchObject({ reason: 'malformed', check: { result: 'failed' } });
    expect(end.text).toMatch(
      /^Stopped: six replies .* Edited: `a\.txt`\. .* Check failed: exit 1\. It did not run again\.$/,
    );
  });

  it('runs at the step limit as well, but its failure does not go back', async () => {
    const replies = [write('bad'), 'Done.', replace('bad', 'worse'), 'Not yet.'];
    const { end, runs } = await make(replies, { maxSteps: 2 });
    expect(runs()).toBe(2);
    expect(end).toMatchObject({ reason: 'answer', check: { result: 'failed' } });
    expect(end.text).toMatch(
      /^Not yet\.\n\nStopped at the step limit \(2\)\. .*\n\nCheck still fails after 1 try: exit 1\.$/,
    );
  });

  it('that cannot end, or cannot be started, is a failure', async () => {
    const killed = await make([write('bad'), 'One.', 'Two.'], { check: new Check('kill -9 $$') });
    expect(killed.end.text).toMatch(/: ended by SIGKILL\.$/);
    const odd = await make([write('bad'), 'One.', 'Two.'], { check: new Check('echo \0') });
    expect(odd.end.text).toMatch(/: it could not be started\.$/);
    expect(odd.toldLast()).toContain('error: check failed: the command could not be started');
  });

  it('lets an undo say that commands ran, and stays in memory and log, but not in what resumes', async () => {
    const { undo, session, store, root } = await make([write('good'), 'Done.']);
    expect(await undo.undo()).toMatchObject({ type: 'done', ranShell: true });
    expect(session.state.memory.notes).toContainEqual(
      expect.stringMatching(/^check: exit_code: 0/),
    );
    session.close();
    const resumed = store.resume(session.id);
    const next = await startScripted([write('bad', 'b.txt'), 'Later.'], { root, session: resumed });
    expect((await askAgent(next.agent, 'more')).end.text).toBe('Later.');
    expect(conversation(next.model).filter((turn) => turn.includes('Check passed'))).toEqual([]);
    const all = conversation(next.model).join('\n');
    expect(all).toContain(`assistant: Done.\nuser: The check passed: ${COMMAND}\n`);
    expect(all).not.toContain('You answered');
  });

  it('is no tool of the model', async () => {
    const call = toolCall('check', { command: 'touch ran' });
    const { model, root, end } = await make([call, 'Done.']);
    const [first, last] = told(model);
    expect(last).toContain('error: there is no tool check');
    expect(first).not.toContain('check');
    expect(end.text).toBe('Done.');
    expect(fs.existsSync(path.join(root, 'ran'))).toBe(false);
  });

  it('that is interrupted ends the request', async () => {
    const stop = new AbortController();
    const check = new Check('touch begun; sleep 60');
    const { agent, root } = await start([write('bad'), 'Done.', 'Never.'], { check });
    const [{ events }] = await Promise.all([
      askAgent(agent, 'go', stop.signal),
      vi
        .waitFor(() => fs.statSync(path.join(root, 'begun')), { timeout: 10_000 })
        .then(() => stop.abort()),
    ]);
    expect(events.slice(-2)).toMatchObject([
      {
        type: 'check_end',
        passed: false,
        content: expect.stringMatching(/^error: check failed: the user interrupted it/),
      },
      { type: 'final', reason: 'interrupted', text: 'Interrupted.' },
    ]);
  });
});

describe('the approval of the check', () => {
  const ASK = { approvals: new Approvals('ask') };
  const twice = [write('good'), 'One.', write('good', 'b.txt'), 'Two.'];

  it('is asked for once, with the whole command, and not for the same command of a model', async () => {
    const shell = toolCall('run_shell', { command: COMMAND });
    const { ask, asked } = person(
      { allowed: true, always: 'same' },
      { allowed: true },
      { allowed: true },
    );
    const approvals = new Approvals('ask');
    const { agent, runs } = await make([...twice.slice(0, 3), shell, 'Two.'], { approvals, ask });
    expect(asked[1]).toMatchObject({ name: 'check', command: COMMAND, isOnce: true, risky: true });
    expect((await askAgent(agent, 'again')).end.text).toBe('Two.\n\nCheck passed.');
    expect(asked.map(({ name }) => name)).toEqual(['write_file', 'check', 'run_shell']);
    expect(runs()).toBe(3);
    expect(approvals.always).toContain(`check: ${COMMAND}`);
  });

  it('that is a no is not asked for again, and the answer says so', async () => {
    const { ask, asked } = person(
      { allowed: true, always: 'same' },
      { allowed: false, reason: 'the user said no' },
    );
    const { agent, runs, end, session } = await make(twice, { ...ASK, ask });
    const text = 'Check did not run: it was not approved.';
    expect(end).toMatchObject({ text: `One.\n\n${text}`, check: { result: 'not_run', text } });
    expect((await askAgent(agent, 'again')).end.text).toBe(`Two.\n\n${text}`);
    expect(asked).toHaveLength(2);
    expect(runs()).toBe(0);
    expect(readLog(session.path).records.some((each) => 'check' in each)).toBe(false);
  });

  it('holds for the command as the person has changed it', async () => {
    const { ask, asked } = person(
      { allowed: true, always: 'same' },
      { edited: 'test -e a.txt' },
      { allowed: true },
    );
    const check = new Check('false');
    const { agent, end } = await make(twice, { approvals: new Approvals('ask'), ask, check });
    expect(end.text).toBe('One.\n\nCheck passed.');
    expect(check.command).toBe('test -e a.txt');
    expect((await askAgent(agent, 'again')).end.text).toBe('Two.\n\nCheck passed.');
    expect(asked).toHaveLength(3);
  });

  it('is refused by the policy never, though it was always allowed before', async () => {
    const approvals = new Approvals('ask');
    approvals.allowAlways({ name: 'check', risky: true, command: 'command' }, { command: COMMAND });
    const ask: Ask = () => {
      approvals.policy = 'never'; // once the edit is allowed
      return Promise.resolve({ allowed: true });
    };
    const { end, runs } = await make([write('good'), 'One.'], { approvals, ask });
    const text = 'Check did not run: the approval policy is never.';
    expect(end).toMatchObject({ text: `One.\n\n${text}`, check: { result: 'not_run', text } });
    expect(runs()).toBe(0);
  });
});
