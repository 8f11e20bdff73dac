/** The calls of the model: what each asks for, its prompt, and its reply from the script. */
import type http from 'node:http';
import { CallList } from '../ollama/call-list.ts';
import { KvCache } from '../ollama/kv-cache.ts';
import { play } from '../ollama/play.ts';
import { wholeReply, type ScriptedReply } from '../ollama/script.ts';
import { render, type Turn } from '../ollama/templates.ts';
import { tokensOf } from '../ollama/tokenizer.ts';
import { closeOf, sendJson } from '../ollama/wire.ts';
import { ChatStream } from './chat-stream.ts';
import { FORMS, type Answer } from './kinds.ts';
import type { ChatCall, FakeOpenaiOptions } from './options.ts';

/** A call for one token only warms the cache: it uses no reply of the script. */
const WARM_UP: ScriptedReply = { text: '', doneReason: 'length' };

export class ChatCalls {
  readonly calls: CallList<ChatCall>;
  readonly #options: FakeOpenaiOptions;
  readonly #cache = new KvCache('plain');
  readonly #numCtx: number;
  #before: Promise<void> = Promise.resolve();

  constructor(script: readonly ScriptedReply[], options: FakeOpenaiOptions) {
    this.calls = new CallList(script, options.whenEmpty);
    this.#options = options;
    this.#numCtx = options.numCtx ?? 32_768;
    this.#cache.load(this.#numCtx);
  }

  /** Answers a request: refuses it, or evaluates its prompt and plays the next reply. */
  take(request: Pick<ChatCall, 'path' | 'body' | 'headers'>, response: http.ServerResponse): void {
    const { body } = request;
    const { template = 'qwen3.5', kind = 'llama-server', limitsReplies } = this.#options;
    const kwargs = body['chat_template_kwargs'] as { enable_thinking?: boolean } | undefined;
    const prompt = render(template, body['messages'] as Turn[], {
      think: kwargs?.enable_thinking,
      bos: false,
      trims: false,
    });
    const call: ChatCall = { ...request, prompt, closed: closeOf(response) };
    this.calls.add(call);
    const tokens = tokensOf(prompt);
    const refusal = this.#refusalOf(body, tokens.length);
    if (refusal) return sendJson(response, refusal.status, refusal.body);
    const maxTokens = Number(body['max_tokens']);
    const reply = wholeReply(maxTokens === 1 ? WARM_UP : this.calls.nextReply(call));
    const stream = new ChatStream(response, String(body['model']), FORMS[kind].tellsCached);
    // There is one slot.
    this.#before = this.#before.then(async () => {
      if (response.destroyed) return;
      if (reply.status === undefined) call.evaluated = this.#cache.evaluate(tokens);
      call.reply = '';
      await play(response, stream, reply, {
        stops: [],
        limit: limitsReplies ? maxTokens : undefined,
        listens: true,
        onPiece: (piece) => (call.reply += piece),
        ending: (reason) => ({
          reason,
          counts: {
            prompt: tokens.length,
            cached: tokens.length - (call.evaluated ?? 0),
            reply: tokensOf(call.reply ?? '').length,
          },
        }),
      });
      this.#cache.generated(tokensOf(call.reply));
    });
  }

  /** What the server will not do. */
  #refusalOf(body: Record<string, unknown>, prompt: number): Answer | undefined {
    const { models = [], refuses = [], kind = 'llama-server' } = this.#options;
    const { noModel, overflow, countsReply } = FORMS[kind];
    const name = String(body['model']);
    if (noModel && models.length > 0 && !models.includes(name)) return noModel(name);
    const field = refuses.find((each) => body[each] !== undefined);
    if (field !== undefined) {
      const message = `Unrecognized request argument supplied: ${field}`;
      return { status: 400, body: { error: { message, type: 'invalid_request_error' } } };
    }
    const reply = Number(body['max_tokens']);
    const needed = countsReply ? prompt + reply : prompt + 1;
    return needed > this.#numCtx ? overflow({ prompt, reply, numCtx: this.#numCtx }) : undefined;
  }
}
