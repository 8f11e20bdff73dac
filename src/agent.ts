/** The loop, and nothing else: ask the model, read its reply, run the call, until there is an answer. */
import type { ContextWindow } from './context/budget.ts';
import type { AgentEvent, FinalReason } from './events.ts';
import { ModelError, type Generation, type Model } from './model/model.ts';
import { renderTail } from './prompt/prompt.ts';
import { Prompter } from './prompt/prompter.ts';
import { AnswerStream } from './reply/answer-stream.ts';
import { parseReply } from './reply/parse.ts';
import type { Reply, ToolShapes } from './reply/reply.ts';
import type { Session } from './session/session.ts';
import type { Gate } from './tools/gate.ts';
import type { Tool } from './tools/tool.ts';
import { renderChanges } from './workspace/render.ts';
import type { Snapshot } from './workspace/snapshot.ts';

export interface AgentSettings {
  maxSteps: number;
  /** Tokens a reply may have at first, and at most: replies that are cut off get more room. */
  numPredict: { first: number; most: number };
  /** A delegate: it is told that it may only read. */
  readOnly: boolean;
}

export interface AgentParts {
  model: Model;
  /** Known only once the server has been asked; every agent of a process shares one. */
  window: (signal: AbortSignal) => Promise<ContextWindow>;
  session: Session;
  tools: readonly Tool[];
  gate: Gate;
  /** Looks at the workspace as it is now. */
  look: () => Promise<Snapshot>;
  settings: AgentSettings;
}

interface Final {
  reason: FinalReason;
  text: string;
}

export class Agent {
  readonly #parts: AgentParts;
  readonly #shapes: ToolShapes;
  readonly #prompter: Prompter;
  #snapshot: Snapshot;
  #numPredict: number;

  /** @param snapshot the workspace at the start */
  constructor(parts: AgentParts, snapshot: Snapshot) {
    this.#parts = parts;
    this.#shapes = new Map(parts.tools.map((tool) => [tool.name, tool]));
    this.#prompter = new Prompter(parts.session, parts.tools, parts.settings.readOnly);
    this.#snapshot = snapshot;
    this.#numPredict = parts.settings.numPredict.first;
  }

  get session(): Session {
    return this.#parts.session;
  }

  /** Clears transcript and memory. */
  reset(): void {
    this.session.reset();
    this.#prompter.beginEpoch();
  }

  /**
   * Answers one request. The loop waits until each event has been dealt with.
   * @throws ModelError when model or server fails; an abort of `signal` is no failure but a `final`
   */
  async *ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void, undefined> {
    this.#parts.gate.beginRequest();
    this.#numPredict = this.#parts.settings.numPredict.first;
    await this.#tellChanges();
    this.session.record({ type: 'user', content: request });
    try {
      const final = yield* this.#untilFinal(request, signal);
      this.session.record({ type: 'assistant', content: final.text, reason: final.reason });
      this.session.flush();
      yield { type: 'final', ...final };
    } finally {
      this.session.flush();
    }
  }

