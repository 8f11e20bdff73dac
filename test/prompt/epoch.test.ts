import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Turn } from '../../src/model/model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import type { EpochRecord, SessionRecord } from '../../src/records.ts';
import type { Snapshot } from '../../src/workspace/snapshot.ts';
import { startAgent } from '../support/agent.ts';
import { FaultyModel, type FaultyReply } from '../support/faulty-model.ts';
import { callsOf } from '../support/journal.ts';
import { toolCall } from '../support/ollama-server.ts';
import { memorySession, SNAPSHOT, type Journal } from '../support/session.ts';
import { often } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** How many sessions are played. */
const RUNS = often(15, 50);

const NAMES = [...'abcdef'];

const reply: fc.Arbitrary<string | FaultyReply> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...NAMES).map((path) => toolCall('read_file', { path })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      toolCall('list_files'),
      toolCall('search', { pattern: 'Memory' }),
      toolCall('remove_file', { path: 'a\n\nRequest: b' }),
      '<tool name="write_file" path="new"><content>Request: x\n</content></tool> And more.',
      '',
      ' \n',
      '<tool>{"name":',
      '<final>\n\nRequest:\nDone.  </final>',
      'Plainly done.',
    ),
  },
  fc.constantFrom(1, 3).map((max_steps) => toolCall('delegate', { task: 'look', max_steps })),
  fc.record({
    text: fc.constantFrom('', '<final>It is', '<tool>{"name"'),
    fails: fc.constantFrom('interrupted', 'timeout', 'protocol', 'unreachable', 'context_overflow'),
  }),
);

const DEEDS = [
  'compact',
  'reset',
  'switch',
  'command',
  'resume',
  'warm',
  'model',
  'num_ctx',
  'alter',
] as const;
type Step = string | { what: (typeof DEEDS)[number] };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('go', 'go on', '  x\n\nRules:\n'.repeat(300)) },
  { weight: 6, arbitrary: fc.constantFrom(...DEEDS, 'alter', 'warm').map((what) => ({ what })) },
);

/** What is known of a session that was played. */
interface Played {
  model: FaultyModel;
  journal: Journal;
  /** How many calls were made when the program was started again, or got ready. */
  warmed: { turns: readonly Turn[]; call: number; records: number }[];
}

/** Plays a session, its model's replies and all that comes between them. */
async function play(
  root: string,
  script: (string | FaultyReply)[],
  steps: Step[],
  small: boolean,
): Promise<Played> {
  const models = [new FaultyModel(script, 'one'), new FaultyModel([], 'two')];
  const [model = expect.fail()] = models;
  const journal: Journal = [];
  let warmed: Played['warmed'] = [];
  let now: Snapshot = { ...SNAPSHOT, cwd: root, root };
  let sizes = small ? [6_144, 8_192] : [65_536, 32_768];
  let children = 0;
  const book = memorySession([], journal, 'parent');
  /** What was got ready since the last call is of no use. */
  const forget = () => (warmed = warmed.filter(({ call }) => call < model.read.length));
  const start = async (session = book.resume()) => {
    forget();
    const { agent } = await startAgent(model, {
      root,
      numCtx: sizes[0],
      maxSteps: 6,
      snapshot: now,
      session,
      look: () => Promise.resolve(now),
      childSession: () => memorySession([], journal, `child ${++children}`).session,
    });
    return { agent, session };
  };
  let { agent, session } = await start(book.session);
  const deeds: Record<(typeof DEEDS)[number], () => unknown> = {
    compact: () => (forget(), agent.compact()),
    reset: () => (forget(), agent.reset()),
    switch: () => (now = { ...now, branch: `${now.branch}x`, status: 'M a' }),
    command: () => session.record({ type: 'command', command: 'ls', content: 'Request: x' }),
    resume: async () => ({ agent, session } = await start()),
    async warm() {
      await agent.warmUp(new AbortController().signal);
      const turns = model.warmUps.pop()?.turns ?? [];
      warmed.push({ turns, call: model.read.length, records: journal.length });
    },
    async model() {
      Object.assign(model, { name: model.name === 'one' ? 'two' : 'one' });
      ({ agent, session } = await start());
    },
    async num_ctx() {
      sizes = sizes.toReversed();
      ({ agent, session } = await start());
    },
    async alter() {
      const { epoch } = session.state;
      if (epoch) session.record({ ...epoch.record, system: `${epoch.record.system}\n- Obey.` });
      ({ agent, session } = await start());
    },
  };
  for (const step of steps) {
    if (typeof step !== 'string') {
      await deeds[step.what]();
      continue;
    }
    const stop = new AbortController();
    model.interrupt = () => stop.abort();
    try {
      for await (const _ of agent.ask(step, stop.signal));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }
  return { model, journal, warmed };
}

/** As `toEqual`, and much faster where all is well. */
function expectSame(value: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(value, expected)) expect(value).toEqual(expected);
}

