/** Learns a model's chat template: the server renders a sample with it. */
import type { ChatRequest } from 'ollama';
import type { ServerSettings } from '../http/server-settings.ts';
import { ChatTemplate, opensThought, SAMPLE } from './chat-template.ts';
import { clientFor } from './client.ts';
import type { ModelInfo } from './model-info.ts';
import type { Field } from './send.ts';

/** How conversations are sent for one kind of reply: with a thought, or without. */
export interface Route {
  /** Null: they go to /api/chat as messages. */
  template: ChatTemplate | null;
  /** The prompt ends in a thought that the reply continues. */
  opensThought: boolean;
  /** The server renders samples. */
  isRendered: boolean;
}

/** What a sample is rendered for. */
interface SampleRequest {
  model: string;
  /** How long the server keeps the model loaded. */
  keepAlive: string | number;
  /** The context window in tokens. */
  numCtx: number;
  field: Field;
}

/** Asks for the rendering only. Servers before 0.11.5 do not know it and reply. */
interface RenderOnly {
  _debug_render_only: true;
}

/** The route of replies without a thought, by the sample as it is rendered for one. */
export function routeOf(rendered: string | undefined, info: ModelInfo): Route {
  if (rendered === undefined) {
    const template = info.hasNoTemplate ? ChatTemplate.plain : null;
    return { template, opensThought: false, isRendered: false };
  }
  const template = ChatTemplate.from(rendered, info.addsBos) ?? null;
  return { template, opensThought: !template && opensThought(rendered), isRendered: true };
}

/** The route of replies with a thought. @param other that of replies without */
export function thinkingRouteOf(rendered: string | undefined, other: Route): Route {
  if (rendered === undefined) return other;
  const template = other.template?.thinking(rendered) ?? null;
  return { template, opensThought: opensThought(rendered), isRendered: true };
}

/**
 * The sample as the server renders it, which loads the model; undefined if it cannot.
 * @throws what the client throws
 */
export async function renderSample(
  { model, keepAlive, numCtx, field }: SampleRequest,
  server: ServerSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const request: ChatRequest & { stream: false } & RenderOnly = {
    model,
    messages: [...SAMPLE],
    stream: false,
    ...(field !== undefined && { think: field }),
    keep_alive: keepAlive,
    // The same window as on every call, since this one loads the model. One token, if it replies.
    options: { num_ctx: numCtx, num_predict: 1 },
    _debug_render_only: true,
  };
  return renderedIn(await clientFor(server, signal).chat(request));
}

function renderedIn(answer: object): string | undefined {
  const info = fieldOf(answer, '_debug_info');
  const rendered =
    typeof info === 'object' && info !== null ? fieldOf(info, 'rendered_template') : '';
  return typeof rendered === 'string' && rendered !== '' ? rendered : undefined;
}

function fieldOf(value: object, name: string): unknown {
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
