/**
 * A scripted OpenAI-compatible server over real HTTP, as llama.cpp's own does. It can have
 * the forms of other servers, as far as they are known.
 */
import http from 'node:http';
import type { ScriptedReply } from './ollama/script.ts';
import { listen, readBody, sendJson } from './ollama/wire.ts';
import { ChatCalls } from './openai/chat-calls.ts';
import { FORMS } from './openai/kinds.ts';
import type { FakeOpenai, FakeOpenaiOptions } from './openai/options.ts';

export { chunkOf, eventOf } from './openai/chat-stream.ts';
export type { Kind } from './openai/kinds.ts';
export type { ChatCall, FakeOpenai, FakeOpenaiOptions } from './openai/options.ts';

const LOADING = { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } };

/** Starts a server that answers the calls of its model with the replies of the script, in turn. */
export async function startFakeOpenai(
  script: ScriptedReply[] = [],
  options: FakeOpenaiOptions = {},
): Promise<FakeOpenai> {
  const { models = ['small:1b'], key, kind = 'llama-server', numCtx = 32_768 } = options;
  const forms = FORMS[kind];
  const model = new ChatCalls(script, { ...options, models });
  const requests: FakeOpenai['requests'] = [];
  let isLoading = options.loading !== undefined;
  void options.loading?.then(() => (isLoading = false));
  const told = options.tellsWindowByProps ? undefined : (numCtx ?? undefined);

  const server = http.createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, headers });
    void readBody(request).then((text) => {
      const noRoute = forms.noRoute(method, path);
      if (key !== undefined && headers.authorization !== `Bearer ${key}`) {
        sendJson(response, forms.wrongKey.status, forms.wrongKey.body);
      } else if (isLoading) {
        sendJson(response, 503, LOADING);
      } else if (path === '/v1/models' && !options.hasNoList) {
        const data = models.map((name) => forms.model({ name, numCtx: told }));
        sendJson(response, 200, { object: 'list', data });
      } else if (path === '/props' && kind === 'llama-server' && numCtx !== null) {
        sendJson(response, 200, { default_generation_settings: { n_ctx: numCtx }, total_slots: 1 });
      } else if (path === '/v1/chat/completions' && method === 'POST') {
        const body = JSON.parse(text) as Record<string, unknown>;
        model.take({ path, body, headers }, response);
      } else {
        sendJson(response, noRoute.status, noRoute.body);
      }
    });
  });
  const { port, close } = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls: model.calls.all,
    requests,
    arrived: (index) => model.calls.arrived(index),
    push: (...more) => model.calls.push(more),
    close,
  };
}
