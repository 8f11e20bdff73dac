/** Parts of the program that `npm run bench:tasks` can leave out: each is gone, and nothing else is. */
import path from 'node:path';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtWithout, PARTS, type Part } from '../../bench/tasks/parts.ts';
import { play } from '../../bench/tasks/play.ts';
import { call, final } from '../../bench/tasks/task.ts';
import { DEFAULT_NUM_CTX } from '../../src/context/window.ts';
import type { GenerateRequest } from '../../src/model/model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { allTools } from '../../src/tools/index.ts';
import { some } from '../support/stress.ts';
import { never, temporaryRepository } from '../support/workspace.ts';

/** What the model is sent in a request that it answers with these replies, without these parts. */
async function sentWithout(
  parts: readonly Part[],
  replies: string[],
  model = new ScriptedModel(replies),
) {
  const root = temporaryRepository({ 'a.json': '{}\n' });
  const built = builtWithout(parts, model, 4_096);
  const given = {
    root,
    request: 'Do it.',
    maxSteps: 6,
    think: 'off' as const,
    sandbox: undefined,
    signal: never,
  };
  const played = await play(built, given);
  return { requests: model.requests, played, root };
}

const contents = ({ turns }: GenerateRequest) => turns.map(({ content }) => content);
const EXAMPLES = buildExamples(allTools).map(({ content }) => content);
const UNREADABLE = '<tool>{"name":"read_file","args":';
const EDIT = call('write_file', { path: 'a.json', content: '{,}' });
const READ = call('read_file', { path: 'a.json' });

/** What shows of the parts in the calls after an unreadable reply, and after an edit. */
async function shown(parts: readonly Part[]) {
  const { requests, played, root } = await sentWithout(parts, [
    UNREADABLE,
    READ,
    EDIT,
    final('Done.'),
  ]);
  expect(played).toEqual({ answer: 'Done.', end: 'answer', validCalls: 2 });
  expect(fs.readFileSync(path.join(root, 'a.json'), 'utf8')).toBe('{,}\n');
  const [first, second] = requests;
  return {
    examples: first && contents(first).includes(EXAMPLES[0] ?? ''),
    constrained: second?.format !== undefined,
    facts: /does not parse/.test(requests.at(-1)?.turns.at(-1)?.content ?? ''),
  };
}

describe('a part that is left out', () => {
  const whole = { examples: true, constrained: true, facts: true };

  it('is there otherwise', async () => {
    expect(await shown([])).toEqual(whole);
  });

  it.each(some(1, ['facts', 'examples', 'constrained'] as const))(
    'is gone, alone: %s',
    async (part) => {
      expect(await shown([part])).toEqual({ ...whole, [part]: false });
    },
  );

  it('can be any of them at once, and the agent still works', async () => {
    expect(await shown(PARTS)).toEqual({ examples: false, constrained: false, facts: false });
  });

  it('leaves the request after the rules where the examples are gone', async () => {
    const { requests } = await sentWithout(['examples'], [final('Done.')]);
    expect(requests[0]?.turns.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(requests[0]?.turns.at(-1)?.content).toContain('Do it.');
  });
});

describe('the window that is left out', () => {
  /** A server that refuses prompts of more than so many turns. */
  class Narrow extends ScriptedModel {
    override async *generate(request: GenerateRequest, signal: AbortSignal) {
      if (request.turns.length > 2 + EXAMPLES.length + 2) {
        this.requests.push(request);
        throw new ModelError('context_overflow', 'too long');
      }
      return yield* super.generate(request, signal);
    }

    override contextLength(): Promise<number> {
      return Promise.resolve(2_048);
    }
  }

  it('sends the window that there is', async () => {
    const { requests } = await sentWithout(['window'], [], new Narrow([final('Done.')]));
    expect(requests.map(({ numCtx }) => numCtx)).toEqual([2_048]);
    expect(builtWithout(['window'], new Narrow([]), 4_096).window.numCtx).toBe(DEFAULT_NUM_CTX);
  });

  it('cuts the oldest exchange where a prompt is too long, and keeps rules and examples', async () => {
    const replies = [READ, call('list_files', { path: '.' }), final('Done.')];
    const { requests, played } = await sentWithout(['window'], [], new Narrow(replies));
    expect(played.end).toBe('answer');
    const last = requests.at(-1);
    expect(last && contents(last).slice(1, 1 + EXAMPLES.length)).toEqual(EXAMPLES);
    expect(last && contents(last).join()).not.toContain('Do it.');
    expect(last?.turns.at(-1)?.content).toContain('list_files');
  });

  it('tells that it is too long where nothing is left to cut', async () => {
    class Refusing extends ScriptedModel {
      // eslint-disable-next-line require-yield
      override async *generate(): ReturnType<ScriptedModel['generate']> {
        throw new ModelError('context_overflow', 'too long');
      }
    }
    const { played } = await sentWithout(['window'], [], new Refusing([]));
    expect(played).toMatchObject({ answer: '', end: expect.stringMatching(/too (?:long|small)/) });
  });
});
