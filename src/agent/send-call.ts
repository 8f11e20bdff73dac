/** Sends one prompt and reads the reply to it: the thought apart from the text, and what both cost. */
import type { ContextWindow } from '../context/window.ts';
import {
  charsOf,
  type GenerateRequest,
  type Generation,
  type Model,
  type Usage,
} from '../model/model.ts';
import type { CacheStats } from '../prompt/cache-stats.ts';
import type { ToolShapes } from '../reply/reply.ts';
import { splitThought } from '../reply/split-thought.ts';
import type { AgentEvent } from './events.ts';
import { readReply, type BrokenReply } from './read-reply.ts';
import { whenFree } from './when-free.ts';

/** A reply before it is read, and what it cost. */
export interface RawReply extends Generation {
  /** Empty if there was none. */
  thought: string;
  usage: Usage;
}

/** Who is asked, and what counts the cost. */
interface SendParts {
  model: Model;
  window: ContextWindow;
  stats: CacheStats;
  tools: ToolShapes;
}

/**
 * Sends a request. It is sent again to a server that is busy.
 * @param soFar is filled with what comes
 * @param thoughtRoom the tokens that a thought may have: with more, the reply ends as `thought`
 * @throws ModelError
 */
export async function* sendCall(
  { model, window, stats, tools }: SendParts,
  request: GenerateRequest,
  { soFar, thoughtRoom }: { soFar: BrokenReply; thoughtRoom: number },
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, RawReply> {
  const { turns, numCtx } = request;
  const shared_chars = stats.sent(turns);
  const prompt_chars = (soFar.promptChars = charsOf(turns));
  const newShare = (prompt_chars - shared_chars) / prompt_chars;
  const promptTokens = window.expect(turns);
  const newTokens = Math.round(promptTokens * newShare);
  yield { type: 'model_start', promptChars: prompt_chars, promptTokens, newTokens };
  const isHeld = request.format !== undefined;
  const reading = { tools, soFar, thoughtRoom, isHeld };
  const read = () => readReply(model.generate(request, signal), reading, signal);
  const generation = yield* whenFree(read, signal);
  const { thought, text } = thoughtOf({ ...soFar, text: generation.text });
  const counts = generation.usage;
  // The next prompt goes without the thought, so all that follows it is evaluated again.
  const kept = thought === '' && text === generation.text ? text : undefined;
  window.calibrate(turns, counts, kept);
  stats.replied(kept, counts);
  const usage: Usage = { prompt_chars, shared_chars, ...counts };
  if (soFar.thoughtTokens > 0) usage.thought_tokens = soFar.thoughtTokens;
  yield { type: 'model_end', usage, numCtx };
  return { ...generation, text, thought, usage };
}

/** What has come of a reply, with the thought that it begins with apart. */
export function thoughtOf(reply: Pick<BrokenReply, 'text' | 'thought'>): typeof reply {
  const { thought, text } = splitThought(reply.text);
  return { text, thought: joined(reply.thought.trim(), thought) };
}

/** A reply with the thought that was ended before it, if one was. */
export function afterThought(ended: RawReply | undefined, reply: RawReply): RawReply {
  if (!ended) return reply;
  const tokens = (ended.usage.thought_tokens ?? 0) + (reply.usage.thought_tokens ?? 0);
  const usage = { ...reply.usage, thought_tokens: tokens };
  return { ...reply, thought: joined(ended.thought, reply.thought), usage };
}

function joined(...thoughts: string[]): string {
  return thoughts.filter((each) => each !== '').join('\n\n');
}
