/** Sends one model call to /v1/chat/completions. */
import { messagesOf } from '../chat-messages.ts';
import { credentials, type ServerSettings } from '../http/server-settings.ts';
import { exchange } from '../http/transport.ts';
import type { GenerateRequest } from '../model.ts';
import type { Think } from '../think.ts';
import { eventLimits, eventsOf } from './events.ts';
import { readObject } from './json.ts';

/** Which model on which server, and how it generates. */
export interface OpenaiSettings extends ServerSettings {
  model: string;
  temperature: number;
  topP: number;
}

/**
 * Sends a call. Yields the parts of the reply as they arrive. Returns whether the server has said
 * that it is whole.
 * @param think what is said of thinking; undefined: nothing
 * @param tellsProgress the server can tell how far it has come with the prompt
 * @throws what `exchange` and `eventsOf` throw
 */
export async function* send(
  { turns, numPredict, format }: GenerateRequest,
  think: Think | undefined,
  tellsProgress: boolean,
  settings: OpenaiSettings,
  signal: AbortSignal,
): AsyncGenerator<object, boolean> {
  const { host, model, temperature, topP, timeoutMs } = settings;
  const request = {
    model,
    messages: messagesOf(turns),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: numPredict,
    ...(tellsProgress && { return_progress: true }),
    temperature,
    top_p: topP,
    ...(format && {
      response_format: { type: 'json_schema', json_schema: { name: 'reply', schema: format } },
    }),
    ...(think !== undefined && thinkingFields(think)),
  };
  const headers = {
    ...credentials(settings),
    accept: 'text/event-stream',
    'content-type': 'application/json',
  };
  const url = `${host.url}/chat/completions`;
  const post = { method: 'POST', headers, body: JSON.stringify(request) };
  const { contentType, body } = await exchange(url, post, signal, timeoutMs);
  if (!/\bjson\b/i.test(contentType)) return yield* eventsOf(body, eventLimits(numPredict), signal);
  yield await readObject(body); // a server that does not stream
  return true;
}

/** Templates have a switch, or a level, or neither: what a template does not know does nothing. */
function thinkingFields(think: Think): object {
  if (think === 'off' || think === 'on') {
    return { chat_template_kwargs: { enable_thinking: think === 'on' } };
  }
  return {
    chat_template_kwargs: { enable_thinking: true, reasoning_effort: think },
    reasoning_effort: think,
  };
}
