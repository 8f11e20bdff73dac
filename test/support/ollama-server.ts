/**
 * A scripted server that speaks Ollama's wire format over real HTTP. Tests start it in their own
 * process; `npm run fake-ollama` starts it as a program, so that a person can try the agent.
 */
import http from 'node:http';
import { loaded, show, tag } from './ollama/models.ts';
import { ModelCalls } from './ollama/model-calls.ts';
import type { FakeOllama, FakeOllamaOptions } from './ollama/options.ts';
import { answer } from './ollama/play.ts';
import { WHOLE_PULL, type ScriptedReply } from './ollama/script.ts';
import { closeOf, listen, readBody, sendJson } from './ollama/wire.ts';

export type { FakeOllama, FakeOllamaOptions, GenerateCall } from './ollama/options.ts';
export { final, inHarmony, inTwoParts, pullLines, toolCall } from './ollama/script.ts';
export type { ScriptedReply, WholeReply } from './ollama/script.ts';
export { turnsIn, type Turn } from './ollama/templates.ts';

/** Starts a server that answers the calls of its model with the replies of the script, in turn. */
export async function startFakeOllama(
  script: ScriptedReply[] = [],
  options: FakeOllamaOptions = {},
): Promise<FakeOllama> {
  const model = new ModelCalls(script, options);
  const pulls: FakeOllama['pulls'] = [];
  const paths: string[] = [];
  const { rendersTemplate = true } = options;
  // The field that asks for a rendering came with 0.11.5.
  const version = options.version ?? (rendersTemplate ? '0.33.0' : '0.11.4');

  const server = http.createServer((request, response) => {
    const { method, url: path = '', headers } = request;
    paths.push(path);
    void Promise.all([readBody(request), options.answersAfter]).then(([text]) => {
      const arrivedAt = performance.now();
      let body: Record<string, unknown>;
      try {
        body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
      } catch (error) {
        return sendJson(response, 400, { error: String(error) });
      }
      const name = String(body['model'] ?? body['name']);
      if (path === '/') {
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
        response.end(method === 'HEAD' ? '' : 'Ollama is running');
      } else if (path === '/api/version') {
        sendJson(response, 200, { version });
      } else if (path === '/api/tags') {
        const names = options.models ?? ['qwen3.5:4b'];
        sendJson(response, 200, { models: names.map((each) => tag(each, options)) });
      } else if (path === '/api/ps') {
        const there = model.loaded;
        const models = there ? [loaded(there.model, there.numCtx, options)] : [];
        sendJson(response, 200, { models });
      } else if (path === '/api/pull') {
        pulls.push({ model: name, closed: closeOf(response) });
        const pulled = options.pull?.(name) ?? { raw: WHOLE_PULL };
        if (pulled.silent) return;
        void answer(response, pulled).then(() => {
          if (response.writableEnded) options.models?.push(name);
        });
      } else if (options.models && !hasModel(options.models, name)) {
        sendJson(response, 404, { error: `model '${name}' not found` });
      } else if (path === '/api/show' && options.contextLength !== null) {
        sendJson(response, 200, show(name, options));
      } else if (path === '/api/generate' || path === '/api/chat') {
        model.take({ path, body, headers, arrivedAt }, response);
      } else {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
      }
    });
  });
  const { port, close } = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    calls: model.calls.all,
    renders: model.renders,
    pulls,
    paths,
    arrived: (index) => model.calls.arrived(index),
    push: (...more) => model.calls.push(more),
    close,
  };
}

/** A name without a tag means the latest. */
function hasModel(models: readonly string[], name: string): boolean {
  const full = (each: string) => (each.includes(':') ? each : `${each}:latest`);
  return models.some((each) => full(each) === full(name));
}
