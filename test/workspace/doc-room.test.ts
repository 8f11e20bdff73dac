import { expect, it } from 'vitest';
import { partOf, shareRoom } from '../../src/workspace/doc-room.ts';

/** Instructions of so many lines of ten characters, from the farthest to the nearest. */
const instructions = (...lines: number[]) =>
  lines.map((count, at) => ({
    path: `${'d/'.repeat(at)}AGENTS.md`,
    text: Array.from({ length: count }, (_, line) => String(line).padStart(9, '-')).join('\n'),
  }));

const shared = (room: number, ...lines: number[]) =>
  shareRoom(instructions(...lines), room).map((doc) => partOf(doc) ?? 'all');

it.each([
  ['all of them where there is room', 1_000, [20, 30], ['all', 'all']],
  [
    'half of the room to the nearest one',
    400,
    [90, 90],
    ['the first 20 lines', 'the first 20 lines'],
  ],
  ['to the nearest what the others leave', 400, [5, 90], ['all', 'the first 35 lines']],
  ['to the others what the nearest leaves', 400, [90, 5], ['the first 35 lines', 'all']],
  ['no part of a line where that would be short', 8, [9, 9], ['no room for it', 'no room for it']],
])('gives %s', (_what, room, lines, parts) => {
  expect(shared(room, ...lines)).toEqual(parts);
});

it('is the same when it shares once more what was shared before, with less room', () => {
  const once = shareRoom(instructions(90, 90), 800);
  expect(shareRoom(once, 800)).toEqual(once);
  expect(shareRoom(once, 400)).toEqual(shareRoom(instructions(90, 90), 400));
});
