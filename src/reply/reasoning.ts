/** Finds a model's reasoning: a call drafted in it never runs, and text in it is not an answer. */

const END_OF_REASONING = /<\/(?:think(?:ing)?|reason(?:ing)?)\s*>/gi;

/**
 * What opens reasoning, as the source of a regular expression, and what closes it. An opening tag in
 * backticks is only mentioned; a closing one always counts, so that no draft runs.
 */
export const THOUGHTS: readonly { opening: string; closing: RegExp }[] = [
  { opening: '(?<!`)<(?:think(?:ing)?|reason(?:ing)?)(?=[\\s>/]|$)', closing: END_OF_REASONING },
  { opening: '<\\|channel\\|>analysis', closing: /<\|end\|>/g }, // gpt-oss
  { opening: '<\\|channel>thought', closing: /<channel\|>/g }, // Gemma 4
  { opening: '<\\|START_THINKING\\|>', closing: /<\|END_THINKING\|>/g }, // Cohere
  { opening: '\\[THINK\\]', closing: /\[\/THINK\]/g }, // Mistral
];

/** What gpt-oss and Cohere put before the reply proper: nothing up to here is part of it. */
export const REPLY_MARK = '<\\|(?:channel\\|>final<\\|message|START_RESPONSE)\\|>';

/** Where open reasoning ends, if anything closes it. */
export function endOf(raw: string, from: number, closing: RegExp): number | undefined {
  closing.lastIndex = from;
  return closing.exec(raw) ? closing.lastIndex : undefined;
}

/** The next tag that closes reasoning, opened or not. */
export function reasoningEnd(raw: string, from: number): { at: number; end: number } | undefined {
  END_OF_REASONING.lastIndex = from;
  const match = END_OF_REASONING.exec(raw);
  return match ? { at: match.index, end: match.index + match[0].length } : undefined;
}

/** Whether reasoning opens in this range; if so, the closing tag after it is not a lone one. */
export function opensReasoning(raw: string, from: number, to: number): boolean {
  return /(?<!`)<(?:think|reason)/i.test(raw.slice(from, to));
}
