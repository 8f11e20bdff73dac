import { expect, it, onTestFinished } from 'vitest';
import { Thinking } from '../../src/agent/thinking.ts';
import { Conversation } from '../../src/cli/conversation.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { SessionStore } from '../../src/session/store.ts';
import { Approvals, type ApprovalRequest } from '../../src/tools/approval.ts';
import { Check } from '../../src/tools/check.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { toolCall } from '../support/ollama-server.ts';
import { never, temporaryFolder } from '../support/workspace.ts';

const shell = toolCall('run_shell', { command: 'true' });

/** A conversation whose person always says always, and what they were asked. */
async function conversation() {
  const root = temporaryFolder();
  const env = childEnvironment(process.env);
  const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
  const asked: ApprovalRequest[] = [];
  const modelNamed = () =>
    new ScriptedModel(Array.from({ length: 9 }, () => [shell, '<final>Ok.</final>']).flat());
  const talk = new Conversation({
    modelNamed,
    model: modelNamed(),
    snapshot: await takeSnapshot(root, env),
    looksAgain: false,
    gitEnv: env,
    env,
    userEnv: env,
    store,
    session: store.create('scripted'),
    approvals: new Approvals('ask'),
    check: new Check(),
    version: '0',
    noticeOf: (policy) => (policy === 'auto' ? 'Beware.' : undefined),
    ask: (request) => {
      asked.push(request);
      return Promise.resolve({ allowed: true, always: 'same' });
    },
    settings: {
      maxSteps: 3,
      replyRoom: { first: 512, most: 4_096 },
      thinking: new Thinking(),
    },
    showOutput: () => undefined,
    showChild: () => undefined,
    say: (text) => expect.fail(text),
  });
  onTestFinished(() => talk.close());
  const go = async () => {
    for await (const event of talk.agent.ask('go', never)) void event;
    return asked.length;
  };
  return { talk, store, go };
}

it('what is always allowed survives a switch of the model and a reset, and ends with the session', async () => {
  const { talk, store, go } = await conversation();
  const first = talk.session.id;
  expect([await go(), await go()]).toEqual([1, 1]);
  talk.switchModel('another');
  expect(await go()).toBe(1);
  talk.agent.reset();
  expect(await go()).toBe(1);

  const other = store.create('scripted');
  other.record({ type: 'user', content: 'earlier' });
  other.close();
  talk.switchSession(other.id);
  expect(await go()).toBe(2);
  talk.switchSession(first);
  expect(await go()).toBe(3);
});

it('a new policy applies from the next call', async () => {
  const { talk, go } = await conversation();
  expect(talk.switchPolicy('auto')).toBe('Beware.');
  expect(await go()).toBe(0);
  expect(talk.switchPolicy('never')).toBeUndefined();
  expect(await go()).toBe(0);
  const results = talk.session.state.entries.map(({ record }) => record.content);
  expect(results).toContain('error: run_shell was not approved: the approval policy is never');
  talk.switchPolicy('ask');
  expect(await go()).toBe(1);
});
