/** Cuts text into tokens, much as a model's tokenizer does: about 3.5 characters each in code. */

/** Marks are one token each, wherever they appear. */
const MARK =
  /(<\|[\w"]+\|?>|<[\w"]+\|>|<\/?(?:think|tool_call|start_of_turn|end_of_turn|bos|s)>|\[\/?(?:INST|SYSTEM_PROMPT)\])/;
/** Cut by kinds of characters, so that adding to a text does not change the tokens before. */
const PIECE = / ?[A-Za-zÀ-ɏ]{1,12}|\d|\n| ?[^\sA-Za-zÀ-ɏ\d]{1,4}|[^\S\n]{1,16}/gu;

/** The tokens of a text, each as its characters. */
export function tokensOf(text: string): string[] {
  return text
    .split(MARK)
    .flatMap((part, at) => (at % 2 === 1 ? [part] : (part.match(PIECE) ?? [])));
}
