/** Keeps account of what model calls cost and how much of each prompt repeats the one before. */
import type { Usage } from '../model/model.ts';
import { sharedPrefix } from '../context/window.ts';

export interface PromptSections {
  prefix: string;
  memory: string;
  transcript: string;
  tail: string;
}

/** A section that should have stayed and did not: from there on the cache was lost. */
export type ReuseBreak = 'prefix' | 'memory' | 'transcript';

export interface Reuse {
  calls: number;
  /** Characters of all prompts but the first, which has nothing to repeat. */
  sentChars: number;
  /** Of those, the ones that a cache could reuse. */
  sharedChars: number;
  /** Of the last prompt: characters sent, shared, and from the cut to the end of the one before. */
  last: { sentChars: number; sharedChars: number; cutFromEnd: number } | undefined;
  breaks: Partial<Record<ReuseBreak, number>>;
  /** Tokens a second: evaluation of what was not cached, and generation; where the server tells. */
  prefillSpeed: number | undefined;
  outputSpeed: number | undefined;
}

export class Meter {
  #previous: { prompt: string; sections: PromptSections } | undefined;
  #reuse: Omit<Reuse, 'prefillSpeed' | 'outputSpeed'> = {
    calls: 0,
    sentChars: 0,
    sharedChars: 0,
    last: undefined,
    breaks: {},
  };
  #prefill = { tokens: 0, ms: 0 };
  #output = { tokens: 0, ms: 0 };

  /** Takes note of a prompt that is sent. Returns how many characters the one before shares. */
  sent(prompt: string, sections: PromptSections): number {
    const previous = this.#previous;
    this.#previous = { prompt, sections };
    this.#reuse.calls++;
    if (!previous) return 0;
    const sharedChars = sharedPrefix(prompt, previous.prompt);
    const cutFromEnd = previous.prompt.length - sharedChars;
    this.#reuse.sentChars += prompt.length;
    this.#reuse.sharedChars += sharedChars;
    this.#reuse.last = { sentChars: prompt.length, sharedChars, cutFromEnd };
    const broken = breakBetween(previous.sections, sections);
    if (broken) this.#reuse.breaks[broken] = (this.#reuse.breaks[broken] ?? 0) + 1;
    return sharedChars;
  }

  /** Takes note of what the server says that the call has cost. */
  spent({ prompt_chars, shared_chars = 0, prompt_tokens, output_tokens, ...ms }: Usage): void {
    if (prompt_tokens !== undefined && ms.prompt_ms !== undefined) {
      // The count includes what was cached, the time does not.
      this.#prefill.tokens += prompt_tokens * (1 - shared_chars / prompt_chars);
      this.#prefill.ms += ms.prompt_ms;
    }
    if (output_tokens !== undefined && ms.output_ms !== undefined) {
      this.#output.tokens += output_tokens;
      this.#output.ms += ms.output_ms;
    }
  }

  get reuse(): Reuse {
    return {
      ...this.#reuse,
      prefillSpeed: perSecond(this.#prefill),
      outputSpeed: perSecond(this.#output),
    };
  }
}

/** The tail is new each time and the transcript grows; anything else breaks the reuse. */
function breakBetween(before: PromptSections, after: PromptSections): ReuseBreak | undefined {
  if (before.prefix !== after.prefix) return 'prefix';
  if (before.memory !== after.memory) return 'memory';
  return after.transcript.startsWith(before.transcript) ? undefined : 'transcript';
}

function perSecond({ tokens, ms }: { tokens: number; ms: number }): number | undefined {
  return ms > 0 ? (tokens / ms) * 1000 : undefined;
}
