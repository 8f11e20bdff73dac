import { describe, expect, it } from 'vitest';
import { Meter, type PromptSections } from '../../src/prompt/cache-stats.ts';
import { assemblePrompt } from '../../src/prompt/prompt.ts';

const FIRST = { prefix: 'Rules:', memory: 'Memory:', transcript: 'Transcript:', tail: 'one' };

/** A meter that was told of these prompts, each as it differs from the first. */
function meterOf(...prompts: Partial<PromptSections>[]) {
  const meter = new Meter();
  const shared = prompts.map((parts) => {
    const sections = { ...FIRST, ...parts };
    return meter.sent(assemblePrompt(sections), sections);
  });
  return { meter, shared, reuse: meter.reuse };
}

const first = assemblePrompt(FIRST);
const beforeTail = first.length - FIRST.tail.length;

describe('the meter', () => {
  it('has nothing to tell of reuse before the second call', () => {
    const none = { sentChars: 0, sharedChars: 0, last: undefined, breaks: {} };
    expect(meterOf().reuse).toMatchObject({ calls: 0, ...none });
    expect(meterOf({}).reuse).toMatchObject({ calls: 1, ...none });
  });

  it('counts what each prompt shares with the one before, and where that was cut', () => {
    const { shared, reuse } = meterOf({}, { tail: 'two' }, { tail: 'two' }, { tail: 'three' });
    expect(shared).toEqual([0, beforeTail, first.length, beforeTail + 1]);
    expect(reuse).toMatchObject({
      calls: 4,
      sentChars: 3 * first.length + 2,
      sharedChars: 2 * beforeTail + first.length + 1,
      last: { sentChars: first.length + 2, sharedChars: beforeTail + 1, cutFromEnd: 2 },
    });
  });

  it.each<[string, Partial<PromptSections>, object]>([
    ['no section where the tail is new', { tail: 'two' }, {}],
    ['no section where the transcript grew', { transcript: 'Transcript:\n[user] hi' }, {}],
    ['the transcript where it is another', { transcript: 'Transcripts' }, { transcript: 1 }],
    ['the memory', { memory: 'Memory: x' }, { memory: 1 }],
    ['the prefix, whatever else broke', { prefix: 'Rule:', memory: '' }, { prefix: 1 }],
  ])('blames %s', (_, parts, breaks) => {
    expect(meterOf({}, parts).reuse.breaks).toEqual(breaks);
  });

  it('counts every break by its section', () => {
    const { breaks } = meterOf({}, { memory: 'a' }, { memory: 'b' }, { memory: 'b' }, {}).reuse;
    expect(breaks).toEqual({ memory: 3 });
  });

  it('tells how fast what was not cached is evaluated, and replies are made', () => {
    const { meter } = meterOf({});
    const counts = { prompt_tokens: 1_000, output_tokens: 30 };
    meter.spent({ prompt_chars: 4_000, ...counts, prompt_ms: 2_000, output_ms: 1_000 });
    expect(meter.reuse).toMatchObject({ prefillSpeed: 500, outputSpeed: 30 });
    // Three quarters came from the cache: 250 tokens in the time that was measured.
    const cached = { prompt_chars: 4_000, shared_chars: 3_000 };
    meter.spent({ ...cached, ...counts, prompt_ms: 500, output_ms: 2_000 });
    expect(meter.reuse).toMatchObject({ prefillSpeed: 500, outputSpeed: 20 });
  });

  it.each([
    ['nothing', { prompt_chars: 10 }],
    ['no times', { prompt_chars: 10, prompt_tokens: 3, output_tokens: 3 }],
    ['no counts', { prompt_chars: 10, prompt_ms: 3, output_ms: 3 }],
    ['no time at all', { prompt_chars: 10, prompt_tokens: 3, prompt_ms: 0 }],
  ])('knows no speed where the server tells %s', (_, usage) => {
    const { meter } = meterOf({});
    meter.spent(usage);
    expect(meter.reuse).toMatchObject({ prefillSpeed: undefined, outputSpeed: undefined });
  });
});
