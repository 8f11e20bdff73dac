/** The calls of the model: what each asks for, its prompt, and its reply from the script. */
import type http from 'node:http';
import { CallList } from './call-list.ts';
import { upToEnd, withoutMarks } from './harmony.ts';
import { canThink, contextLengthOf, templateOf } from './models.ts';
import type { FakeOllamaOptions, GenerateCall } from './options.ts';
import { filterFor } from './parsers.ts';
import { play } from './play.ts';
import { ReplyStream } from './reply-stream.ts';
import { Runner, type Load } from './runner.ts';
import { wholeReply, type ScriptedReply, type WholeReply } from './script.ts';
import { render, type Turn } from './templates.ts';
import { ThoughtFilter } from './thoughts.ts';
import { tokensOf } from './tokenizer.ts';
import { closeOf, now, sendJson } from './wire.ts';

type Request = Pick<GenerateCall, 'path' | 'body' | 'headers' | 'arrivedAt'>;

/** A call for one token only warms the cache: it uses no reply of the script. */
const warmUpAfter = (until?: Promise<unknown>): ScriptedReply => ({
  parts: until ? [until] : [],
  doneReason: 'length',
});

export class ModelCalls {
  readonly calls: CallList<GenerateCall>;
  readonly renders: Record<string, unknown>[] = [];
  readonly #options: FakeOllamaOptions;
  readonly #runner: Runner;

  constructor(script: readonly ScriptedReply[], options: FakeOllamaOptions) {
    this.calls = new CallList(script, options.whenEmpty);
    this.#options = options;
    this.#runner = new Runner(options.architecture);
  }

  /** The model that is loaded, and with which window. */
  get loaded(): Load | undefined {
    return this.#runner.loaded;
  }

