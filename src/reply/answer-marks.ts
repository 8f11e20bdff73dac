/** What chat templates, other agents and habits put around an answer. The person never sees it. */

/** XML data may have such elements, too, but with other elements inside. */
const ELEMENT =
  '(?:[Aa]nswer|ANSWER|[Rr]esponse|RESPONSE|[Ff]inal_[Aa]nswer|FINAL_ANSWER|[Ff]inal-[Aa]nswer)';
const TURN_START =
  '<\\|im_start\\|>(?:assistant|model)?|<\\|start_header_id\\|>assistant<\\|end_header_id\\|>|' +
  '<start_of_turn>(?:model|assistant)?|<[|｜](?:[Aa]ssistant|begin[_▁]of[_▁](?:text|sentence))[|｜]>|' +
  '<s>|<bos>|\\[/INST\\]|<\\|(?:START_RESPONSE|START_OF_TURN_TOKEN|CHATBOT_TOKEN)\\|>';
const LABELS = ['Final Answer', 'Final answer', 'FINAL ANSWER', 'FINAL', 'Answer', 'ANSWER'];
const SPEAKERS = ['Assistant', 'assistant'];
const BOLD = '[*_]{0,2}';
const label = (names: readonly string[]) => `${BOLD}(?:${names.join('|')})${BOLD}:${BOLD}`;
/** The thought that ReAct models write before an answer. */
const THOUGHT_LINES = `${label(['Thought'])}[^]*?\\n${label(['Final Answer'])}`;

const START = new RegExp(
  `^\\s*(?:${TURN_START}|<${ELEMENT}>(?=\\s*[^<\\s])|${label([...LABELS, ...SPEAKERS])}|${THOUGHT_LINES})\\s*`,
);
/** The beginning of a text that may become a mark once more of it is there. */
const START_BEGUN = new RegExp(
  `^(?:${TURN_START}|<(?:\\|im_start\\||\\|start_header_id\\||start_of_turn)>\\w{0,9}(?:<[^<>]{0,20})?|` +
    `<${ELEMENT}>\\s*|\\[[/A-Z]{0,6}|${label([...LABELS, ...SPEAKERS])}|` +
    `${BOLD}(?:${[...LABELS, ...SPEAKERS, 'Thought', 'analysis'].map(beginningOf).join('|')})?${BOLD})$`,
);
const THOUGHT_LINES_START = new RegExp(`^${label(['Thought'])}`);

const TOKEN_END =
  '<[|｜](?:im_end|eot_id|eom_id|end|return|endoftext|eos|eot|end[_▁]of[_▁](?:text|turn|sentence)|' +
  'END_RESPONSE|END_OF_TURN_TOKEN|im_start)[|｜]>|<end_of_turn>|<start_of_turn>|<eos>|\\[/?INST\\]';
const END = new RegExp(`(?:${TOKEN_END}|</final\\s*>|</(?:${ELEMENT}|s)>)$`, 'i');
/** No match of END is longer. */
const END_CHARS = 40;
/** Where the marks at the end of an answer may begin, or a tag that may become one. */
export const END_SIGN = `${TOKEN_END}|</(?:${ELEMENT}|s)>|<[^<>\\s]{0,30}$|\\[[/A-Z]{0,6}$`;

/** Forms in which other agents, or models whose marks got lost, give a whole answer. */
const WHOLE = [
  /^<attempt_completion>\s*<result>([^]*)<\/result>\s*(?:<\/attempt_completion>)?$/i,
  /^<ask_followup_question>\s*<question>([^]*)<\/question>\s*(?:<\/ask_followup_question>)?$/i,
  /^\[final\]([^]*)\[\/final\]$/i,
  /^&lt;final&gt;([^]*)&lt;\/final&gt;$/i,
  // gpt-oss
  /^analysis(?=[A-Z])[^]*?assistantfinal([^]*)$/,
];
/** A special token of another turn, which ends the answer. */
const NEXT_TURN = /<\|im_end\|>\s*<\|im_start\|>[^]*|<end_of_turn>\s*<start_of_turn>[^]*/;

/** Whether a text starts like an analysis whose marks got lost: the answer is behind it. */
export function startsWithAnalysis(text: string): boolean {
  return /^analysis[A-Z]/.test(text);
}

/** How long the mark is that a text starts with, whitespace included; 0 without one. */
export function startMarkLength(text: string): number {
  return START.exec(text)?.[0].length ?? 0;
}

/** Whether a text may start with a mark once more of it is there. */
export function mayStartWithMark(text: string): boolean {
  return START_BEGUN.test(text);
}

/** Whether a text starts with a line of ReAct, so that the answer is behind another label. */
export function startsWithThoughtLine(text: string): boolean {
  return THOUGHT_LINES_START.test(text);
}

/** An answer without the marks at its start and at its end, in time linear in its length. */
export function withoutMarks(reply: string): string {
  const trimmed = reply.trim();
  const form = WHOLE.find((each) => each.test(trimmed));
  const text = (form?.exec(trimmed)?.[1] ?? reply).replace(NEXT_TURN, '');
  let start = 0;
  for (let length = -1; length !== 0; start += length) length = startMarkLength(text.slice(start));
  // An element that is opened in the answer is a part of it, and so is its end.
  const isElement = new RegExp(`<(?:${ELEMENT}|s)[\\s>]`).test(text.slice(start));
  let end = text.length;
  for (;;) {
    while (end > start && /\s/.test(text.charAt(end - 1))) end--;
    const mark = END.exec(text.slice(Math.max(start, end - END_CHARS), end))?.[0];
    const isKept = mark === undefined || (isElement && /^<\/(?!final\s*>)/i.test(mark));
    if (isKept) return text.slice(start, end).trimStart();
    end -= mark.length;
  }
}

/** The source of an expression that matches every beginning of a text, and the text. */
export function beginningOf(text: string): string {
  return [...text].reduceRight((rest, char) => `${char}${rest && `(?:${rest})?`}`, '');
}
