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

it('a reply begins with no more than an eighth of a window that the user chose', () => {
  expect(replyRoom(undefined, 2_048)).toEqual({ first: 256, most: 4_096 });
  expect(replyRoom(undefined, 4_096).first).toBe(512);
  expect(replyRoom().first).toBe(512);
  expect(replyRoom(700, 2_048)).toEqual({ first: 700, most: 700 });
});
