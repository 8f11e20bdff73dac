import { describe, expect, it } from 'vitest';
import { EndWatch } from '../../src/reply/end-watch.ts';
import { isStress, some } from '../support/stress.ts';
import { tools } from '../support/tools.ts';

/** The work has to grow linearly with the text, however it comes: at 1 MB all else takes minutes. */
const CHARS = 40_000;
const SIZE = 4;

/** The processor's time for a text of this length that is no loop, in milliseconds. */
function timeOf(start: string, noise: string, chars: number): number {
  const count = Math.ceil(chars / (noise.length + 4));
  const text = start + Array.from({ length: count }, (_, at) => noise + (at % 997)).join('');
  const watch = new EndWatch(tools);
  const began = process.cpuUsage();
  for (let at = 0; at < text.length; at += SIZE) {
    if (watch.push(text.slice(at, at + SIZE))) break;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

const NOISES = [
  '\n\n\n\n',
  '}',
  '{}',
  '"',
  '</tool>',
  '</final>',
  '<',
  '>',
  '```',
  '{"a":',
  '(x)',
  '/>',
  '</tool>"',
  '</final>"',
  '<|im_start|>',
  '{"name":"list_files"} x\n',
  '<think>',
  '<plan>',
  '</analysis>',
  '<seed:think>x</seed:think>',
  '<|begin_of_thought|>',
  '◁think▷',
  ' ',
];
const STARTS = [
  '',
  '<tool>{"name":"read_file","args":{"path":"a"}}</tool>"',
  '<tool name="write_file" path="a"><content>',
  '<tool>{"name":"write_file","args":{"content":"',
  '<final>',
  '<reflection>',
  '<|python_tag|>read_file(',
];

describe('four times the reply takes no more than about four times the time', () => {
  it.each(some(12, NOISES))('of %j in small pieces', (noise) => {
    // In the fast set each noise meets one of the starts, and each start meets some noises.
    const at = NOISES.indexOf(noise) % STARTS.length;
    const starts = STARTS.filter((_, index) => isStress || index === at);
    for (const start of starts) {
      // Of quadratic work it would be sixteen times as much. Other work only lengthens it.
      const isLinear = () =>
        timeOf(start, noise, 4 * CHARS) < 8 * Math.max(timeOf(start, noise, CHARS), 20);
      const isOnce = isLinear() || isLinear() || isLinear();
      expect(isOnce, `after ${JSON.stringify(start)}`).toBe(true);
    }
  });
});
