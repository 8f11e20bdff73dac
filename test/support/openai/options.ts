/** How the scripted server can be configured, and what it records about its calls. */
import type http from 'node:http';
import type { ModelCall } from '../ollama/options.ts';
import type { ScriptedReply } from '../ollama/script.ts';
import type { TemplateName } from '../ollama/templates.ts';
import type { Kind } from './kinds.ts';

/** One call of the model, by /v1/chat/completions. */
export type ChatCall = ModelCall;

/** The running server, and what it was asked. */
export interface FakeOpenai {
  /** `http://127.0.0.1:PORT/v1` */
  url: string;
  /** Every call of the model so far. */
  calls: ChatCall[];
  /** Method, path and headers of all requests so far. */
  requests: { method: string; path: string; headers: http.IncomingHttpHeaders }[];
  /** Settles when the call with this index (0 is the first) has arrived. */
  arrived(index: number): Promise<ChatCall>;
  /** Adds replies to the script. */
  push(...replies: ScriptedReply[]): void;
  close(): Promise<void>;
}

/** What the server is like. */
export interface FakeOpenaiOptions {
  port?: number;
  /** Whose forms it has: `llama-server` unless told. */
  kind?: Kind;
  /** The models that it lists; the first is the one that it runs. */
  models?: string[];
  /** The window of one conversation in tokens; null: nothing tells it. */
  numCtx?: number | null;
  /** The window is told by /props alone. */
  tellsWindowByProps?: boolean;
  /** Requests have to bring this key. */
  key?: string;
  /** The model is still being loaded until this settles: 503. */
  loading?: Promise<unknown>;
  /** It has no list of models. */
  hasNoList?: boolean;
  /** Fields of a request that it refuses, as a server does that knows only its own. */
  refuses?: string[];
  /** What to reply when the script has ended. */
  whenEmpty?: (call: ChatCall) => ScriptedReply;
  /** How messages become a prompt; `qwen3.5` unless told. */
  template?: TemplateName;
  /** `max_tokens` ends a reply; without it, the script decides where one ends. */
  limitsReplies?: boolean;
}
