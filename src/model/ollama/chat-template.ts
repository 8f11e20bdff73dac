/**
 * A model's chat template, learned from one conversation that the server has rendered: so a prompt
 * can be put together here that has exactly the tokens of the server's own rendering, and that goes
 * on where the last reply ended, which a rendering of messages does not for every model.
 */
import type { TemplatePieces, Turn } from '../model.ts';
import { breakMarks, marksIn } from './special-tokens.ts';

/** Words that no template has, and that no template changes. */
const SYSTEM = 'Zsystemz';
const USERS = ['Zuseronez', 'Zusertwoz', 'Zuserthreez'] as const;
const REPLIES = ['Zreplyonez', 'Zreplytwoz'] as const;

/**
 * The conversation to have rendered. Six marks, so that it shows whether turns look the same in every
 * place, and whether what comes before a reply to be made begins like any assistant turn.
 */
export const SAMPLE: readonly Turn[] = [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: USERS[0] },
  { role: 'assistant', content: REPLIES[0] },
  { role: 'user', content: USERS[1] },
  { role: 'assistant', content: REPLIES[1] },
  { role: 'user', content: USERS[2] },
];

const PLAIN: TemplatePieces = {
  start: 'System: ',
  afterSystem: '\n\nUser: ',
  beforeReply: '\n\nAssistant: ',
  afterReply: '\n\nUser: ',
};

/** What a model without a template writes when it goes on as the user. */
export const PLAIN_STOP = '\nUser:';

/** A thought that is opened before the reply: the server's own parser has to take it out. */
const OPEN_THOUGHT =
  /(?:<[\w:|]{0,20}(?:think|thought|reason|reflect)[\w:|]{0,20}>|\[THINK\]|<\|START_THINKING\|>)(?![^]*(?:<\/|\[\/|END_THINKING))/i;

/** Whether a rendering ends within a thought that the reply is to go on with. */
export function opensThought(rendered: string): boolean {
  return OPEN_THOUGHT.test(rendered.slice(-2_000));
}

/** The texts that tokenizers begin a conversation with. */
const BOS =
  /^(?:<s>|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|<｜begin▁of▁sentence｜>|<BOS_TOKEN>|<\|START\|>)/;

export class ChatTemplate {
  /** For a model without a template: names and empty lines. */
  static readonly plain: ChatTemplate = new ChatTemplate(PLAIN);
  readonly pieces: TemplatePieces;
  /** The beginning of the rendering that is left off, since the server adds it. */
  readonly bos: string;
  /** Contents must not hold them: the server would read them as control tokens. */
  readonly marks: readonly string[];

  constructor(pieces: TemplatePieces, bos = '') {
    this.pieces = pieces;
    this.bos = bos;
    const { start, afterSystem, beforeReply, afterReply } = pieces;
    this.marks = marksIn([bos, start, afterSystem ?? '', beforeReply, afterReply].join('\n'));
  }

  /**
   * The template that has rendered SAMPLE so, or undefined where turns differ from place to place: a
   * prompt of such a template cannot be extended.
   * @param addsBos whether the server puts the tokenizer's own beginning before a raw prompt
   */
  static from(rendered: string, addsBos: boolean): ChatTemplate | undefined {
    const marks = [...(rendered.includes(SYSTEM) ? [SYSTEM] : []), ...inTurns()];
    const gaps: string[] = [];
    let rest = rendered;
    for (const mark of marks) {
      const at = rest.indexOf(mark);
      if (at === -1) return undefined;
      gaps.push(rest.slice(0, at));
      rest = rest.slice(at + mark.length);
    }
    // What is rendered a second time somewhere would be taken for a piece of the template.
    const pieces = [...gaps, rest];
    if (marks.some((mark) => pieces.some((piece) => piece.includes(mark)))) return undefined;
    if (pieces.every((piece) => piece.trim() === '')) return ChatTemplate.plain;

    const [start = '', ...others] = gaps;
    const afterSystem = marks[0] === SYSTEM ? (others.shift() ?? '') : null;
    const [beforeFirst = '', afterFirst = '', beforeSecond, afterSecond] = others;
    const isAlike = beforeFirst === beforeSecond && afterFirst === afterSecond;
    if (!isAlike || !rest.startsWith(beforeFirst) || opensThought(rest)) return undefined;
    const bos = addsBos ? (BOS.exec(start)?.[0] ?? '') : '';
    return new ChatTemplate(
      { start: start.slice(bos.length), afterSystem, beforeReply: rest, afterReply: afterFirst },
      bos,
    );
  }

  /** Whether it is that of a model without one. */
  get isPlain(): boolean {
    return this.pieces === PLAIN;
  }

  /** The prompt of a conversation. Where its last turn is a reply, all that the next turn begins with. */
  render(turns: readonly Turn[]): string {
    const { start, afterSystem, beforeReply, afterReply } = this.pieces;
    let text = start;
    for (const { role, content } of turns) {
      text += breakMarks(role === 'user' ? content.trim() : content, this.marks);
      // Without a place for it, the system text begins the first user turn.
      if (role === 'system') text += afterSystem ?? '\n\n';
      else text += role === 'user' ? beforeReply : afterReply;
    }
    return text;
  }
}

/** The marks of user and assistant, in their order. */
function inTurns(): string[] {
  return SAMPLE.slice(1).map(({ content }) => content);
}
