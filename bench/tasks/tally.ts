/** Counts what model calls cost, from the prompts and the lines of the answers. */
import * as z from 'zod';
import { sharedPrefix } from '../../src/prompt/cache-stats.ts';

/** What model calls cost, in tokens unless said otherwise. */
export interface Cost {
  calls: number;
  /** Of all prompts. */
  sent: number;
  /**
   * Of them, what the server did not find in its cache, if it says; else what the prompt and reply
   * before do not begin with: what no prefix cache can spare.
   */
  evaluated: number;
  generated: number;
}

interface ModelCall {
  promptChars: number;
  /** Characters that the prompt shares with the one before and its reply. */
  sharedChars: number;
  /** What the server counted; undefined where the client ended the reply early. */
  promptTokens: number | undefined;
  /** How many of them it had in its cache, if it says. */
  cachedTokens: number | undefined;
  /** What the server counted, or else the pieces that came. */
  replyTokens: number;
}

/** The tokens of a character, before the server has counted any. */
const FIRST_RATE = 1 / 3.5;

/** The parts of an answer's line that are counted. */
const lineSchema = z.object({
  response: z.string().default(''),
  thinking: z.string().default(''),
  message: z
    .object({ content: z.string().default(''), thinking: z.string().default('') })
    .optional(),
  prompt_eval_count: z.number().optional(),
  eval_count: z.number().optional(),
});

/** The same of an event of OpenAI's routes. */
const eventSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({ content: z.string().nullish(), reasoning_content: z.string().nullish() })
          .default({}),
      }),
    )
    .default([]),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().optional() }).nullish(),
    })
    .nullish(),
});

/** What a line tells. */
interface Told {
  piece: string;
  thought: string;
  promptTokens?: number | undefined;
  cachedTokens?: number | undefined;
  replyTokens?: number | undefined;
}

/** The model calls since they were last taken. */
export class Tally {
  #calls: ModelCall[] = [];
  /** The last prompt with its reply, so far. */
  #last = '';
  /** What the server has counted of prompts. */
  #countedChars = 0;
  #countedTokens = 0;

  /** A call with this prompt begins. Returns what is to be told each line of the answer. */
  begin(prompt: string): (line: string) => void {
    const promptChars = prompt.length;
    const sharedChars = sharedPrefix(prompt, this.#last);
    const call: ModelCall = {
      promptChars,
      sharedChars,
      promptTokens: undefined,
      cachedTokens: undefined,
      replyTokens: 0,
    };
    this.#calls.push(call);
    this.#last = prompt;
    return (line) => {
      const { piece, thought, promptTokens, cachedTokens, replyTokens } = toldBy(line);
      this.#last += piece;
      call.replyTokens = replyTokens ?? call.replyTokens + (piece + thought === '' ? 0 : 1);
      if (promptTokens === undefined) return;
      Object.assign(call, { promptTokens, cachedTokens });
      this.#countedChars += promptChars;
      this.#countedTokens += promptTokens;
    };
  }

  /** What the calls since the last time cost. */
  take(): Cost {
    const rate = this.#countedChars > 0 ? this.#countedTokens / this.#countedChars : FIRST_RATE;
    const cost = { calls: this.#calls.length, sent: 0, evaluated: 0, generated: 0 };
    for (const call of this.#calls) {
      const { promptChars, sharedChars, promptTokens, cachedTokens, replyTokens } = call;
      const tokens = promptTokens ?? promptChars * rate;
      cost.sent += Math.round(tokens);
      const shared = cachedTokens ?? (tokens * sharedChars) / Math.max(1, promptChars);
      cost.evaluated += Math.round(tokens - shared);
      cost.generated += replyTokens;
    }
    this.#calls = [];
    return cost;
  }
}

/** A line that cannot be read is an error, which the client deals with. */
function toldBy(line: string): Told {
  const isEvent = line.startsWith('data: ');
  try {
    const value: unknown = JSON.parse(isEvent ? line.slice(6) : line);
    return isEvent ? ofEvent(eventSchema.parse(value)) : ofLine(lineSchema.parse(value));
  } catch {
    return { piece: '', thought: '' };
  }
}

function ofLine({ message, ...told }: z.infer<typeof lineSchema>): Told {
  return {
    piece: told.response + (message?.content ?? ''),
    thought: told.thinking + (message?.thinking ?? ''),
    promptTokens: told.prompt_eval_count,
    replyTokens: told.eval_count,
  };
}

function ofEvent({ choices, usage }: z.infer<typeof eventSchema>): Told {
  const { content, reasoning_content: thought } = choices[0]?.delta ?? {};
  return {
    piece: content ?? '',
    thought: thought ?? '',
    promptTokens: usage?.prompt_tokens,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens,
    replyTokens: usage?.completion_tokens,
  };
}
