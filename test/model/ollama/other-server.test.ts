/** Servers that are no Ollama, and are asked as one. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseHost } from '../../../src/model/http/host.ts';
import { OllamaServer } from '../../../src/model/ollama/server.ts';
import { scriptedServer } from '../../support/program.ts';
import { never } from '../../support/workspace.ts';
import { generate, modelAt } from './model-at.ts';

type Answer = readonly [status: number, body: unknown];

const PAGE = '<!doctype html><title>Chat</title>';
const NOT_FOUND = { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } };
const LISTED = { object: 'list', data: [{ id: 'coder', object: 'model' }] };
const NO_KEY = { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } };
const UNEXPECTED = { error: 'Unexpected endpoint or method. (POST /api). Returning 200 anyway' };

/** A server that knows these paths, and answers all others as told; it keeps what it was sent. */
async function serverOf(paths: Record<string, Answer>, [status, body]: Answer) {
  const asked: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
  const server = http.createServer((request, response) => {
    const { url, headers } = request;
    let sent = '';
    request.setEncoding('utf8').on('data', (text: string) => (sent += text));
    request.on('end', () => {
      asked.push({ url, authorization: headers.authorization, body: sent });
      const [code, answer] = paths[url ?? ''] ?? [status, body];
      response.writeHead(code).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** What kinds of server say to a path of Ollama's, and what they say of their models. */
const OTHERS: [what: string, models: Answer, elsewhere: Answer][] = [
  ["llama.cpp's", [200, LISTED], [404, NOT_FOUND]],
  ["llama.cpp's that wants a key", [401, NO_KEY], [404, NOT_FOUND]],
  ["vLLM's", [200, LISTED], [404, { detail: 'Not Found' }]],
  ["LM Studio's", [200, LISTED], [200, UNEXPECTED]],
  ['one behind a page', [200, LISTED], [200, PAGE]],
  ['one that takes no POST', [200, LISTED], [405, { detail: 'Method Not Allowed' }]],
];

describe('a server that is no Ollama', () => {
  it.each(OTHERS)(
    'such as %s is told with what to try, and is sent neither key nor prompt for it',
    async (_what, models, elsewhere) => {
      const { url, asked } = await serverOf({ '/v1/models': models }, elsewhere);
      const says = `The server at ${url} is not Ollama, but OpenAI-compatible: try --host ${url}/v1`;
      const host = parseHost(url);
      const list = new OllamaServer({ host, timeoutMs: 15_000, key: 'sesame' }).list(never);
      await expect(list).rejects.toMatchObject({ kind: 'protocol', message: says });
      await expect(generate(modelAt(url, { key: 'sesame' }))).rejects.toThrow(says);
      const looks = asked.filter((each) => each.url === '/v1/models');
      expect(looks).toEqual(looks.map(({ url: path }) => ({ url: path, body: '' })));
      expect(looks).not.toEqual([]);
      expect(asked.map(({ body }) => body).join('')).not.toContain('Say hello.');
    },
  );

  it('nor of the other kind is told by its answer', async () => {
    const { url } = await serverOf({}, [404, 'nothing here']);
    await expect(generate(modelAt(url))).rejects.toThrow('answered 404: nothing here');
    // Beside the path, such a server may have the routes; a wrong one says "not found" to all.
    const beside = await serverOf({}, [404, NOT_FOUND]);
    await expect(generate(modelAt(`${beside.url}/v2`))).rejects.toThrow('404: File Not Found');
    const page = await serverOf({}, [200, PAGE]);
    await expect(generate(modelAt(page.url))).rejects.toThrow('sent what is not an answer');
  });
});

it('an Ollama that fails is still one, though it has the other routes, too', async () => {
  const known: Record<string, Answer> = {
    '/api/version': [200, { version: '0.33.0' }],
    '/v1/models': [200, LISTED],
  };
  const { url } = await serverOf(known, [404, '404 page not found']);
  await expect(generate(modelAt(url))).rejects.toThrow('Ollama at');
});

it('a model that its server has run elsewhere is told of before a turn is sent', async () => {
  const remoteHost = 'https://ollama.example:443';
  const server = await scriptedServer([{ text: 'Hello.' }], { remoteHost });
  const told: unknown[] = [];
  const onRemote = (model: string, where: string) => told.push([model, where, server.calls.length]);
  const model = modelAt(server.url, { onRemote });
  await generate(model);
  expect(told).toEqual([['small:1b', remoteHost, 0]]);
  const listed = await new OllamaServer({ host: parseHost(server.url), timeoutMs: 1_000 }).list(
    never,
  );
  expect(listed).toMatchObject([{ name: 'qwen3.5:4b', runsAt: remoteHost }]);
});
