import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charsOf, type Counts, type Turn } from '../../src/model/model.ts';
import { CacheStats, sharedPrefix } from '../../src/prompt/cache-stats.ts';

/** A conversation of these texts. */
const turns = (...texts: string[]): Turn[] =>
  texts.map((content, at) => ({
    role: at === 0 ? 'system' : at % 2 ? 'user' : 'assistant',
    content,
  }));

/** Calls, each a prompt with its reply and what the server counted. */
function statsOf(...calls: [prompt: string[], reply?: string, counts?: Counts][]) {
  const stats = new CacheStats();
  const shared = calls.map(([prompt, reply, counts = {}]) => {
    const chars = stats.sent(turns(...prompt));
    if (reply !== undefined) stats.replied(reply, counts);
    return chars;
  });
  return { stats, shared, reuse: stats.reuse };
}

describe('what was reused', () => {
  it('is nothing before the second call', () => {
    const none = { sentChars: 0, sharedChars: 0, restarts: 0 };
    expect(statsOf().reuse).toMatchObject({ calls: 0, ...none, last: undefined });
    const last = { sentChars: 5, sharedChars: 0, cutChars: 0, newTokens: undefined };
    expect(statsOf([['rules']]).reuse).toMatchObject({ calls: 1, ...none, last });
  });

  it('is the last prompt and its reply, where the next one extends them', () => {
    const { shared, reuse } = statsOf(
      [['rules', 'go'], 'call'],
      [['rules', 'go', 'call', 'result'], 'done'],
      [['rules', 'go', 'call', 'result', 'done', 'go on']],
    );
    expect(shared).toEqual([0, 11, 21]);
    expect(reuse).toMatchObject({
      calls: 3,
      restarts: 0,
      sentChars: 17 + 26,
      sharedChars: 11 + 21,
      last: { sentChars: 26, sharedChars: 21, cutChars: 0 },
    });
  });

  it('ends at the first different character, and counts what was cut off', () => {
    const { shared, reuse } = statsOf(
      [['rules', 'abcd', 'ef', 'gh']],
      [['rules', 'abXX', 'ef', 'gh']],
      [['rules', 'abXX', 'ef', 'gh']],
      [['other']],
    );
    expect(shared).toEqual([0, 7, 13, 0]);
    expect(reuse).toMatchObject({ restarts: 2, last: { cutChars: 13 } });
    const [, other] = statsOf([['rules', 'abcd']], [['rules', 'abcd', 'x'], 'y']).shared;
    expect(other).toBe(9);
  });

  it('ends where another speaks, though the words are the same', () => {
    const stats = new CacheStats();
    stats.sent([{ role: 'system', content: 'rules' }]);
    expect(stats.sent([{ role: 'user', content: 'rules' }])).toBe(0);
  });

  it('is a reply that is not what was generated only as far as it is the same', () => {
    const { shared, reuse } = statsOf([['rules', 'go'], 'abcdef'], [['rules', 'go', 'abc', 'x']]);
    expect(shared).toEqual([0, 10]);
    expect(reuse).toMatchObject({ restarts: 0, last: { cutChars: 0 } }); // no prompt was cut
  });

  it('is what was sent ahead, too, once', () => {
    const stats = new CacheStats();
    stats.warmed(turns('rules', 'ask', 'call'), { prompt_tokens: 90 });
    stats.warmed(turns('other'), { prompt_tokens: 90 });
    expect(stats.sent(turns('rules', 'ask', 'call', 'go'))).toBe(12);
    stats.replied('done', { prompt_tokens: 100, output_tokens: 5 });
    expect(stats.reuse).toMatchObject({
      calls: 1,
      restarts: 0,
      last: { sharedChars: 12, tokens: 100, newTokens: 10 },
    });
  });
});

describe('the tokens of the last call', () => {
  const first: [string[], string, Counts] = [
    ['rules', 'go'],
    'call',
    { prompt_tokens: 100, output_tokens: 20, prompt_ms: 500 },
  ];
  const second = ['rules', 'go', 'call', 'result'];

  it('are new if neither the last prompt nor its reply had them', () => {
    expect(statsOf(first).reuse.last).toMatchObject({
      tokens: 100,
      newTokens: 100,
      prefillMs: 500,
    });
    const { last } = statsOf(first, [second, 'x', { prompt_tokens: 150 }]).reuse;
    expect(last).toMatchObject({ tokens: 150, newTokens: 30, prefillMs: undefined });
    const fewer = statsOf(first, [second, 'x', { prompt_tokens: 110 }]).reuse;
    expect(fewer.last).toMatchObject({ newTokens: 0 });
  });

  it('are those that the server has not found in its cache, where it says', () => {
    const counts = { prompt_tokens: 150, cached_tokens: 90, prompt_ms: 600 };
    const { last, prefillSpeed } = statsOf([second, 'x', counts]).reuse;
    expect(last).toMatchObject({ tokens: 150, cachedTokens: 90, newTokens: 60 });
    expect(prefillSpeed).toBe(100);
  });

  it('are all new where an epoch began', () => {
    const { last } = statsOf(first, [['other'], 'x', { prompt_tokens: 90 }]).reuse;
    expect(last).toMatchObject({ tokens: 90, newTokens: 90 });
  });

  it('are not known where the server did not count, then or now', () => {
    expect(statsOf([['rules'], 'x']).reuse.last).toMatchObject({
      tokens: undefined,
      newTokens: undefined,
    });
    const { last } = statsOf(
      [['rules'], 'x', { prompt_tokens: 9 }],
      [['rules', 'y'], 'z', { prompt_tokens: 20 }],
    ).reuse;
    expect(last).toMatchObject({ tokens: 20, newTokens: undefined });
  });

  it('give the speed of evaluating new tokens and of generating', () => {
    const { reuse } = statsOf(
      [
        ['rules', 'go'],
        'call',
        { prompt_tokens: 1_000, output_tokens: 30, prompt_ms: 2_000, output_ms: 1_000 },
      ],
      [second, 'x', { prompt_tokens: 1_280, output_tokens: 30, prompt_ms: 500, output_ms: 2_000 }],
    );
    // 250 tokens in the time that was measured.
    expect(reuse).toMatchObject({ prefillSpeed: 500, outputSpeed: 20 });
    expect(1000 * (reuse.prefill.tokens / reuse.prefill.ms)).toBe(500);
  });

  it.each<[string, Counts]>([
    ['nothing', {}],
    ['no times', { prompt_tokens: 3, output_tokens: 3 }],
    ['no counts', { prompt_ms: 3, output_ms: 3 }],
    ['no time at all', { prompt_tokens: 3, prompt_ms: 0 }],
  ])('give no speed if the server says %s', (_, counts) => {
    const { reuse } = statsOf([['rules'], 'x', counts]);
    expect(reuse).toMatchObject({ prefillSpeed: undefined, outputSpeed: undefined });
  });

  it('of a reply without a prompt are none', () => {
    const stats = new CacheStats();
    stats.replied('x', { prompt_tokens: 3 });
    expect(stats.reuse).toMatchObject({ calls: 0, last: undefined });
  });
});

it('the characters of turns are those of their contents', () => {
  expect(charsOf([])).toBe(0);
  expect(charsOf(turns('rules', 'go'))).toBe(7);
});

it('what two texts share from their beginning is found to the character', () => {
  const any = fc.string({ unit: fc.constantFrom('a', 'b', '字'), maxLength: 3_000 });
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
