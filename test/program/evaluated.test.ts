/** What a session costs the server, according to the scripted server's model of its cache. */
import { expect, it } from 'vitest';
import { measureEvaluated } from '../../bench/evaluated.ts';
import { inStress, some } from '../support/stress.ts';

const SESSION = { requests: 4, callsEach: 5 };

it.each(
  some(1, [
    ['a session in one process', false],
    ['a session that is resumed for each request', true],
  ]),
)('%s evaluates the first prompt, then only what is new', async (_, resumes) => {
  const costs = await measureEvaluated({ ...SESSION, resumes, who: 'raw' });
  for (const { calls, evaluated, needed, cut, resumeSurplus } of Object.values(costs)) {
    expect(calls).toBe(20);
    expect(evaluated).toBeLessThanOrEqual(1.05 * needed);
    expect(resumeSurplus).toBeLessThanOrEqual(200);
    expect(cut).toBe(0);
  }
});

inStress(
  'by /api/chat a hybrid model evaluates more, though nothing but its think block is cut',
  async () => {
    const { hybrid: raw } = await measureEvaluated({ ...SESSION, resumes: false, who: 'raw' });
    const { hybrid: chat } = await measureEvaluated({ ...SESSION, resumes: false, who: 'chat' });
    expect(chat.evaluated).toBeGreaterThan(2 * raw.evaluated);
    expect(chat.cut).toBeLessThan(40);
  },
);
