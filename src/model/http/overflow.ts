/** Recognizes that a prompt is too long for a server's context window, in the words of each server. */

/**
 * - llama-server: "request (12031 tokens) exceeds the available context size (8192 tokens), …"
 * - Ollama: the same as JSON in a string; older ones "the input length exceeds the context length"
 * - vLLM: "This model's maximum context length is 8192 tokens. However, you requested …"
 * - SGLang: "The input (9000 tokens) is longer than the model's context length (8192 tokens)."
 * - LM Studio: "… greater than the context length (n_keep: 9000 >= n_ctx: 4096) …"
 */
const OVERFLOW =
  /exceed(?:s|ed)? (?:the|this|its|your) .{0,40}context (?:size|length|window)|(?:longer|greater|larger|more) than (?:the|this) .{0,40}context (?:size|length|window)|maximum context length|context (?:size|length|window) of only/i;
/** The same as a word for programs. */
const TYPE = /exceed_context_size|context_length_exceeded/;
/** The whole prompt as it was counted. vLLM's "at least N input tokens" is only a lower bound. */
const COUNTED = /(?:request|input|prompt) \((\d{1,9}) tokens\)/i;

/**
 * What an error says of a prompt that is too long; undefined if it says something else.
 * @param said its words
 * @param body as it came: it may have a type of error besides
 */
export function overflowIn(
  said: string,
  body: string,
): { prompt_tokens: number | undefined } | undefined {
  if (!OVERFLOW.test(said) && !TYPE.test(body.slice(0, 2_000))) return undefined;
  return { prompt_tokens: Number(COUNTED.exec(said)?.[1]) || undefined };
}
