import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContextWindow } from '../../src/context/window.ts';
import type { Turn } from '../../src/model/model.ts';
import { ModelError } from '../../src/model/model-error.ts';

/** A conversation of these texts. */
const turns = (...texts: string[]): Turn[] =>
  texts.map((content, at) => ({ role: at % 2 ? 'assistant' : 'user', content }));

const window = (numCtx = 16_384) => new ContextWindow(numCtx);
const { signal } = new AbortController();

it.each([
  ['the default where nothing is known', undefined, undefined, 16_384],
  ['the default for a model with a longer context', undefined, 131_072, 16_384],
  ["the model's own length where that is less", undefined, 4_096, 4_096],
  ['what was asked for', 8_192, 131_072, 8_192],
  ['what was asked for where the model does not tell', 65_536, undefined, 65_536],
  ["the model's own length where more was asked for", 65_536, 4_096, 4_096],
])('the window is %s', async (_, asked, modelLength, numCtx) => {
  const limits: number[] = [];
  const learned = new ContextWindow(asked, (limit) => limits.push(limit));
  await learned.learn({ contextLength: () => Promise.resolve(modelLength) }, signal);
  expect(learned.numCtx).toBe(numCtx);
  expect(limits).toEqual(numCtx < (asked ?? 16_384) ? [numCtx] : []);
});

it('the length of the model is asked for until it answers, and then no more', async () => {
  const learned = new ContextWindow(8_192);
  let asked = 0;
  const answering = (answer: () => number) => ({
    contextLength: async () => {
      asked++;
      return answer();
    },
  });
  const failing = answering(() => {
    throw new ModelError('unreachable', 'There is no server.');
  });
  await expect(learned.learn(failing, signal)).rejects.toThrow('no server');
  expect(learned.numCtx).toBe(8_192);
  await Promise.all(
    [1, 2].map(() =>
      learned.learn(
        answering(() => 4_096),
        signal,
      ),
    ),
  );
  await learned.learn(failing, signal);
  expect([asked, learned.numCtx]).toEqual([3, 4_096]);
});

it('prompt and reply may fill nine tenths of the window', () => {
  expect(window(10_000).room(0)).toBe(9_000);
  expect(window(10_000).room(5_000)).toBe(4_000);
});

it('the least window that is named holds prompt and reply, and none much smaller does', () => {
  const tokens = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(tokens, fc.nat(5_000), (prompt, reply) => {
      const least = ContextWindow.least(prompt, reply);
      expect(window(least).room(reply)).toBeGreaterThanOrEqual(prompt);
      expect(window(least - 256).room(reply)).toBeLessThan(prompt);
    }),
  );
});

const ascii = fc.string({ unit: fc.constantFrom(...'ab \n{'), maxLength: 3_000 });
const any = fc.oneof(ascii, fc.string({ unit: fc.constantFrom('a', '字', 'é') }));

