/** The key of a server: who gets it, and who never sees it. */
import { describe, expect, it } from 'vitest';
import { parseHost } from '../../../src/model/http/host.ts';
import { openai } from '../../../src/model/openai/openai.ts';
import { ollama } from '../../../src/model/ollama/ollama.ts';
import { openaiServer, scriptedServer } from '../../support/program.ts';
import { never } from '../../support/workspace.ts';
import { CLIENTS, OPENAI } from '../clients.ts';
import { cannedServer } from '../ollama/canned-server.ts';
import { generate, modelAt } from '../ollama/model-at.ts';
import { openaiAt } from '../openai/openai-at.ts';

const KEY = 'sk-lab/0123456789"abcdef';

/** The message of a call that has to fail. */
async function messageOf(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Error)) throw new Error('it did not fail');
  return error.message;
}

describe('a key', () => {
  it('is sent with each request to the server, and without whitespace around it', async () => {
    const server = await openaiServer(['Hello.'], { key: KEY, tellsWindowByProps: true });
    await generate(openaiAt(server.url, { key: ` ${KEY}\r\n` }));
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/v1/models',
      '/props',
      '/v1/chat/completions',
    ]);
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(new Set(sent)).toEqual(new Set([`Bearer ${KEY}`]));
  });

  it('is not sent where a redirect leads', async () => {
    const other = await openaiServer(['Hello.']);
    const headers = { location: `${other.url}/chat/completions` };
    const server = await openaiServer([{ status: 307, headers }]);
    const message = await messageOf(generate(openaiAt(server.url, { key: KEY })));
    expect(message).toContain('Redirects are not followed');
    expect(other.requests).toEqual([]);
  });

  it('does not replace credentials in the address', async () => {
    const server = await openaiServer(['Hello.']);
    await generate(openaiAt(server.url.replace('//', '//ada:s3cret@'), { key: KEY }));
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent.every((each) => each?.startsWith('Basic '))).toBe(true);
  });

  it.each(['two words', 'line\nbreak', 'schlüssel', '\u0000'])(
    'that no header can hold, %j, is told by its name before anything is sent',
    (key) => {
      for (const make of [
        () => openai('m', { key }),
        () => ollama('m', { key }),
        () => openaiAt('http://127.0.0.1:1/v1', { key, keyName: 'LAB_KEY' }),
      ]) {
        expect(make).toThrow(/^The key in (?:OPENAI_API_KEY|OLLAMA_API_KEY|LAB_KEY) has /);
        expect(make).not.toThrow(key);
      }
    },
  );
});

describe.each(CLIENTS)('a server with $name routes that refuses', (client) => {
  const name = client === OPENAI ? 'OPENAI_API_KEY' : 'OLLAMA_API_KEY';
  const refused = async (status: number, key?: string) => {
    const { url } = await client.serve([{ status, body: '{"error":"Invalid API Key"}' }]);
    return messageOf(generate(client.at(url, key === undefined ? {} : { key })));
  };

  it('a request without a key has the variable named', async () => {
    const wants = `answered 401: Invalid API Key. It wants a key: set ${name}.`;
    expect(await refused(401)).toContain(wants);
  });

  it.each([401, 403])('a key with %i has the variable named that it is from', async (status) => {
    const message = await refused(status, KEY);
    expect(message).toContain(`It refused the key in ${name}: check it.`);
    expect(message).not.toContain(KEY);
  });

  it('the credentials in its address is told so', async () => {
    const { url } = await client.serve([{ status: 401 }]);
    const host = parseHost(url.replace('//', '//ada:s3cret@'));
    expect(await messageOf(generate(client.at(url, { host })))).toContain(
      'It refused the credentials in its address: check --host.',
    );
  });

  it.each([
    ['as it is', KEY],
    ['as JSON writes it', JSON.stringify({ error: { message: `wrong key: ${KEY}` } })],
    ['in JSON that is cut off', `{"error":"no ${JSON.stringify(KEY).slice(1, -1)} is`],
    ['as an address writes it', `GET /v1?key=${encodeURIComponent(KEY)} is wrong`],
    ['twice', `no ${KEY}, no ${KEY}`],
    ['as a header', `Authorization: Bearer ${KEY} is wrong`],
    ['where the message is cut', `${'x '.repeat(143)}${KEY}`],
  ])('and repeats the key %s has it taken out of its words', async (_, body) => {
    for (const status of [401, 500]) {
      const { url } = await client.serve([{ status, body }]);
      const message = await messageOf(generate(client.at(url, { key: KEY })));
      expect(message).not.toMatch(/sk-lab|456789|abcdef/);
      expect(message).toContain('[key]');
    }
  });
});

describe('a server that repeats the key', () => {
  const LONG = `sk-${'0123456789abcdef'.repeat(3)}`;

  it('as the name of a compression has it told no part of it', async () => {
    const headers = { 'content-encoding': LONG };
    const { url } = await openaiServer([{ status: 200, headers }]);
    const message = await messageOf(generate(openaiAt(url, { key: LONG })));
    expect(message).toMatch(/sent a compressed answer, which was not asked for/);
  });

  it('as the name of a model has it hidden', async () => {
    const { url } = await openaiServer([], { models: [LONG] });
    const message = await messageOf(generate(openaiAt(url, { key: LONG })));
    expect(message).toContain('which has [key]');
  });

  it('in a tool call that it cannot read has it hidden from the model, too', async () => {
    const { url } = await cannedServer({
      '/api/show': [{ remote_host: 'elsewhere' }],
      '/api/chat': [{ error: `error parsing tool call: raw='${KEY}'` }],
    });
    const { fault } = await generate(modelAt(url, { key: KEY }));
    expect(fault).toContain("raw='[key]'");
  });

  it('as the machine that runs a model has it hidden', async () => {
    const { url } = await scriptedServer(['Hello.'], { remoteHost: `http://${LONG}` });
    const told: string[] = [];
    await generate(modelAt(url, { key: LONG, onRemote: (_, where) => told.push(where) }));
    expect(told).toEqual(['http://[key]']);
  });
});

describe('a list of models', () => {
  it('that is refused is told with the variable', async () => {
    const server = await openaiServer([], { key: KEY });
    const listed = OPENAI.server(parseHost(server.url)).list(never);
    expect(await messageOf(listed)).toContain('It wants a key: set OPENAI_API_KEY.');
  });

  it('has names and sizes, and is told of where there is no such route', async () => {
    const server = await openaiServer([], { models: ['a', 'b'] });
    expect(await OPENAI.server(parseHost(server.url)).list(never)).toEqual([
      { name: 'a', bytes: 96_576_768 },
      { name: 'b', bytes: 96_576_768 },
    ]);
    const { url } = await cannedServer({});
    const listed = OPENAI.server(parseHost(`${url}/v1`)).list(never);
    expect(await messageOf(listed)).toContain('is not OpenAI-compatible');
  });
});
