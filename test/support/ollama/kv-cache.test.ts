import { describe, expect, it } from 'vitest';
import { scriptedServer } from '../program.ts';
import { KvCache, type Architecture } from './kv-cache.ts';
import { ask, linesOf } from './recordings.ts';
import { tokensOf } from './tokenizer.ts';

const STEPS = Array.from({ length: 20 }, (_, index) => index);
/** About this many tokens of text, different each time. */
const words = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) =>
    index === 0 ? name : ` w${'abcdefgh'[index % 8]}`,
  ).join('');
const RULES = words(1_000, 'Rules');
const reply = (step: number) => `<tool>{"name":"read_file","args":{"path":"f${step}"}}</tool>`;
const result = (step: number) => `\n${words(450, `result${step}`)}\n`;
/** About 130 characters that are different in each prompt. */
const tail = (step: number) =>
  `\nThe request again, and ${20 - step} more calls.${' Do go on.'.repeat(9)}`;

interface Session {
  evaluated: number[];
  /** By how many tokens the prompt of each step is longer than the previous one. */
  added: number[];
}

/** Twenty steps of one conversation; each prompt is what `prompt` makes of the step. */
function session(architecture: Architecture, hasTail: boolean, numCtx = 16_384): Session {
  const cache = new KvCache(architecture);
  cache.load(numCtx);
  const seen: Session = { evaluated: [], added: [] };
  let text = RULES;
  let before = 0;
  for (const step of STEPS) {
    const tokens = tokensOf(text + (hasTail ? tail(step) : ''));
    seen.evaluated.push(cache.evaluate(tokens));
    seen.added.push(tokens.length - before);
    before = tokens.length;
    cache.generated(tokensOf(reply(step)));
    text += reply(step) + result(step);
  }
  return seen;
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

describe('twenty steps', () => {
  it('with a tail that changes cost a hybrid model at least 1,028 tokens each', () => {
    const { evaluated } = session('hybrid', true);
    for (const each of evaluated.slice(1)) expect(each).toBeGreaterThanOrEqual(1_028);
    expect(sum(evaluated)).toBeGreaterThan(28_000);
    expect(sum(evaluated)).toBeLessThan(32_000);
  });

  it.each<[Architecture, boolean]>([
    ['hybrid', false],
    ['plain', true],
    ['plain', false],
    ['sliding', true],
    ['sliding', false],
  ])('cost little more than what is new if the model can continue: %s, tail: %s', (...given) => {
    const { evaluated, added } = session(...given);
    expect(evaluated[0]).toBe(added[0]);
    const most = given[1] ? 60 : 0; // the tail is new each time
    for (const [step, each] of evaluated.entries()) {
      expect(each).toBeLessThanOrEqual((added[step] ?? 0) + most);
    }
    expect(sum(evaluated)).toBeGreaterThan(9_500);
    expect(sum(evaluated)).toBeLessThan(11_500);
  });
});

describe('a prompt', () => {
  const first = tokensOf(words(3_000, 'first'));
  const evaluated = (architecture: Architecture, back: number, numCtx = 8_192) => {
    const cache = new KvCache(architecture);
    cache.load(numCtx);
    cache.evaluate(first);
    return cache.evaluate([...first.slice(0, first.length - back), '!']) - 1 + back;
  };

  it('that is sent again costs its last tokens', () => {
    for (const [architecture, cost] of [
      ['plain', 1],
      ['sliding', 1],
      ['hybrid', 4],
    ] as const) {
      const cache = new KvCache(architecture);
      cache.load(8_192);
      cache.evaluate(first);
      expect([architecture, cache.evaluate(first)]).toEqual([architecture, cost]);
    }
  });

  it('that differs near its end costs what follows the last checkpoint', () => {
    expect(evaluated('plain', 500)).toBe(500);
    expect(evaluated('hybrid', 4)).toBe(4);
    expect(evaluated('hybrid', 5)).toBe(1_028);
    expect(evaluated('hybrid', 1_028)).toBe(1_028);
    expect(evaluated('hybrid', 1_029)).toBe(first.length);
    expect(evaluated('sliding', 1_024)).toBe(1_024);
    expect(evaluated('sliding', 1_029)).toBe(first.length);
  });

  it('has its checkpoints nearer in a small window, and farther apart in a large one', () => {
    expect(evaluated('hybrid', 5, 4_096)).toBe(516);
    expect(evaluated('hybrid', 5, 32_768)).toBe(1_028);
    expect(evaluated('hybrid', 5, 65_536)).toBe(2_052);
  });

  it('costs everything in another window', () => {
    const cache = new KvCache('plain');
    cache.load(8_192);
    cache.evaluate(first);
    cache.load(4_096);
    expect(cache.evaluate(first)).toBe(first.length);
  });

  it('that continues with a reply that the client changed costs more than what is new', () => {
    const costs = (['whole', 'cut'] as const).map((kind) => {
      const cache = new KvCache('hybrid');
      cache.load(8_192);
      cache.evaluate(first);
      const said = tokensOf(' I read it. And so on');
      cache.generated(said);
      const kept = kind === 'whole' ? said : said.slice(0, -2);
      return cache.evaluate([...first, ...kept, '!']);
    });
    expect(costs).toEqual([1, 4 + 6]);
  });

  it.each<Architecture>(['plain', 'sliding', 'hybrid'])(
    'finds what was evaluated before another conversation came between: %s',
    (architecture) => {
      const cache = new KvCache(architecture);
      cache.load(8_192);
      cache.evaluate(first);
      cache.generated(tokensOf(' Ask.'));
      expect(cache.evaluate(tokensOf(words(900, 'child')))).toBe(900);
      expect(cache.evaluate([...first, ...tokensOf(' Ask.'), '!', '?'])).toBe(2);
    },
  );
});

describe('a server with an architecture', () => {
  const prompt = `${words(299, 'prompt')}\n`;
  const request = { model: 'm', raw: true, think: false, options: { num_ctx: 8_192 } };

  it('counts the tokens of the whole prompt, and the time of those that it evaluated', async () => {
    const server = await scriptedServer(['Hello there.', 'Well.'], { architecture: 'hybrid' });
    const first = await ask(server.url, '/api/generate', { ...request, prompt });
    const next = `${prompt}Hello there. And you?`;
    const second = await ask(server.url, '/api/generate', { ...request, prompt: next });
    const counts = [first, second].map(({ body }) => {
      const last = linesOf(body).at(-1) ?? {};
      return [last['prompt_eval_count'], Number(last['prompt_eval_duration']) / 1e6];
    });
    expect(counts).toEqual([
      [300, 300],
      [306, 3],
    ]);
    expect(server.calls.map((call) => call.evaluated)).toEqual([300, 3]);
  });

  it('evaluates a prompt when the previous call has ended', async () => {
    const paced = { text: 'Hello there, all of you. '.repeat(200), paceMs: 1 };
    const server = await scriptedServer([paced, 'Well.'], { architecture: 'plain' });
    const stop = new AbortController();
    const body = JSON.stringify({ ...request, prompt });
    const hasBegun = await fetch(`${server.url}/api/generate`, {
      method: 'POST',
      body,
      signal: stop.signal,
    });
    await hasBegun.body?.getReader().read();
    const second = ask(server.url, '/api/generate', { ...request, prompt: `${prompt} more` });
    await server.arrived(1);
    expect(server.calls[1]?.evaluated).toBeUndefined();
    stop.abort();
    await second;
    expect(server.calls[1]?.evaluated).toBe(1);
    const said = server.calls[0]?.reply ?? '';
    expect(said.length).toBeLessThan(paced.text.length);
    expect(paced.text.startsWith(said) && said !== '').toBe(true);
  });

  it('gives its tokenizer text that stays the same, mark by mark', () => {
    const text =
      '<|im_start|>user\n  if (a<b) { x["é漢"] }<|im_end|>\n<think>\n\n</think>\n\n[INST]';
    const tokens = tokensOf(text);
    expect(tokens.join('')).toBe(text);
    for (const mark of ['<|im_start|>', '<|im_end|>', '<think>', '</think>', '[INST]']) {
      expect(tokens).toContain(mark);
    }
  });
});
