import { expect, it } from 'vitest';
import { assemblePrompt, renderTail, transcriptSection } from '../../src/prompt/prompt.ts';

it('a prompt is what stays, then what grows, then the tail', () => {
  const transcript = transcriptSection(['[user] a', '[notice] b']);
  const parts = { prefix: 'Rules:', memory: 'Memory:', tail: 'Current user request:\na' };
  expect(assemblePrompt({ ...parts, transcript })).toBe(
    'Rules:\n\nMemory:\n\nTranscript:\n[user] a\n[notice] b\n\nCurrent user request:\na',
  );
});

it('the tail repeats the request and says how many steps are left', () => {
  expect(renderTail('Fix it.', 4)).toMatch(/^Current user request:\nFix it\.\n\n.*\b4 more\b/);
  expect(renderTail('Fix it.', 1)).toMatch(/only one tool call .*answer now/i);
  expect(renderTail('Fix it.', 2)).toMatch(/\b2 more\b(?!.*answer now)/);
});

it('the tail of a long request stays under 400 tokens', () => {
  const tail = renderTail(`First ${'and then '.repeat(5_000)} at last.`, 6);
  expect(tail.length).toBeLessThan(3 * 400);
  expect(tail).toMatch(/^Current user request:\nFirst .*left out.* at last\.\n/s);
});