describe('the tokens of a prompt', () => {
  it('are a little more than a third of its characters before anything was counted', () => {
    // Five more a turn, for what the template adds.
    expect(window().estimate(turns('x'.repeat(3_000)))).toBe(1_206);
    expect(window().estimate(turns('', ''))).toBe(12);
    expect(window().estimate([])).toBe(0);
  });

  it('are one at least for each character that is not ASCII', () => {
    expect(window().estimate(turns('字'.repeat(1_000)))).toBe(1_206);
  });

  it('are what the server has counted of that very prompt', () => {
    fc.assert(
      fc.property(fc.array(any), fc.integer({ min: 1, max: 50_000 }), (texts, prompt_tokens) => {
        const counted = window();
        counted.calibrate(turns(...texts), { prompt_tokens });
        expect(counted.estimate(turns(...texts))).toBe(prompt_tokens);
        expect(counted.expect(turns(...texts))).toBe(prompt_tokens);
      }),
    );
  });

  it('are what was counted of the last prompt and its reply, and a guess of the new turn alone', () => {
    const [request, reply, result] = ['r'.repeat(3_000), 'x'.repeat(50), 'y'.repeat(300)];
    const counted = window();
    // A tenth of what is guessed, as if the request were one long word.
    counted.calibrate(turns(request), { prompt_tokens: 1_005, output_tokens: 40 }, reply);
    expect(counted.expect(turns(request, reply))).toBe(1_045);
    expect(counted.expect(turns(request, reply, result))).toBe(1_045 + 105);
    expect(counted.estimate(turns(request, reply, result))).toBe(1_045 + 2 * 105);
  });

  it.each<[string, string[]]>([
    ['another request', ['s'.repeat(3_000), 'x', 'y']],
    ['another reply', ['r'.repeat(3_000), 'z', 'y']],
    ['fewer turns', ['r'.repeat(3_000)]],
  ])('are guessed as a whole for %s than was counted, as dense as that was', (_, texts) => {
    const counted = window();
    const sent = turns('r'.repeat(3_000));
    counted.calibrate(sent, { prompt_tokens: 2_010, output_tokens: 1 }, 'x');
    const guess = texts.reduce((sum, text) => sum + 5 + text.length / 3, 0);
    expect(counted.expect(turns(...texts))).toBe(Math.ceil(2 * guess));
  });

  it('count a reply whose tokens the server did not tell with what is new', () => {
    const counted = window();
    counted.calibrate(turns('r'.repeat(3_000)), { prompt_tokens: 1_005 }, 'x'.repeat(300));
    expect(counted.expect(turns('r'.repeat(3_000), 'x'.repeat(300)))).toBe(1_005 + 105);
  });

  it('are never too few for one more result, however dense, after text that was light', () => {
    const light = fc.double({ min: 1.5, max: 6, noNaN: true });
    fc.assert(
      fc.property(light, fc.nat(4_000), fc.nat(20_000), (charsPerToken, fresh, before) => {
        const [known, result] = ['x'.repeat(before + 4_000), 'y'.repeat(fresh)];
        const prompt_tokens = Math.ceil(known.length / charsPerToken);
        const counted = window();
        counted.calibrate(turns(known), { prompt_tokens, output_tokens: 9 }, 'call');
        const tokens = prompt_tokens + 9 + result.length / 1.5;
        expect(counted.estimate(turns(known, 'call', result))).toBeGreaterThanOrEqual(
          Math.floor(tokens),
        );
      }),
    );
  });

  it.each([
    ['no count', {}],
    ['a count of nothing', { prompt_tokens: 0 }],
  ])('are guessed as before after %s', (_, counts) => {
    const counted = window();
    const [some, more] = [turns('x'.repeat(3_000)), turns('x'.repeat(6_000))];
    counted.calibrate(some, counts, 'x');
    counted.recall(more, { prompt_chars: 3_000, ...counts });
    counted.recall(more, { prompt_chars: 0, prompt_tokens: 50 });
    counted.recall(more, undefined);
    counted.recall([], { prompt_chars: 0, prompt_tokens: 50 });
    expect(counted.estimate(some)).toBe(1_206);
  });

  it.each(['x', '\u5b57', 'x\u5b57\u5b57'])(
    'of %s go by what an earlier run has counted',
    (unit) => {
      const counted = window();
      const before = turns(unit.repeat(3_000));
      const prompt_chars = unit.length * 3_000;
      counted.recall(turns(unit.repeat(2_000)), { prompt_chars, prompt_tokens: 3_000 });
      expect(Math.abs(counted.estimate(before) - 3_000)).toBeLessThanOrEqual(10);
      counted.calibrate(before, { prompt_tokens: 3_600 });
      counted.recall(before, { prompt_chars, prompt_tokens: 3_000 });
      expect(counted.estimate(before)).toBe(3_600); // newer
    },
  );

  it.each([1, 10_000_000])('stay sensible where the server claims to have counted %i', (claim) => {
    const counted = window();
    counted.calibrate(turns('x'.repeat(3_000)), { prompt_tokens: claim });
    const tokens = counted.estimate(turns('y'.repeat(3_000)));
    expect(tokens).toBeGreaterThanOrEqual(3_000 / 20);
    expect(tokens).toBeLessThanOrEqual(3_000 * 2);
  });
});
