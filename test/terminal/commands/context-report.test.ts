import { expect, it } from 'vitest';
import type { ContextReport } from '../../../src/agent/events.ts';
import { renderContext } from '../../../src/terminal/commands/context-report.ts';

const report: ContextReport = {
  numCtx: 8_192,
  numPredict: 512,
  tokens: { prefix: 1_100, memory: 120, transcript: 2_900, tail: 40 },
  reuse: {
    calls: 7,
    sentChars: 60_000,
    sharedChars: 54_000,
    last: { sentChars: 12_000, sharedChars: 11_400, cutFromEnd: 160 },
    breaks: { memory: 2, transcript: 1 },
    prefillSpeed: 212.4,
    outputSpeed: 18.6,
  },
};
const { reuse } = report;

it('shows how the window is filled, what the prompts could reuse and how fast it went', () => {
  expect(renderContext(report)).toMatchInlineSnapshot(`
    "Context window: 8192 tokens
      prefix     ███░░░░░░░░░░░░░░░░░   13%     1100
      memory     ░░░░░░░░░░░░░░░░░░░░    1%      120
      transcript ███████░░░░░░░░░░░░░   35%     2900
      tail       ░░░░░░░░░░░░░░░░░░░░    0%       40
      reply      █░░░░░░░░░░░░░░░░░░░    6%      512
      free       █████████░░░░░░░░░░░   43%     3520
    Reuse: 90% of the prompts of 7 calls repeated the one before; of the last, 95%, all but 160 characters of the one before it
      broken in: memory 2×, transcript 1×
    Speed: prefill 212, generation 19 tokens a second"
  `);
});

it.each([
  [40, '  transcript ████░░░░░░░░   35%     2900'],
  [30, '  transcript    35%     2900'],
])('has shorter bars in %i columns, or none', (columns, row) => {
  expect(renderContext(report, columns)).toContain(`\n${row}\n`);
});

it.each([
  [0, 'no model call yet'],
  [1, 'only one model call yet'],
])('after %i calls it says that there is nothing to compare', (calls, words) => {
  const text = renderContext({ ...report, reuse: { ...reuse, calls, last: undefined } });
  expect(text).toContain(`\nReuse: ${words}\n`);
});

it('leaves out what broke the reuse where nothing did, and speeds that the server did not tell', () => {
  const quiet = { ...reuse, breaks: {}, prefillSpeed: undefined };
  const text = renderContext({ ...report, reuse: quiet });
  expect(text).not.toContain('broken');
  expect(text).toMatch(/\nSpeed: generation 19 tokens a second$/);
  const silent = renderContext({ ...report, reuse: { ...quiet, outputSpeed: undefined } });
  expect(silent).not.toContain('Speed');
});

it('has nothing free, and not less, when the estimates exceed the window', () => {
  const text = renderContext({ ...report, tokens: { ...report.tokens, transcript: 8_000 } });
  expect(text).toMatch(/\n {2}free .* 0% +0\n/);
});
