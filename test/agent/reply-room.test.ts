import { expect, it } from 'vitest';
import { enlarged, replyRoom } from '../../src/agent/reply-room.ts';

it.each([
  ['twice the room', 512, undefined, 32_768, 1_024],
  ['no more than there is in all', 4_096, undefined, 32_768, 4_096],
  ['no more than a quarter of the window', 1_024, undefined, 6_000, 1_500],
  ['no less than it had, however small the window is', 512, undefined, 1_000, 512],
  ['no more than the user allows', 700, 700, 32_768, 700],
])('a reply that was cut off gets %s', (_, tokens, limit, numCtx, next) => {
  expect(enlarged(tokens, replyRoom(limit), numCtx)).toBe(next);
});