  /** Answers a request: loads, renders, refuses, or replies. */
  take({ path, body, headers, arrivedAt }: Request, response: http.ServerResponse): void {
    const isChat = path === '/api/chat';
    const model = String(body['model']);
    const asked = (body['options'] ?? {}) as Record<string, unknown>;
    const numCtx = Math.min(Number(asked['num_ctx'] ?? 4_096), contextLengthOf(this.#options));
    const reply = (text: Record<string, unknown>, rest: Record<string, unknown>) =>
      sendJson(response, 200, { model, created_at: now(), ...text, ...rest });
    const nothing = (role: string) =>
      isChat ? { message: { role, content: '' } } : { response: '' };

    const refusal = this.#refusalOf(body, model);
    if (refusal) return sendJson(response, 400, { error: refusal });
    const turns = turnsOf(body, isChat);
    if (turns.length === 0) {
      const isUnload = /^0\w?$/.test(String(body['keep_alive'] ?? ''));
      if (isUnload) this.#runner.unload();
      else this.#runner.load({ model, numCtx });
      return reply(nothing('assistant'), { done: true, done_reason: isUnload ? 'unload' : 'load' });
    }
    const isRaw = !isChat && body['raw'] === true;
    const prompt = isRaw ? String(body['prompt']) : this.#render(turns, body);
    this.#runner.load({ model, numCtx });
    if (body['_debug_render_only'] === true && !isRaw) {
      this.renders.push(body);
      if (this.#options.rendersTemplate !== false) {
        const info = { _debug_info: { rendered_template: prompt } };
        return reply(nothing(''), { done: false, ...info });
      }
    }
    const closed = closeOf(response);
    const call: GenerateCall = { path, body, prompt, headers, arrivedAt, closed };
    response.once('finish', () => (call.repliedAt = performance.now()));
    this.calls.add(call);
    const messages = isChat ? turns : undefined;
    const fitted = this.#runner.fit(prompt, body['truncate'] !== false, messages, (some) =>
      this.#render(some, body),
    );
    const stream = this.#streamOf(call, response, isRaw);
    if (fitted.overflow !== undefined) {
      call.evaluated = 0;
      return stream.fail(fitted.overflow, 400);
    }
    call.prompt = fitted.prompt;
    const isWarmUp = asked['num_predict'] === 1;
    const isMute = this.#options.thinkField === 'nothing to false' && body['think'] === false;
    const next = isWarmUp
      ? warmUpAfter(this.#options.warmUpAfter)
      : isMute
        ? ''
        : this.calls.nextReply(call);
    void this.#reply(call, response, stream, this.#spoken(wholeReply(next), isRaw));
  }

  /** What the server will not do at all. */
  #refusalOf(body: Record<string, unknown>, model: string): string | undefined {
    if (body['raw'] === true && (body['template'] || body['system'] || body['context'])) {
      return 'raw mode does not support template, system, or context';
    }
    const { think } = body;
    const { thinkField } = this.#options;
    if (think && (thinkField === 'refused' || !canThink(this.#options))) {
      return `"${model}" does not support thinking`;
    }
    if (typeof think === 'string' && thinkField === 'no levels') {
      return `think value "${think}" is not supported for this model`;
    }
    return undefined;
  }

  #render(turns: readonly Turn[], body: Record<string, unknown>): string {
    const { bosInTemplate: bos = false, trimsContents } = this.#options;
    return render(templateOf(this.#options), turns, {
      think: body['think'],
      bos,
      trims: trimsContents === true,
    });
  }

  /** A reply as gpt-oss writes it: it stops at the end of a call, and raw text has no marks. */
  #spoken(reply: WholeReply, isRaw: boolean): WholeReply {
    const { text, parts } = reply;
    if (this.#options.parser !== 'harmony') return reply;
    const spoken = (said: string) => (isRaw ? withoutMarks(upToEnd(said)) : upToEnd(said));
    const each = parts?.map((part) => (typeof part === 'string' ? spoken(part) : part));
    return { ...reply, ...(text && { text: spoken(text) }), ...(each && { parts: each }) };
  }

  #streamOf(call: GenerateCall, response: http.ServerResponse, isRaw: boolean): ReplyStream {
    const { parser, refusesUnknownTools, takesThoughts, remoteHost, thinkField } = this.#options;
    const { body } = call;
    const names = toolsOf(body);
    // Thoughts come unless the request says no; a prompt that continues a reply already has them.
    const isAsked = body['think'] !== false || thinkField === 'ignored';
    const thinks = canThink(this.#options) && isAsked;
    const isOpen = thinks && call.prompt.endsWith('<think>\n');
    const filter =
      parser && !isRaw
        ? filterFor({ parser, tools: refusesUnknownTools ? names : undefined, thinks: isOpen })
        : takesThoughts && thinks
          ? new ThoughtFilter(isOpen)
          : undefined;
    const model = body['model'];
    const remote = remoteHost && { remote_model: model, remote_host: remoteHost };
    return new ReplyStream(response, {
      isChat: call.path === '/api/chat',
      isStream: body['stream'] !== false,
      hasTools: names.length > 0,
      filter,
      stamp: { model, ...remote },
    });
  }

  /** Evaluates the prompt and plays the reply, when the previous calls have ended. */
  #reply(
    call: GenerateCall,
    response: http.ServerResponse,
    stream: ReplyStream,
    reply: WholeReply,
  ): Promise<void> {
    const { architecture, charsPerToken, limitsReplies } = this.#options;
    const asked = (call.body['options'] ?? {}) as { stop?: unknown; num_predict?: number };
    const limit = limitsReplies && (asked.num_predict ?? -1) >= 0 ? asked.num_predict : undefined;
    return this.#runner.inTurn(async () => {
      // A client that disconnected while it waited costs nothing.
      if (response.destroyed) return;
      const tokens = architecture && tokensOf(call.prompt);
      if (tokens && reply.status === undefined) {
        call.evaluated = this.#runner.evaluate(tokens) ?? 0;
      }
      const real = await this.#options.evaluate?.(call.prompt, reply.text ?? '');
      call.reply = '';
      await play(response, stream, reply, {
        stops: [asked.stop ?? []].flat().map(String),
        limit,
        listens: architecture !== undefined,
        onPiece: (piece) => (call.reply += piece),
        ending: (reason) => {
          const said = tokensOf(call.reply ?? '').length;
          const prompt = charsPerToken && Math.ceil(call.prompt.length / charsPerToken);
          const isRaw = call.body['raw'] === true;
          return {
            reason,
            context: isRaw ? undefined : tokensOf(call.prompt + call.reply).map((_, id) => id),
            counts: {
              total_duration: 4_000_000,
              load_duration: 1_000_000,
              prompt_eval_count: reply.promptEvalCount ?? real ?? tokens?.length ?? prompt,
              prompt_eval_duration: call.evaluated ? call.evaluated * 1_000_000 : 2_000_000,
              eval_count: tokens ? said : Math.ceil((call.reply?.length ?? 0) / 4),
              eval_duration: tokens ? said * 1_000_000 : 1_000_000,
            },
          };
        },
      });
      if (tokens) this.#runner.generated(tokensOf(call.reply));
    });
  }
}

/** The messages of a request; a prompt is one turn of the user. */
function turnsOf(body: Record<string, unknown>, isChat: boolean): Turn[] {
  if (isChat) return (body['messages'] ?? []) as Turn[];
  if (!body['prompt']) return [];
  const system = body['system'] ? [turn('system', body['system'])] : [];
  return [...system, turn('user', body['prompt'])];
}

function turn(role: Turn['role'], content: unknown): Turn {
  return { role, content: String(content) };
}

/** The names of the tools that a request lists. */
function toolsOf(body: Record<string, unknown>): string[] {
  const tools = (body['tools'] ?? []) as { function?: { name?: string } }[];
  return tools.flatMap((tool) => tool.function?.name ?? []);
}
