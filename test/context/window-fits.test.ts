import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GenerateRequest } from '../../src/model/model.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { askAgent, prompts, startAgent, told } from '../support/agent.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { memorySession } from '../support/session.ts';
import { often, some } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const NUM_CTX = 16_384;
/** What a template puts around a turn. */
const TURN_TOKENS = 4;

/** A model that counts tokens in its own way, and tells its counts or keeps them to itself. */
class CountingModel extends ScriptedModel {
  /** Of each call: the tokens of its prompt and of the room for its reply. */
  readonly spent: number[] = [];
  readonly #count: (text: string) => number;
  readonly #tells: boolean;

  constructor(replies: string[], count: (text: string) => number, tells: boolean) {
    super(replies);
    this.#count = count;
    this.#tells = tells;
  }

  override async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): ReturnType<ScriptedModel['generate']> {
    const prompt_tokens = request.turns.reduce(
      (sum, { content }) => sum + TURN_TOKENS + Math.ceil(this.#count(content)),
      0,
    );
    this.spent.push(prompt_tokens + request.numPredict);
    const generation = yield* super.generate(request, signal);
    if (!this.#tells) return generation;
    const output_tokens = Math.ceil(this.#count(generation.text));
    return { ...generation, usage: { prompt_tokens, output_tokens } };
  }
}

/** Tokens: so many characters of ASCII each, and so many for each other character. */
const counting = (charsPerToken: number, perOther: number) => (text: string) => {
  const others = text.replace(/[\x20-\x7e\n]/g, '').length;
  return (text.length - others) / charsPerToken + others * perOther;
};

const LINES = {
  code: 'const value = await this.#read(path.join(root, "name.txt"));\n',
  minified: 'a=b?c:d[e]||{};f(g,h=>i+j*k);!l&&m(n);\n',
  prose: 'It says in a few plain words what has to be done, and why that is so.\n',
  cjk: `${'\u7a97\u53e3\u5199\u6ee1\u4e86\u4e2d\u6587'.repeat(40)}\n`,
  mixed: '// \u8bfb\u53d6\u6587\u4ef6 const a = 1;\n',
  data: `${'{"at":[52.37403,4.88969],"rgb":"#a0c4ff"},'.repeat(60)}\n`,
};
const FILES = Object.fromEntries(
  Object.entries(LINES).map(([name, line]) => [name, line.repeat(12_000 / line.length)]),
);

const readOf = (path: string, start: number) => toolCall('read_file', { path, start });

const kind = fc.constantFrom(...Object.keys(LINES));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(kind, fc.integer({ min: 1, max: 100 })) },
  { weight: 1, arbitrary: fc.constantFrom('', '<tool>{"name":', final('Done.')) },
);
const script = fc.array(step, { minLength: 10, maxLength: 40 }).map((steps) =>
  steps.map((each) => {
    if (typeof each === 'string') return each;
    return readOf(...each);
  }),
);

const FILLER = Array<string>(4).fill(final('Done.'));

/** What the calls of a session spend, at most; each of its requests is answered. */
async function mostSpent(
  model: CountingModel,
  requests: number,
  numCtx = NUM_CTX,
): Promise<number> {
  const root = temporaryFolder(FILES);
  const { session } = memorySession();
  const { agent } = await startAgent(model, { root, numCtx, maxSteps: 100, session });
  for (let turn = 0; turn < requests; turn++) {
    const { end } = await askAgent(agent, `Read on, ${turn}. `.repeat(50));
    expect(end.reason).toBe('answer');
  }
  return Math.max(...model.spent);
}

async function expectToFit(count: (text: string) => number, tells: boolean): Promise<void> {
  let most = 0;
  await fc.assert(
    fc.asyncProperty(script, async (replies) => {
      const model = new CountingModel([...replies, ...FILLER], count, tells);
      const spent = await mostSpent(model, FILLER.length);
      expect(spent).toBeLessThanOrEqual(NUM_CTX);
      most = Math.max(most, spent);
    }),
    { numRuns: often(3, 12) },
  );
  expect(most).toBeGreaterThan(NUM_CTX / 2);
}

describe('prompt and room for the reply fit the window', () => {
  it.each(
    some(2, [
      ['one and a half characters a token', counting(1.5, 1)],
      ['four, and one and a half tokens for each other character', counting(4, 1.5)],
      ['six characters a token', counting(6, 1)],
      ['three characters a token', counting(3, 1)],
      ['two characters a token', counting(2, 1)],
      ['six, and one and a half tokens for each other character', counting(6, 1.5)],
      ['three, and half a token for each other character', counting(3, 0.5)],
    ]),
  )('where the server counts %s', (_, count) => expectToFit(count, true));

  it('though a result is much denser than all that was counted before', async () => {
    for (let before = 14; before < 20; before += often(3, 1)) {
      const light = Array.from({ length: before }, (_, start) => readOf('prose', start + 1));
      const replies = [...light, readOf('cjk', 1), final('Done.')];
      const model = new CountingModel(replies, counting(6, 1.5), true);
      expect(await mostSpent(model, 1)).toBeLessThanOrEqual(NUM_CTX);
    }
  });

  it('where it tells no counts, and text is not much denser than code', () =>
    expectToFit(counting(2.5, 1.2), false));
});

describe('in a window of 4,096 tokens, eight reads of dense files in one request', () => {
  const names = ['cjk', 'data', 'minified', 'mixed'];
  const reads = [1, 2].flatMap((start) => names.map((name) => readOf(name, start)));

  it.each(
    some(2, [
      ['one and a half characters a token', counting(1.5, 1)],
      ['three, and one and a half tokens for each other character', counting(3, 1.5)],
      ['four, and half a token for each other character', counting(4, 0.5)],
    ]),
  )('go through, each with its text, where the server counts %s', async (_, count) => {
    const model = new CountingModel([...reads, final('Done.')], count, true);
    expect(await mostSpent(model, 1, 4_096)).toBeLessThanOrEqual(4_096);
    for (const [at, turn] of told(model).slice(1).entries()) {
      const name = names[at % names.length] ?? '';
      expect(turn).toContain(`# ${name}\n   ${at < 4 ? 1 : 2}: ${FILES[name]?.slice(0, 20)}`);
    }
    const turns = prompts(model).map(({ length }) => length);
    const compactions = turns.filter((length, at) => length < (turns[at - 1] ?? 0));
    expect(compactions.length).toBeLessThanOrEqual(3);
  });
});
