/** Sends one model call: to /api/generate as raw text, or to /api/chat as messages. */
import type { ChatRequest, GenerateRequest as RawRequest } from 'ollama';
import { limitsOf } from '../http/lines.ts';
import type { ServerSettings } from '../http/server-settings.ts';
import { messagesOf } from '../chat-messages.ts';
import type { GenerateRequest } from '../model.ts';
import type { Think } from '../think.ts';
import { PLAIN_STOP, type ChatTemplate } from './chat-template.ts';
import { clientFor } from './client.ts';

/** Which model on which server, and how it generates. */
export interface OllamaSettings extends ServerSettings {
  model: string;
  /** How long the server keeps the model loaded: a duration such as `30m`, or seconds. */
  keepAlive: string | number;
  temperature: number;
  topP: number;
  /** Is told, before any turn is sent, that the server runs the model elsewhere, and where. */
  onRemote?: ((model: string, where: string) => void) | undefined;
}

/** The field `think`: no or yes, or a level; undefined: the request goes without it. */
export type Field = boolean | Exclude<Think, 'on' | 'off'> | undefined;

/** Fields that the server knows and the client's types lack. */
interface UntypedFields {
  /** Without it the server answers 200 and silently drops the front of a prompt that is too long. */
  truncate: false;
}

/** A call, and how it is sent. */
interface Call extends GenerateRequest {
  /** Null: the turns go to /api/chat. */
  template: ChatTemplate | null;
  field: Field;
}

/** Sends a call. Returns the parts of the reply as they arrive. @throws what the client throws */
export function send(call: Call, settings: OllamaSettings, signal: AbortSignal) {
  const { turns, numCtx, numPredict, format, template, field } = call;
  const { model, keepAlive, temperature, topP } = settings;
  const client = clientFor(settings, signal, limitsOf(numPredict));
  const common = {
    model,
    stream: true as const,
    // Unset means true for a model that can think, with raw text too.
    ...(field !== undefined && { think: field }),
    truncate: false as const,
    keep_alive: keepAlive,
    ...(format && { format }),
    options: {
      num_ctx: numCtx,
      num_predict: numPredict,
      temperature,
      top_p: topP,
      ...(template?.isPlain && { stop: [PLAIN_STOP] }),
    },
  };
  if (template) {
    const raw: RawRequest & { stream: true } & UntypedFields = {
      ...common,
      prompt: template.render(turns),
      raw: true,
    };
    return client.generate(raw);
  }
  const chat: ChatRequest & { stream: true } & UntypedFields = {
    ...common,
    messages: messagesOf(turns),
  };
  return client.chat(chat);
}
