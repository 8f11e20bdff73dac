/** How the scripted server can be configured, and what it records about its calls. */
import type http from 'node:http';
import type { Architecture } from './kv-cache.ts';
import type { ParserName } from './parsers.ts';
import type { ScriptedReply, WholeReply } from './script.ts';
import type { TemplateName } from './templates.ts';

/** One call of a model. */
export interface ModelCall {
  path: string;
  body: Record<string, unknown>;
  /** The text that the model evaluates: raw as sent, or rendered, and possibly cut. */
  prompt: string;
  headers: http.IncomingHttpHeaders;
  /** Settles when the connection has closed, however it did. */
  closed: Promise<void>;
  /** The tokens of the prompt that were not in the cache; only where an architecture is set. */
  evaluated?: number;
  /** What the model has said so far, before a parser removed anything. */
  reply?: string;
}

/** One call of the model, by Ollama's routes. */
export interface GenerateCall extends ModelCall {
  path: '/api/generate' | '/api/chat';
  /** When the whole request was here, and when the last of the reply was sent: milliseconds. */
  arrivedAt: number;
  repliedAt?: number;
}

/** The running server, and what it was asked. */
export interface FakeOllama {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Every call of the model so far. */
  calls: GenerateCall[];
  /** The bodies of all calls that asked only for a rendering, whether granted or not. */
  renders: Record<string, unknown>[];
  /** Every /api/pull so far: the model, and when its connection closed. */
  pulls: { model: string; closed: Promise<void> }[];
  /** Paths of all requests so far. */
  paths: string[];
  /** Settles when the call with this index (0 is the first) has arrived. */
  arrived(index: number): Promise<GenerateCall>;
  /** Adds replies to the script. */
  push(...replies: ScriptedReply[]): void;
  close(): Promise<void>;
}

/** What the server is like. */
export interface FakeOllamaOptions {
  port?: number;
  /** The context length that /api/show returns; null: the server has no such route. */
  contextLength?: number | null;
  /** Nothing is answered before this settles. */
  answersAfter?: Promise<unknown>;
  /** Models on the server; undefined: any. A pull adds to them. */
  models?: string[];
  /** How a pull goes, as for a reply; without it, a model of one layer arrives at once. */
  pull?: (model: string) => WholeReply;
  /** What to reply when the script has ended. */
  whenEmpty?: (call: GenerateCall) => ScriptedReply;
  /** Counts the tokens of prompts; without it, only replies that say so report a count. */
  charsPerToken?: number;
  /** How messages become a prompt; `qwen3.5` unless told. */
  template?: TemplateName;
  /** The template puts the tokenizer's own first mark in front (Gemma's and Mistral's can). */
  bosInTemplate?: boolean;
  /** The template trims whitespace at both ends of each content. */
  trimsContents?: boolean;
  /** What removes native calls and thoughts from a reply that is not raw; without it, nothing does. */
  parser?: ParserName;
  /** The parser fails at calls of tools that the request does not list, as Ministral's does. */
  refusesUnknownTools?: boolean;
  /**
   * The template knows thoughts: a leading `<think>` is removed from each reply, raw or not, unless
   * the request says `think: false`.
   */
  takesThoughts?: boolean;
  /**
   * What the server makes of the field `think`; by default what Ollama does.
   * - `ignored`: thoughts come whatever it says
   * - `refused`: no value but false is taken, though the model is said to think
   * - `no levels`: yes and no alone are taken
   * - `nothing to false`: the reply to false is empty
   */
  thinkField?: 'ignored' | 'refused' | 'no levels' | 'nothing to false';
  /** /api/show does not say what the model can. */
  namesNoCapabilities?: boolean;
  /** false: a server that does not know `_debug_render_only` and generates. */
  rendersTemplate?: boolean;
  /** Counts tokens, keeps a cache as such a model does, and refuses prompts that do not fit. */
  architecture?: Architecture;
  /** Lets a real engine evaluate each prompt and say the reply; returns the tokens of the prompt. */
  evaluate?: (prompt: string, reply: string) => Promise<number>;
  /** `num_predict` ends a reply; without it, the script decides where one ends. */
  limitsReplies?: boolean;
  /** The model's family; by default the one that fits the parser, the architecture or the template. */
  family?: string;
  /** What /api/show says about the tokenizer: whether it puts a mark in front of each text. */
  addBosToken?: boolean;
  /** The model runs elsewhere, at this address. */
  remoteHost?: string;
  version?: string;
  /** What the call that warms the cache waits for. */
  warmUpAfter?: Promise<unknown>;
}
