/** A scripted model that also fails and is interrupted, as its script says. */
import type { GenerateRequest, Generation } from '../../src/model/model.ts';
import { ModelError, type ModelErrorKind } from '../../src/model/model-error.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';

/** A reply, and the failure that breaks it off. */
export interface FaultyReply {
  text: string;
  fails: ModelErrorKind;
}

/** Failures before the server has read the prompt; so is any failure without a reply. */
const UNREAD: ReadonlySet<ModelErrorKind> = new Set(['unreachable', 'context_overflow']);

const CHARS_PER_TOKEN = 3;

/** Fails and is interrupted as its script says. */
export class FaultyModel extends ScriptedModel {
  /** The calls whose prompts the server has certainly read, except warm-ups. */
  readonly read: GenerateRequest[] = [];
  readonly warmUps: GenerateRequest[] = [];
  /** What an interrupt does. */
  interrupt: () => void = () => undefined;
  readonly #script: (string | FaultyReply)[];

  constructor(script: readonly (string | FaultyReply)[], name = 'scripted') {
    super([], { name });
    this.#script = [...script];
  }

  override async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string, Generation, undefined> {
    const chars = request.turns.reduce((sum, { content }) => sum + content.length, 0);
    const prompt_tokens = Math.ceil(chars / CHARS_PER_TOKEN);
    if (request.turns.at(-1)?.role === 'assistant') {
      this.warmUps.push(request);
      return { text: '', doneReason: 'stop', usage: { prompt_tokens } };
    }
    this.requests.push(request);
    const next = this.#script.shift() ?? '<final>Done.</final>';
    const { text, fails } = typeof next === 'string' ? { text: next, fails: undefined } : next;
    const isSilent = fails !== 'interrupted' && text === '';
    if (fails && (isSilent || UNREAD.has(fails))) throw new ModelError(fails, 'It failed.');
    this.read.push(request);
    for (const word of text.match(/\s*\S+\s*/g) ?? []) {
      if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
      yield word;
    }
    if (fails === 'interrupted') this.interrupt();
    if (fails) throw new ModelError(fails, 'It failed.');
    const output_tokens = Math.ceil(text.length / CHARS_PER_TOKEN);
    return { text, doneReason: 'stop', usage: { prompt_tokens, output_tokens } };
  }
}