  async *#untilFinal(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    try {
      return yield* this.#work(request, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return { reason: 'interrupted', text: 'Interrupted.' };
    }
  }

  async *#work(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    const { maxSteps } = this.#parts.settings;
    // Retries do not spend steps, but they are bounded too.
    const maxAttempts = Math.max(3 * maxSteps, maxSteps + 4);
    let steps = 0;
    for (let attempt = 0; steps < maxSteps; attempt++) {
      signal.throwIfAborted();
      if (attempt === maxAttempts) return TOO_MANY_MALFORMED;
      const reply = yield* this.#query(renderTail(request, maxSteps - steps), signal);
      switch (reply.type) {
        case 'final':
          return { reason: 'answer', text: reply.text };
        case 'malformed':
          yield* this.#complain(reply);
          break;
        case 'call':
          steps++;
          yield* this.#execute(reply, signal);
      }
    }
    signal.throwIfAborted();
    return stepLimit(maxSteps, this.#parts.settings.readOnly);
  }

  /** Asks the model once and reads what it replied. */
  async *#query(tail: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Reply> {
    const generation = yield* this.#generate(tail, signal);
    const { text, doneReason, usage } = generation;
    this.session.record({ type: 'model', content: text, done_reason: doneReason, usage });
    yield { type: 'model_end', usage };
    return parseReply(text, this.#shapes, doneReason === 'length');
  }

  async *#generate(tail: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Generation> {
    const window = await this.#parts.window(signal);
    for (let overflowed = false; ; overflowed = true) {
      const limit = window.promptChars(this.#numPredict);
      const next = this.#prompter.next(tail, this.#snapshot, limit, overflowed);
      if (next.dropped > 0) yield { type: 'compacted', dropped: next.dropped };
      const prompt = next.text;
      if (prompt.length > limit) throw tooLong(window, prompt.length, this.#numPredict);
      yield { type: 'model_start', promptChars: prompt.length };
      const request = { prompt, numCtx: window.numCtx, numPredict: this.#numPredict };
      try {
        const generation = yield* this.#stream(request, signal);
        window.calibrate(generation.usage);
        return generation;
      } catch (error) {
        // The estimate was wrong: make room once, by force, before giving up.
        const isOverflow = error instanceof ModelError && error.kind === 'context_overflow';
        if (!isOverflow || overflowed) throw error;
      }
    }
  }

  async *#stream(
    request: { prompt: string; numCtx: number; numPredict: number },
    signal: AbortSignal,
  ): AsyncGenerator<AgentEvent, Generation> {
    const visible = new AnswerStream();
    const stream = this.#parts.model.generate(request, signal);
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value;
      yield { type: 'model_delta', raw: next.value, answer: visible.push(next.value) };
    }
  }

  /** Keeps the raw reply, and tells the model what was wrong with it and how a valid one looks. */
  async *#complain(reply: Reply & { type: 'malformed' }): AsyncGenerator<AgentEvent> {
    const advice = reply.cutOff ? this.#adviseOnLength() : this.#adviseOnForm(reply.tool);
    this.session.record({ type: 'notice', content: `Not usable: ${reply.problem}. ${advice}` });
    yield { type: 'malformed', problem: reply.problem };
  }

  /** A reply that was cut off gets more room, unless the user has set a limit. */
  #adviseOnLength(): string {
    const more = Math.min(this.#parts.settings.numPredict.most, 2 * this.#numPredict);
    if (more === this.#numPredict) {
      return 'Do less in one reply: write a long file in pieces, answer more briefly.';
    }
    this.#numPredict = more;
    return `Your next reply has room for ${more} tokens.`;
  }

  #adviseOnForm(meant: string | undefined): string {
    const { tools } = this.#parts;
    const example = (tools.find(({ name }) => name === meant) ?? tools[0])?.example;
    return `Reply with one tool call, such as ${example}, or with <final>your answer</final>.`;
  }

  async *#execute(call: Reply & { type: 'call' }, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    yield { type: 'tool_start', name: call.name, args: call.args };
    const start = performance.now();
    const result = await this.#parts.gate.run(call, signal);
    const content = call.ignored ? `${result.content}\n${IGNORED}` : result.content;
    this.session.record({ type: 'tool', ...result, args: { ...result.args }, content });
    const elapsedMs = performance.now() - start;
    yield { type: 'tool_end', name: result.name, ok: result.ok, content, elapsedMs };
  }

  /** Looks at the workspace again and tells the model what is new. */
  async #tellChanges(): Promise<void> {
    const now = await this.#parts.look();
    const changes = this.#prompter.hasBegun && renderChanges(this.#snapshot, now);
    this.#snapshot = now;
    if (changes) this.session.record({ type: 'workspace', content: changes });
  }
}

const IGNORED = '(What followed the tool call was ignored: one call a reply, then wait.)';

const TOO_MANY_MALFORMED: Final = {
  reason: 'malformed',
  text: 'Stopped: the model kept replying with neither a valid tool call nor an answer. Try to say it in other words, or use a larger model.',
};

function stepLimit(maxSteps: number, readOnly: boolean): Final {
  const hint = readOnly ? '' : ' Ask to go on, or allow more with --max-steps.';
  const text = `Stopped at the step limit (${maxSteps}) without a final answer.${hint}`;
  return { reason: 'step_limit', text };
}

function tooLong(window: ContextWindow, promptChars: number, numPredict: number): ModelError {
  const tokens = window.estimateTokens(promptChars) + numPredict;
  return new ModelError(
    'context_overflow',
    `The prompt and the reply need about ${tokens} tokens, more than the context window of ` +
      `${window.numCtx} can safely hold. Use a larger --num-ctx or a shorter request.`,
  );
}
