/**
 * A model's chat template, learned from one conversation that the server has rendered. So a prompt
 * can be built here that has exactly the tokens of the server's rendering and continues where the
 * last reply ended, which rendered messages do not for every model.
 */
import type { Turn } from '../model.ts';
import type { TemplatePieces } from '../rendering.ts';
import { breakSpecialTokens, specialTokensIn } from '../special-tokens.ts';

/** Words that no template contains or changes. */
const SYSTEM = 'Zsystemz';
const USERS = ['Zuseronez', 'Zusertwoz', 'Zuserthreez'] as const;
const REPLIES = ['Zreplyonez', 'Zreplytwoz'] as const;

/**
 * The conversation to have rendered. It is long enough to show whether turns look the same in every
 * place, and whether the text before the next reply starts like any assistant turn.
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

/** What a model without a template writes when it continues as the user. */
export const PLAIN_STOP = '\nUser:';

/** A thought that the template opens before the reply: the server's own parser has to take it out. */
const OPEN_THOUGHT =
  /(?:<[\w:|｜▁]{0,20}(?:think|thought|reason|reflect|analy[sz]|plan|scratch|monologue|working)[\w:|｜▁]{0,20}>|\[THINK\]|◁think▷|<\|(?:inner_prefix\||channel>thought|channel\|>analysis)|<unused94>thought)(?![^]*(?:<\/|\[\/|◁\/|<[|｜]?end|inner_suffix|<channel\||<unused95>))/i;

/** Whether a rendering ends inside a thought that the reply continues. */
export function opensThought(rendered: string): boolean {
  return OPEN_THOUGHT.test(rendered.slice(-2_000));
}

/** The BOS tokens, with which tokenizers start a text. */
const BOS =
  /^(?:<s>|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|<｜begin▁of▁sentence｜>|<BOS_TOKEN>|<\|START\|>)/;

/** What a model's template puts around the turns of a conversation. */
export class ChatTemplate {
  /** For a model without a template: role names and empty lines. */
  static readonly plain: ChatTemplate = new ChatTemplate(PLAIN);
  readonly pieces: TemplatePieces;
  /** The BOS token that was taken off the rendering because the server adds it; may be empty. */
  readonly bos: string;
  /** Contents must not contain them: the server would read them as special tokens. */
  readonly specialTokens: readonly string[];
  /** The rendering of SAMPLE up to where the reply begins. */
  readonly #sample: string;
  /** Before a reply that begins with a thought, instead of `beforeReply`. */
  readonly #beforeThought: string;

  constructor(pieces: TemplatePieces, bos = '', sample = '', beforeThought = pieces.beforeReply) {
    this.pieces = pieces;
    this.bos = bos;
    this.#sample = sample;
    this.#beforeThought = beforeThought;
    const { start, afterSystem, beforeReply, afterReply } = pieces;
    const all = [bos, start, afterSystem ?? '', beforeReply, afterReply, beforeThought];
    this.specialTokens = specialTokensIn(all.join('\n'));
  }

  /**
   * The template that rendered SAMPLE like this, or undefined if turns differ from place to place:
   * a prompt in such a template cannot be extended.
   * @param addsBos whether the server puts the BOS token before a raw prompt
   */
  static from(rendered: string, addsBos: boolean): ChatTemplate | undefined {
    const words = [...(rendered.includes(SYSTEM) ? [SYSTEM] : []), ...inTurns()];
    const gaps: string[] = [];
    let rest = rendered;
    for (const word of words) {
      const at = rest.indexOf(word);
      if (at === -1) return undefined;
      gaps.push(rest.slice(0, at));
      rest = rest.slice(at + word.length);
    }
    // A word that is rendered twice would be taken for a part of the template.
    const pieces = [...gaps, rest];
    if (words.some((word) => pieces.some((piece) => piece.includes(word)))) return undefined;
    if (pieces.every((piece) => piece.trim() === '')) return ChatTemplate.plain;

    const [start = '', ...others] = gaps;
    const afterSystem = words[0] === SYSTEM ? (others.shift() ?? '') : null;
    const [beforeFirst = '', afterFirst = '', beforeSecond, afterSecond] = others;
    const isAlike = beforeFirst === beforeSecond && afterFirst === afterSecond;
    if (!isAlike || !rest.startsWith(beforeFirst) || opensThought(rest)) return undefined;
    const bos = addsBos ? (BOS.exec(start)?.[0] ?? '') : '';
    return new ChatTemplate(
      { start: start.slice(bos.length), afterSystem, beforeReply: rest, afterReply: afterFirst },
      bos,
      rendered.slice(0, rendered.length - rest.length),
    );
  }

  /**
   * The same template for a reply that begins with a thought. Only the end of its prompts differs, so
   * the server's cache serves both.
   * @param rendered SAMPLE as it is rendered for such a reply; undefined if more than its end differs
   */
  thinking(rendered: string): ChatTemplate | undefined {
    if (this.isPlain) return this;
    if (!rendered.startsWith(this.#sample)) return undefined;
    const beforeThought = rendered.slice(this.#sample.length);
    return new ChatTemplate(this.pieces, this.bos, this.#sample, beforeThought);
  }

  /** Whether it is the stand-in for a model without a template. */
  get isPlain(): boolean {
    return this.pieces === PLAIN;
  }

  /** The prompt for a conversation. If its last turn is a reply, it ends where the next user text starts. */
  render(turns: readonly Turn[]): string {
    const { start, afterSystem, beforeReply, afterReply } = this.pieces;
    let text = start;
    for (const [at, { role, content }] of turns.entries()) {
      text += breakSpecialTokens(role === 'user' ? content.trim() : content, this.specialTokens);
      // If the template has no place for it, the system text starts the first user turn.
      if (role === 'system') text += afterSystem ?? '\n\n';
      else if (role === 'assistant') text += afterReply;
      else text += at === turns.length - 1 ? this.#beforeThought : beforeReply;
    }
    return text;
  }
}

/** The words of user and assistant, in order. */
function inTurns(): string[] {
  return SAMPLE.slice(1).map(({ content }) => content);
}
