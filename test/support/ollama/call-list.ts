/** The calls of a scripted model, as they arrive, and the replies that its script has for them. */
import type { ModelCall } from './options.ts';
import type { ScriptedReply } from './script.ts';

const EMPTY: ScriptedReply = { status: 500, body: '{"error":"the script is empty"}' };

export class CallList<Call extends ModelCall> {
  readonly all: Call[] = [];
  readonly #replies: ScriptedReply[];
  readonly #whenEmpty: ((call: Call) => ScriptedReply) | undefined;
  readonly #waiting: { index: number; resolve: (call: Call) => void }[] = [];

  constructor(
    script: readonly ScriptedReply[],
    whenEmpty: ((call: Call) => ScriptedReply) | undefined,
  ) {
    this.#replies = [...script];
    this.#whenEmpty = whenEmpty;
  }

  push(replies: readonly ScriptedReply[]): void {
    this.#replies.push(...replies);
  }

  arrived(index: number): Promise<Call> {
    const call = this.all[index];
    if (call) return Promise.resolve(call);
    return new Promise((resolve) => this.#waiting.push({ index, resolve }));
  }

  add(call: Call): void {
    this.all.push(call);
    for (const { index, resolve } of this.#waiting) {
      if (index === this.all.length - 1) resolve(call);
    }
  }

  /** Takes the next reply of the script; an error if there is none. */
  nextReply(call: Call): ScriptedReply {
    return this.#replies.shift() ?? this.#whenEmpty?.(call) ?? EMPTY;
  }
}
