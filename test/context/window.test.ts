import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContextWindow, sharedPrefix } from '../../src/context/window.ts';

const window = (numCtx = 16_384) => new ContextWindow(numCtx, undefined);

it.each([
  ['the default where nothing is known', undefined, undefined, 16_384],
  ['the default for a model with a longer context', undefined, 131_072, 16_384],
  ["the model's own length where that is less", undefined, 4_096, 4_096],
  ['what was asked for', 8_192, 131_072, 8_192],
  ['what was asked for where the model does not tell', 65_536, undefined, 65_536],
  ["the model's own length where more was asked for", 65_536, 4_096, 4_096],
])('the window is %s', (_, asked, modelLength, numCtx) => {
  expect(new ContextWindow(asked, modelLength).numCtx).toBe(numCtx);
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
    expect(window().estimate('x'.repeat(3_000))).toBe(1_200);
    expect(window().estimate('')).toBe(0);
  });

  it('are one at least for each character that is not ASCII', () => {
    expect(window().estimate('字'.repeat(1_000))).toBe(1_200);
  });

  it('are what the server has counted of that very prompt', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 5_000 }), (text, prompt_tokens) => {
        fc.pre(prompt_tokens > text.length / 4 && prompt_tokens < text.length);
        const counted = window();
        counted.calibrate(text, { prompt_tokens });
        expect(Math.abs(counted.estimate(text) - prompt_tokens)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are never too few for one more result, however dense, after text that was light', () => {
    const light = fc.double({ min: 1.5, max: 6, noNaN: true });
    fc.assert(
      fc.property(light, fc.nat(4_000), fc.nat(20_000), (charsPerToken, fresh, before) => {
        const [known, result] = ['x'.repeat(before + 4_000), 'y'.repeat(fresh)];
        const prompt_tokens = Math.ceil(known.length / charsPerToken);
        const counted = window();
        counted.calibrate(known, { prompt_tokens });
        const tokens = prompt_tokens + result.length / 1.5;
        expect(counted.estimate(known + result)).toBeGreaterThanOrEqual(Math.floor(tokens));
      }),
    );
  });

  it.each([
    ['no count', {}],
    ['a count of nothing', { prompt_tokens: 0 }],
  ])('are guessed as before after %s', (_, usage) => {
    const counted = window();
    counted.calibrate('x'.repeat(3_000), usage);
    counted.recall('x'.repeat(6_000), { prompt_chars: 3_000, ...usage });
    counted.recall('x'.repeat(6_000), { prompt_chars: 0, prompt_tokens: 50 });
    counted.recall('x'.repeat(6_000), undefined);
    expect(counted.estimate('x'.repeat(3_000))).toBe(1_200);
  });

  it.each(['x', '\u5b57', 'x\u5b57\u5b57'])(
    'of %s go by what an earlier run has counted',
    (unit) => {
      const counted = window();
      const before = unit.repeat(3_000);
      counted.recall(unit.repeat(2_000), { prompt_chars: before.length, prompt_tokens: 3_000 });
      expect(Math.abs(counted.estimate(before) - 3_000)).toBeLessThanOrEqual(1);
      counted.calibrate(before, { prompt_tokens: 3_600 });
      counted.recall(before, { prompt_chars: before.length, prompt_tokens: 3_000 });
      expect(Math.abs(counted.estimate(before) - 3_600)).toBeLessThanOrEqual(1); // newer
    },
  );

  it.each([1, 10_000_000])('stay sensible where the server claims to have counted %i', (claim) => {
    const counted = window();
    counted.calibrate('x'.repeat(3_000), { prompt_tokens: claim });
    const tokens = counted.estimate('x'.repeat(3_000));
    expect(tokens).toBeGreaterThanOrEqual(3_000 / 20);
    expect(tokens).toBeLessThanOrEqual(3_000 * 2);
  });
});

it('what two texts share from their beginning is found to the character', () => {
  fc.assert(
    fc.property(any, any, any, (start, a, b) => {
      const shared = sharedPrefix(start + a, start + b);
      expect(shared).toBeGreaterThanOrEqual(start.length);
      expect((start + a).slice(0, shared)).toBe((start + b).slice(0, shared));
      const [nextA, nextB] = [(start + a)[shared], (start + b)[shared]];
      expect(nextA === undefined || nextA !== nextB).toBe(true);
    }),
  );
});
