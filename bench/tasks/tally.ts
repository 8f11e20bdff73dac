/** Counts what model calls cost, from the prompts and the lines of the answers. */
import * as z from 'zod';
import { sharedPrefix } from '../../src/prompt/cache-stats.ts';

/** What model calls cost, in tokens unless said otherwise. */
export interface Cost {
  calls: number;
  /** Of all prompts. */
  sent: number;
  /** Of them, what the prompt and reply before do not begin with: what no prefix cache can spare. */
  evaluated: number;
  generated: number;
}

interface ModelCall {
  promptChars: number;
  /** Characters that the prompt shares with the one before and its reply. */
  sharedChars: number;
  /** What the server counted; undefined where the client ended the reply early. */
  promptTokens: number | undefined;
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
    const call: ModelCall = { promptChars, sharedChars, promptTokens: undefined, replyTokens: 0 };
    this.#calls.push(call);
    this.#last = prompt;
    return (line) => {
      const { message, prompt_eval_count: prompted, eval_count, ...told } = parseLine(line);
      const piece = told.response + (message?.content ?? '');
      const thought = told.thinking + (message?.thinking ?? '');
      this.#last += piece;
      call.replyTokens = eval_count ?? call.replyTokens + (piece + thought === '' ? 0 : 1);
      if (prompted === undefined) return;
      call.promptTokens = prompted;
      this.#countedChars += promptChars;
      this.#countedTokens += prompted;
    };
  }

  /** What the calls since the last time cost. */
  take(): Cost {
    const rate = this.#countedChars > 0 ? this.#countedTokens / this.#countedChars : FIRST_RATE;
    const cost = { calls: this.#calls.length, sent: 0, evaluated: 0, generated: 0 };
    for (const { promptChars, sharedChars, promptTokens, replyTokens } of this.#calls) {
      const tokens = promptTokens ?? promptChars * rate;
      cost.sent += Math.round(tokens);
      cost.evaluated += Math.round(tokens * (1 - sharedChars / Math.max(1, promptChars)));
      cost.generated += replyTokens;
    }
    this.#calls = [];
    return cost;
  }
}

function parseLine(line: string): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return lineSchema.parse({}); // an error, which the client deals with
  }
}
