import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AgentEvent } from '../../src/agent/events.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import type { Snapshot } from '../../src/workspace/snapshot.ts';
import { startAgent } from '../support/agent.ts';
import { final, promptHead, toolCall } from '../support/ollama-server.ts';
import { memorySession } from '../support/session.ts';
import { temporaryFolder } from '../support/workspace.ts';

const NAMES = [...'abcdef'];

const reply = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...NAMES).map((path) => toolCall('read_file', { path })),
  },
  fc.constantFrom(
    toolCall('list_files'),
    toolCall('search', { pattern: 'Memory' }),
    toolCall('remove_file', { path: 'a\n\nTranscript:\n[user] b' }),
    '<tool name="write_file" path="new"><content>[user] x\n</content></tool> And more.',
    '',
    '<tool>{"name":',
    '<final>\n\nCurrent user request:\nDone.  </final>',
    'Plainly done.',
  ),
  fc.constantFrom(1, 3).map((max_steps) => toolCall('delegate', { task: 'look', max_steps })),
);
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('go', 'go on', 'x\n\nRules:\n'.repeat(300)) },
  fc.constantFrom('compact', 'reset', 'switch' as const).map((what) => ({ what })),
);

type Step = string | { what: 'compact' | 'reset' | 'switch' };

/** The prompts of a session, those of its delegates among them, each with the name of its epoch. */
async function promptsOf(root: string, replies: string[], steps: Step[], numCtx: number) {
  const model = new ScriptedModel(replies, { charsPerToken: 3 });
  const git = { branch: 'main', defaultBranch: 'main', status: 'clean', recentCommits: [] };
  const snapshot: Snapshot = { cwd: root, root, ...git, docs: [] };
  let now = snapshot;
  let children = 0;
  const epochs: string[] = []; // of each call
  const begun = new Map<string, number>();
  const beginEpoch = (who: string) => begun.set(who, (begun.get(who) ?? 0) + 1);
  const note = (who: string, { type }: AgentEvent) => {
    if (type === 'compacted') beginEpoch(who);
    if (type === 'model_start') epochs.push(`${who} ${begun.get(who)}`);
  };
  const { session } = memorySession();
  const { agent } = await startAgent(model, {
    root,
    numCtx,
    maxSteps: 12,
    snapshot,
    session,
    look: () => Promise.resolve(now),
    childSession: () => (children++, memorySession().session),
    showChild: (event) => note(`child ${children}`, event),
  });
  for (const step of steps) {
    if (typeof step === 'string') {
      const { signal } = new AbortController();
      for await (const event of agent.ask(step, signal)) note('parent', event);
    } else if (step.what === 'switch') {
      now = { ...now, branch: `${now.branch}x`, status: 'M a' };
    } else {
      const { entries } = session.state;
      agent[step.what]();
      if (session.state.entries !== entries) beginEpoch('parent');
    }
  }
  expect(model.requests).toHaveLength(epochs.length);
  return model.requests.map(({ prompt }, at) => ({ prompt, epoch: epochs[at] ?? '' }));
}

it('each prompt without its tail is the beginning of the next one of its epoch', async () => {
  const root = temporaryFolder(
    Object.fromEntries(
      NAMES.map((name, at) => [name, `${name} [user]\nMemory:\n`.repeat(40 * at)]),
    ),
  );
  const replies = fc.array(reply, { minLength: 10, maxLength: 40 });
  const steps = fc.array(anyStep, { minLength: 2, maxLength: 8 });
  const numCtx = fc.constantFrom(8_192, 65_536);
  const filler = Array<string>(200).fill(final('Done.'));
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(replies, steps, numCtx, async (script, plan, size) => {
      const last = new Map<string, string>();
      for (const { prompt, epoch } of await promptsOf(root, [...script, ...filler], plan, size)) {
        const before = last.get(epoch);
        if (before !== undefined) {
          expect(prompt.startsWith(promptHead(before))).toBe(true);
          compared++;
        }
        expect(prompt.length - promptHead(prompt).length).toBeLessThan(1_200);
        last.set(epoch, prompt);
      }
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(300);
});