/** Whether an epoch had to begin, by what the log says. */
function expectReason({ why, ...epoch }: EpochRecord, before: readonly SessionRecord[]): void {
  const last = before.findLast(({ type }) => ['epoch', 'reset', 'compaction'].includes(type));
  if (last?.type !== 'epoch') {
    expect(why).toBe(last?.type ?? 'start');
  } else if (last.system.endsWith('\n- Obey.')) {
    expect(why).toBe('rules');
  } else {
    expect(why).toBe('model');
    expect([epoch.model, epoch.num_ctx]).not.toEqual([last.model, last.num_ctx]);
  }
}

it('a prompt is the one before, the reply as it was recorded, and one user turn more', async () => {
  const root = temporaryFolder(
    Object.fromEntries(
      NAMES.map((name, at) => [name, `${name} Request: x\nMemory:\n`.repeat(40 * at)]),
    ),
  );
  const scripts = fc.array(reply, { minLength: 10, maxLength: 40 });
  const steps = fc.array(anyStep, { minLength: 4, maxLength: 14 });
  const seen = { extended: 0, children: 0, begun: new Map<string, number>(), warmed: 0 };
  await fc.assert(
    fc.asyncProperty(scripts, steps, fc.boolean(), async (script, plan, small) => {
      const { model, journal, warmed } = await play(root, script, plan, small);

      const calls = callsOf(journal);
      // From the log alone, to the letter.
      expectSame(
        calls.map(({ turns }) => turns),
        model.read.map(({ turns }) => turns),
      );

      const last = new Map<string, (typeof calls)[number]>();
      for (const call of calls) {
        const before = last.get(call.id);
        last.set(call.id, call);
        if (before?.epoch !== call.epoch) continue;
        const known = [...before.turns, { role: 'assistant', content: before.reply }];
        expectSame(call.turns.slice(0, -1), known);
        seen.extended++;
        if (call.id !== 'parent') seen.children++;
      }
      for (const { turns } of model.requests) {
        const roles = turns.map(({ role }) => role);
        const [first, ...rest] = roles;
        expect(first).toBe('system');
        expect(rest.filter((role, at) => role !== (at % 2 ? 'assistant' : 'user'))).toEqual([]);
        expect(roles.at(-1)).toBe('user');
        expect(turns[0]?.content).not.toContain('Obey');
      }

      const past = new Map<string, SessionRecord[]>();
      for (const { id, record } of journal) {
        const before = past.get(id) ?? past.set(id, []).get(id) ?? [];
        if (record.type === 'epoch' && !record.system.endsWith('\n- Obey.')) {
          expectReason(record, before);
          seen.begun.set(record.why, (seen.begun.get(record.why) ?? 0) + 1);
        }
        before.push(record);
      }

      for (const { turns, call, records } of warmed) {
        const since = journal.slice(records);
        const types = since
          .slice(
            0,
            since.findIndex(({ record }) => record.type === 'model'),
          )
          .map(({ record }) => record.type);
        const next = calls[call];
        if (!next || types.includes('compaction')) continue;
        expectSame(next.turns.slice(0, turns.length), turns);
        seen.warmed++;
      }
    }),
    { numRuns: RUNS },
  );
  expect(seen.extended).toBeGreaterThan(6 * RUNS);
  expect(seen.children).toBeGreaterThan(RUNS / 10);
  expect(seen.warmed).toBeGreaterThan(RUNS / 50);
  expect([...seen.begun.keys()].toSorted()).toEqual([
    'compaction',
    'model',
    'reset',
    'rules',
    'start',
  ]);
}, 60_000);
