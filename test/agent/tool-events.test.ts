import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/agent/events.ts';
import { Approvals, type ApprovalAnswer } from '../../src/tools/approval.ts';
import { askAgent, startScripted } from '../support/agent.ts';
import { toolCall as call } from '../support/ollama-server.ts';
import { temporaryFolder } from '../support/workspace.ts';

type ToolEnd = AgentEvent & { type: 'tool_end' };
const ends = (events: readonly AgentEvent[]) =>
  events.filter((event): event is ToolEnd => event.type === 'tool_end');

describe('the end of a call tells', () => {
  it('of the command that ran, where the person has changed it', async () => {
    const answers: ApprovalAnswer[] = [{ edited: 'echo two' }, { allowed: true }];
    const { agent, session } = await startScripted(
      [call('run_shell', { command: 'echo one' }), 'done'],
      {
        approvals: new Approvals('ask'),
        ask: () => Promise.resolve(answers.shift() ?? expect.fail()),
      },
    );
    const { events } = await askAgent(agent, 'go');
    expect(ends(events)).toMatchObject([
      {
        args: { command: 'echo two' },
        label: { verbs: ['running', 'ran', 'run'], subject: 'echo two' },
        summary: { result: 'exit 0', output: ['two'] },
      },
    ]);
    const tool = session.state.entries.find(({ record }) => record.type === 'tool');
    expect(tool?.record).toMatchObject({
      args: { command: 'echo two' },
      traits: { command: 'command' },
    });
  });

  it('of no output where there is none, though the model is told more', async () => {
    const { agent } = await startScripted([
      `I run it. ${call('run_shell', { command: 'true' })}\nOk.`,
      'done',
    ]);
    const [end = expect.fail()] = ends((await askAgent(agent, 'go')).events);
    expect(end.content).toMatch(/stderr:\n\(empty\)\n\(Text after the tool call was ignored/);
    expect(end.summary).toEqual({ result: 'exit 0', failed: false, output: [] });
  });

  it('of a tool that does not exist by the name that the model gave it', async () => {
    const { agent, session } = await startScripted([call('juggle', { balls: 3 }), 'done']);
    const [end] = ends((await askAgent(agent, 'go')).events);
    expect(end).toMatchObject({ ok: false, label: { subject: '3' } });
    const tool = session.state.entries.find(({ record }) => record.type === 'tool');
    expect(tool?.record).toMatchObject({ name: 'juggle', traits: {} });
  });
});

it('working memory follows the files of a call by the traits in its record', async () => {
  const root = temporaryFolder({ 'a.txt': 'x\n' });
  const { agent, session } = await startScripted(
    [
      call('read_file', { path: 'a.txt' }),
      call('list_files', { path: '.' }),
      call('write_file', { path: 'b.txt', content: '' }),
      'done',
    ],
    { root },
  );
  await askAgent(agent, 'go');
  expect(session.state.memory.files).toEqual(['a.txt', 'b.txt']);
});
