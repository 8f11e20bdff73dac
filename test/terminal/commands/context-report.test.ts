import { expect, it } from 'vitest';
import { renderContext } from '../../../src/terminal/commands/context-report.ts';
import type { ContextReport, LastCall } from '../../../src/prompt/cache-stats.ts';

const report: ContextReport = {
  numCtx: 8_192,
  numPredict: 512,
  thought: 0,
  tokens: { system: 1_100, examples: 300, memory: 120, conversation: 2_640 },
  reuse: {
    calls: 7,
    sentChars: 60_000,
    sharedChars: 54_000,
    restarts: 2,
    last: {
      sentChars: 12e3,
      sharedChars: 11400,
      cutChars: 0,
      tokens: 4160,
      cachedTokens: undefined,
      newTokens: 210,
      prefillMs: 1240,
    },
    prefill: { calls: 6, tokens: 1_950, ms: 9_180 },
    prefillSpeed: 212.4,
    outputSpeed: 18.6,
  },
};
const { reuse } = report;

it('shows how the window is filled, what the prompts could reuse and how fast it went', () => {
  expect(renderContext(report)).toMatchInlineSnapshot(`
    "Context window: 8192 tokens
      system       ███░░░░░░░░░░░░░░░░░   13%     1100
      examples     █░░░░░░░░░░░░░░░░░░░    4%      300
      memory       ░░░░░░░░░░░░░░░░░░░░    1%      120
      conversation ██████░░░░░░░░░░░░░░   32%     2640
      reply        █░░░░░░░░░░░░░░░░░░░    6%      512
      free         █████████░░░░░░░░░░░   43%     3520
    Prompt cache: 90% reused (last call 95%); restarted 2×
    Last call: 4160 tokens sent, 210 new, read in 1.2 s
    Average call: 325 new tokens, read in 1.5 s
    Speed: prefill 212, generation 19 tokens/s"
  `);
});

it.each([
  [43, '  conversation ████░░░░░░░░░   32%     2640'],
  [34, '  conversation    32%     2640'],
])('has shorter bars in %i columns, or none', (columns, row) => {
  expect(renderContext(report, columns)).toContain(`\n${row}\n`);
  const rows = renderContext(report, columns).split('\n').slice(1, 7);
  expect(rows.filter(({ length }) => length > columns)).toEqual([]);
});

it('says that there is nothing to compare before the second call', () => {
  const none = renderContext({ ...report, reuse: { ...reuse, calls: 0, last: undefined } });
  expect(none).toContain('\nPrompt cache: no model call yet\n');
  const one = renderContext({ ...report, reuse: { ...reuse, calls: 1 } });
  expect(one).toContain('\nPrompt cache: only one model call yet\nLast call: 4160 tokens sent');
});

it('leaves out restarts when there were none, and what the server did not report', () => {
  const last = { ...report.reuse.last, newTokens: undefined, prefillMs: undefined } as LastCall;
  const prefill = { calls: 1, tokens: 9, ms: 9 };
  const quiet = { ...reuse, last, restarts: 0, prefill, prefillSpeed: undefined };
  const text = renderContext({ ...report, reuse: quiet });
  expect(text).not.toContain('restarted');
  expect(text).toMatch(/\nLast call: 4160 tokens sent\nSpeed: generation 19 tokens\/s$/);
  const silent = { ...quiet, last: { ...last, tokens: undefined }, outputSpeed: undefined };
  expect(renderContext({ ...report, reuse: silent })).not.toMatch(/Speed|Last call:/);
});

it('has nothing free, and not less, when the estimates exceed the window', () => {
  const text = renderContext({ ...report, tokens: { ...report.tokens, conversation: 8_000 } });
  expect(text).toMatch(/\n {2}free .* 0% +0\n/);
});

it('says how much the server had in its cache, where it tells', () => {
  const last = reuse.last && { ...reuse.last, cachedTokens: 3_950 };
  expect(renderContext({ ...report, reuse: { ...reuse, last } })).toContain(
    '\nLast call: 4160 tokens sent, 3950 cached, 210 new, read in 1.2 s\n',
  );
});
