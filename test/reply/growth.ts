/** Texts that grow, over everything that opens a call, and the time that reading them takes. */
import { AnswerStream } from '../../src/reply/answer-stream.ts';
import { EndWatch } from '../../src/reply/end-watch.ts';
import { DIALECTS } from '../../src/reply/formats/dialects.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { tools } from '../support/tools.ts';
import { variedWord } from '../support/varied.ts';

/** What opens each format: its mark, and its example cut off in several places. */
const NATIVE = DIALECTS.flatMap(({ opening, looks }) => {
  const found = new RegExp(opening, 'i').exec(looks);
  const at = found?.index ?? 0;
  const mark = looks.slice(at, at + (found?.[0].length ?? 0));
  const cuts = [/[a-z_]{4}/, /[({]/, /"|=/, /a"/].map((cut) => cut.exec(looks.slice(at + 8)));
  const starts = cuts.flatMap((cut) => (cut ? [looks.slice(0, at + 8 + cut.index + 1)] : []));
  const named = /^[^]*?read_file\W*/.exec(looks)?.[0] ?? looks;
  return [mark, ...starts, named, looks.slice(0, -1), looks];
});

/** The starts of replies. */
export const STARTS: readonly string[] = [
  ...new Set([
    '',
    'Words. ',
    '<tool>',
    '<tool>{"name":"read_file", ',
    '<tool>{"name":"write_file","args":{"content":"',
    '<tool>{"name":"read_file","args":{"path":"a"}}</tool>',
    '<tool name="x">',
    '<tool name="read_file" path="',
    '<tool name="write_file" path="a"><content>',
    '<tool name="write_file" path="a"><content>x</content>',
    '<tool name="write_file" path="a"><content><content>',
    '<tool><name>write_file</name><content>',
    '<write_file><path>a</path><content>',
    '<final>',
    '<final>x',
    '<final>x</final>"',
    '<think>',
    '<plan>',
    '<reflection>',
    '<answer>',
    'Thought: a',
    '```json\n',
    '```\n',
    ...NATIVE,
  ]),
];

/** What is repeated, where it has no whitespace. */
const WORDS = `
  < > </ <a { } {} {" {"a":[ [{ [ ] ( ) " ' \\ \\" \\\\" / , = : | _ \` \`\`\` ** // /* a &l
  "a":1, a=1, {"a": {"name": {"type":{"name": {"name":"read_file"} {"name":"nothing"} {"name":"read_file","args":
  <tool> </tool> </tool>" <tool> <final> </final> </final>" <content> </content> <path> </path>
  <think> </think> <plan> </plan> </plan>x <plan>x</plan> <plan><think> <plan><think></plan> [THINK] ◁think▷
  <seed:think>x</seed:think> <|begin_of_thought|> <|end_of_thought|> </analysis> <final>x</think>
  <think>{"name":"read_file"}</think> {"name":"read_file","args":{}}</think> <tool>{"a":"</think>
  <analysis>{"name":"read_file","args":{}}</plan> <|channel|>analysis<|end|> <|channel|>analysis</think>
  <tool_call> </tool_call> <tool_call>{ <function= <parameter=path> </parameter> </function> <arg_key>
  <|"|> <|im_start|> <|im_end|> </s> <s> [/INST] [TOOL_CALLS] <aaaaaaaaaaaaaaaaaaaa: [tool:read_file]
  read_ read_file( read_file(path=" read_file(path="a") call:read_file{ Action &lt;tool&gt;
`;

/** What is repeated, where it has some. */
const SPACED: readonly string[] = [
  ' ~\n~\n\n~ x ~| a ~<tool name="x">~<tool >~<plan ~<inner inner inner ~\n<reflection>~- a\n~1. a\n',
  'read_file ~Result of read_file:~[user]\n~User: x\n\n~}</tool>\n[user]~{"name":"list_files"} x\n',
  'I will now read it. ~Final Answer~Answer: ~</think> x ',
].flatMap((line) => line.split('~'));

/** What is repeated. */
export const PIECES: readonly string[] = [
  ...new Set([
    ...WORDS.trim().split(/\s+/),
    ...SPACED,
    ...DIALECTS.flatMap(({ looks }) => [looks, looks.slice(0, -1)]),
  ]),
];

/** What ends the text. */
export const CLOSERS = ['', '}', '"}}</tool>', '</content></tool>', '</final>', '```', ')', ']'];

/** How a reply comes: as a whole, or in pieces of so many characters. */
export const WAYS = ['whole', 1, 3, 7, 64] as const;

/** One text that can grow. */
export interface Growing {
  start: string;
  piece: string;
  closer: string;
  /** A number follows each piece, so that the text is no loop. */
  isVaried: boolean;
}

/** Those that once took a time that grew with the square of their length. */
export const ONCE_SLOW: readonly Growing[] = [
  { start: '<final>x', piece: '\n', closer: '', isVaried: true },
  { start: '<final>x</final>', piece: '\n', closer: '', isVaried: false },
  { start: '<tool name="x">', piece: '}</tool>\n[user]', closer: '', isVaried: true },
  { start: '<tool name="x">', piece: '}</tool>\n[user]', closer: '', isVaried: false },
  {
    start: '<tool name="write_file" path="a"><content>',
    piece: '</tool>\n',
    closer: '',
    isVaried: true,
  },
  { start: '', piece: '\n```', closer: '</tool>', isVaried: false },
  { start: '', piece: 'the <final> x</final>, and ', closer: '', isVaried: false },
  { start: '', piece: '<think>', closer: '', isVaried: false },
  { start: 'Words. <tool name="x"></tool>', piece: '\n', closer: '', isVaried: true },
  { start: '', piece: 'read_file\n{"\n', closer: '', isVaried: false },
  { start: '', piece: 'read_file\n{"<|"|>', closer: '', isVaried: false },
];

/** The text, about as long as this. */
export function grown({ start, piece, closer, isVaried }: Growing, chars: number): string {
  const count = Math.ceil(chars / (piece.length + (isVaried ? 6 : 0)));
  const noise = isVaried
    ? Array.from({ length: count }, (_, at) => piece + variedWord(at)).join('')
    : piece.repeat(count);
  return start + noise + closer;
}

/** Reads a text as a reply. */
export function readAll(text: string, way: (typeof WAYS)[number]): void {
  if (way === 'whole') {
    parseReply(text, tools);
    return;
  }
  const watch = new EndWatch(tools);
  const answer = new AnswerStream(tools);
  for (let at = 0; at < text.length; at += way) {
    const piece = text.slice(at, at + way);
    answer.push(piece);
    if (watch.push(piece)) return;
  }
}
