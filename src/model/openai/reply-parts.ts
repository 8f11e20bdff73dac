/** Puts a reply together from the parts that the server sends. */
import { count } from '../http/counts.ts';
import { fieldsOf, jsonIn } from '../http/json.ts';
import { checkLength } from '../http/lines.ts';
import type { Counts } from '../model.ts';
import { faultOf, jsonOf, putBack, TOO_DEEP, unreadable } from '../native-calls.ts';

/** The reply so far. Calls that the server took out of it are put back at its end. */
export class ReplyParts {
  /** The text so far. */
  text = '';
  /** What is wrong with it, in one clause, if the server took a part of it away. */
  fault: string | undefined;
  /** The thought in the last part. */
  thought = '';
  /** What the server counted, as far as it has said. */
  counts: Counts = {};
  /** A part had a choice in it: some servers answer with none where a prompt is too long. */
  hasChoice = false;
  readonly #numPredict: number;
  #finish: string | undefined;
  /** Native calls by their index, each with its arguments as far as they have come. */
  readonly #calls = new Map<unknown, { name: string; args: string }>();

  /** @param numPredict the most tokens that the reply may have */
  constructor(numPredict: number) {
    this.#numPredict = numPredict;
  }

  /**
   * Takes the next part and returns its text, which is empty once the reply has a fault.
   * @throws ModelError if the reply is longer than its tokens can be
   */
  push(part: object): string {
    const fields = fieldsOf(part);
    this.#count(fieldsOf(fields.get('usage')), fieldsOf(fields.get('timings')));
    this.thought = '';
    const choices = fields.get('choices');
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    if (typeof choice !== 'object' || choice === null) return '';
    this.hasChoice = true;
    const { finish_reason, delta, message } = choice as Record<string, unknown>;
    if (typeof finish_reason === 'string') this.#finish = finish_reason;
    // A server that does not stream has a message.
    const said = fieldsOf(delta ?? message);
    this.thought = textOf(said.get('reasoning_content')) || textOf(said.get('reasoning'));
    const piece = textOf(said.get('content'));
    this.text += piece;
    const calls: unknown = said.get('tool_calls');
    if (Array.isArray(calls) && calls.length > 0) this.#take(calls);
    checkLength(this.text, this.#numPredict);
    return this.fault === undefined ? piece : '';
  }

  /** Call it at the reply's end. Returns the calls that are put back, as text. */
  end(): string {
    const calls = [...this.#calls.values()].flatMap(({ name, args }) => {
      const parsed = argumentsIn(args);
      if (parsed === undefined) this.fault ??= unreadable('its arguments are not JSON');
      return parsed === undefined ? [] : [{ name, args: parsed }];
    });
    if (this.fault !== undefined) return '';
    const back = putBack(this.text, calls);
    if (back === undefined) this.fault = unreadable(TOO_DEEP);
    this.text += back ?? '';
    return back ?? '';
  }

  /**
   * Why the reply ended, in the server's word; `cut` if it did not say.
   * @param isWhole the server has said that nothing more comes
   */
  doneReason(isWhole: boolean): string {
    const reason = this.#finish ?? (isWhole ? 'stop' : 'cut');
    return reason === 'tool_calls' ? 'stop' : reason;
  }

  #take(calls: readonly unknown[]): void {
    if (this.#calls.size === 0) this.fault = faultOf(this.text);
    for (const [at, call] of calls.entries()) {
      const fields = fieldsOf(call);
      const called = fieldsOf(fields.get('function'));
      const index = fields.get('index') ?? at;
      const { name, args } = this.#calls.get(index) ?? { name: '', args: '' };
      const more = called.get('arguments');
      // Some servers send an object instead of its text.
      const text = typeof more === 'object' && more !== null ? jsonOf(more) : textOf(more);
      if (text === undefined) {
        this.fault ??= unreadable(TOO_DEEP);
        return;
      }
      checkLength(args + text, this.#numPredict);
      this.#calls.set(index, { name: name + textOf(called.get('name')), args: args + text });
    }
  }

  #count(usage: Map<string, unknown>, timings: Map<string, unknown>): void {
    if (usage.size === 0) return;
    const prompt_tokens = count(usage.get('prompt_tokens'));
    const cached = count(fieldsOf(usage.get('prompt_tokens_details')).get('cached_tokens'));
    this.counts = {
      prompt_tokens,
      // Some servers count more than there are.
      cached_tokens: cached === undefined ? undefined : Math.min(cached, prompt_tokens ?? 0),
      output_tokens: count(usage.get('completion_tokens')),
      // llama-server's alone.
      prompt_ms: count(timings.get('prompt_ms')),
      output_ms: count(timings.get('predicted_ms')),
    };
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function argumentsIn(text: string): unknown {
  return text.trim() === '' ? {} : jsonIn(text);
}
