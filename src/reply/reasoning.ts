/** Where a model thinks: a call that is drafted there never runs, an answer there is none. */

const END_OF_REASONING = /<\/(?:think(?:ing)?|reason(?:ing)?)\s*>/gi;

/**
 * What opens reasoning, as the source of a regular expression, and what closes it. In backticks an
 * opening tag is a word about it; a closing one is not taken for that, lest a draft runs.
 */
export const THOUGHTS: readonly { opening: string; closing: RegExp }[] = [
  { opening: '(?<!`)<(?:think(?:ing)?|reason(?:ing)?)(?=[\\s>/]|$)', closing: END_OF_REASONING },
  { opening: '<\\|channel\\|>analysis', closing: /<\|end\|>/g }, // gpt-oss
  { opening: '<\\|channel>thought', closing: /<channel\|>/g }, // Gemma 4
  { opening: '<\\|START_THINKING\\|>', closing: /<\|END_THINKING\|>/g }, // Cohere
  { opening: '\\[THINK\\]', closing: /\[\/THINK\]/g }, // Mistral
];

/** The marks of gpt-oss and Cohere before the reply itself: nothing up to here is part of it. */
export const REPLY_MARK = '<\\|(?:channel\\|>final<\\|message|START_RESPONSE)\\|>';

/** Where reasoning that is open ends, if anything closes it. */
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

/** Whether reasoning opens in this stretch: a tag that closes it is no lone one then. */
export function opensReasoning(raw: string, from: number, to: number): boolean {
  return /(?<!`)<(?:think|reason)/i.test(raw.slice(from, to));
}
