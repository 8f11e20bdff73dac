/** Answers that no server of models gives: of other protocols, in other shapes, without an end. */
import { once } from 'node:events';
import type net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { parseHost } from '../../src/model/http/host.ts';
import type { ModelErrorKind } from '../../src/model/model-error.ts';
import { UNLIMITED } from '../../src/model/http/lines.ts';
import { jsonLines } from '../../src/model/ollama/json-lines.ts';
import { eventsOf } from '../../src/model/openai/events.ts';
import { forever, rawServer, type Talk } from '../support/raw-server.ts';
import { everyNth, some } from '../support/stress.ts';
import { never } from '../support/workspace.ts';
import { CLIENTS, failureOf, OLLAMA, OPENAI, type Client } from './clients.ts';
import { generate } from './ollama/model-at.ts';

const says =
  (text: string): Talk =>
  (socket) =>
    void socket.write(text);
const ends =
  (text: string): Talk =>
  (socket) =>
    void socket.end(text);
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

const answers: [what: string, talk: Talk, message: string, kind?: ModelErrorKind][] = [
  ['101 with an upgrade', says(UPGRADE), 'answered 101: Switching Protocols.'],
  ['101 without one', says('HTTP/1.1 101 Yes\r\n\r\n'), 'answered 101: Switching Protocols.'],
  [
    '100 without end',
    (socket) => forever(socket, 'HTTP/1.1 100 Continue\r\n\r\n'),
    'sent no answer after its early statuses',
  ],
  [
    '103 without end',
    (socket) => forever(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    'sent no answer after its early statuses',
  ],
  ['100 and nothing more', says('HTTP/1.1 100 Continue\r\n\r\n'), 'was silent', 'timeout'],
  ['100 and an end', ends('HTTP/1.1 100 Continue\r\n\r\n'), 'hung up (ECONNRESET)'],
  ['204', ends('HTTP/1.1 204 No Content\r\n\r\n'), 'sent an empty answer'],
  ['205', ends('HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n'), 'an empty answer'],
  ['304', ends('HTTP/1.1 304 Not Modified\r\n\r\n'), 'answered 304: Not Modified.'],
  ['302 to nowhere', ends('HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n'), '302: Found.'],
  ['an empty 200', ends('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 'an empty answer'],
  ['999', ends('HTTP/1.1 999 Odd\r\n\r\n'), 'answered 999: no reason given.'],
  ['no HTTP', ends('+OK Ready for you\r\n'), 'does not speak HTTP (HPE_INVALID_CONSTANT)'],
  [
    'endless headers',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      forever(socket, `X-Header: ${'a'.repeat(1_000)}\r\n`);
    },
    'does not speak HTTP (HPE_HEADER_OVERFLOW)',
  ],
  [
    'fewer bytes than its headers promise',
    ends('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a"'),
    'broke off',
  ],
  ['two lengths', ends('HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}'), 'not speak HTTP'],
  [
    'whitespace without end',
    (socket) => {
      socket.write(CHUNKED);
      forever(socket, '1\r\n \r\n');
    },
    'without an end',
  ],
  [
    'empty lines without end',
    (socket) => {
      socket.write(CHUNKED);
      forever(socket, '2\r\n\r\n\r\n');
    },
    'without an end',
  ],
  [
    'a line without end, a byte at a time',
    (socket) => {
      socket.write(`${CHUNKED}2\r\n{"\r\n`);
      forever(socket, '1\r\na\r\n');
    },
    'without an end',
  ],
  [
    'an error without end, a byte at a time',
    (socket) => {
      socket.write('HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n');
      forever(socket, '1\r\na\r\n');
    },
    'answered 502: aaa',
  ],
];

/** Both clients read by the same code: all rows of both are for the long tests. */
function rowsFor<Row>(client: Client, rows: readonly Row[]): readonly Row[] {
  return client === OLLAMA ? everyNth(2, rows) : some(4, rows);
}

describe.each(CLIENTS)('a server with $name routes that answers', (client) => {
  it.each(rowsFor(client, answers))(
    'with %s fails with one message',
    async (_, talk, message, kind = 'protocol') => {
      const { url } = await rawServer(talk);
      const failure = await failureOf(client, client.base(url), kind === 'timeout' ? 150 : 15_000);
      expect(failure.message).toContain(message);
      expect(failure.kind).toBe(kind);
    },
  );

  it('and leaves the connection open after a whole answer is hung up on', async () => {
    let connection: net.Socket | undefined;
    const { url } = await rawServer((socket) => {
      connection = socket;
      socket.write(`${CHUNKED}1a\r\n{"models":[], "data": []}\n\r\n`);
    });
    expect(await client.server(parseHost(client.base(url))).list(never)).toEqual([]);
    if (connection?.closed === false) await once(connection, 'close');
  });
});

describe.each(CLIENTS)('a list of models with $name routes', (client) => {
  it('is read as far as a person could, without names that no model has', async () => {
    const one = (name: string) => `{"id":"${name}","name":"${name}"}`;
    const all = [one('w'.repeat(400_000)), ...Array<string>(50_000).fill(one('m'))].join();
    const { url } = await rawServer((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\n\r\n{"models":[${all}],"data":[${all}]}\n`);
    });
    const listed = await client.server(parseHost(client.base(url))).list(never);
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(['m']));
    expect(listed.length).toBeLessThanOrEqual(10_000);
  });
});

it('what may be the ends of many objects is not parsed at each', async () => {
  const most = '1,'.repeat(500_000);
  const { url } = await rawServer((socket) => {
    socket.end(`HTTP/1.1 200 OK\r\n\r\n[${most}\n${'}\n'.repeat(1_900)}`);
  });
  const parse = vi.spyOn(JSON, 'parse');
  await expect(OPENAI.server(parseHost(`${url}/v1`)).list(never)).rejects.toThrow('not an answer');
  expect(parse.mock.calls.length).toBeLessThan(10);
  parse.mockRestore();
});

const SHAPES: [error: string, words: string][] = [
  ['{"error":{}}', 'no reason given'],
  ['{"error":[]}', 'no reason given'],
  ['{"error":null}', 'no reason given'],
  ['{"error":""}', 'no reason given'],
  ['{"error":7}', '7'],
  ['{"error":true}', 'true'],
  ['{"error":{"message":"it broke."}}', 'it broke'],
  ['{"error":{"code":5,"type":"odd"}}', 'code: 5; type: odd'],
  ['{"error":["one",{"message":"two"}]}', 'one; two'],
  ['{"error":"{\\"error\\":{\\"message\\":\\"deep\\"}}"}', 'deep'],
  ['{"error":{"error":{"error":{"error":{"error":{"detail":"deeper"}}}}}}', 'deeper'],
  ['{"error":"","message":"said elsewhere"}', 'said elsewhere'],
  ['{"error":"two\\nlines"}', 'two lines'],
];
const BODIES: [body: string, words: string][] = [
  ...SHAPES,
  ['', 'Bad Gateway'],
  ['null', 'Bad Gateway'],
  ['{}', 'Bad Gateway'],
  ['"text"', 'text'],
  ['{"detail":[{"loc":["body"],"msg":"field required"}]}', 'field required'],
  ['<html><head><title>Sign in</title></head><body><p>x</p></body></html>', 'Sign in'],
  ['<h1>Bad\nGateway</h1><script>if (a < b) c()</script>', 'Bad Gateway'],
  ['{"error":"cut off', '{"error":"cut off'],
];

describe.each(CLIENTS)('the words of an error with $name routes', (client) => {
  it.each(rowsFor(client, BODIES))('%s are readable in a body', async (body, words) => {
    const server = await client.serve([{ status: 502, body }]);
    const said = words === 'no reason given' ? 'Bad Gateway' : words;
    expect((await failureOf(client, server.url)).message).toMatch(/ answered 502: .+\.$/);
    server.push({ status: 502, body });
    expect((await failureOf(client, server.url)).message.split(' answered 502: ')[1]).toBe(
      `${said}. Try again; the log of the server may say more.`,
    );
  });

  // Where each answer has a field for an error, null says that there is none.
  const shapes = client === OLLAMA ? SHAPES : SHAPES.filter(([error]) => !error.includes('null'));
  it.each(rowsFor(client, shapes))('%s are readable in a line', async (error, words) => {
    const server = await client.serve([{ raw: [client.part('Hel'), client.line(error)] }]);
    expect((await failureOf(client, server.url)).message.split(' failed: ')[1]).toBe(`${words}.`);
  });

  it('are found quickly in an endless one', async () => {
    const body = `${'{"error":['.repeat(3_000)}${'<script>'.repeat(5_000)}`;
    const server = await client.serve([
      { status: 502, body },
      { status: 502, body: '['.repeat(60_000) },
    ]);
    for (const _ of [1, 2])
      expect((await failureOf(client, server.url)).message.length).toBeLessThan(500);
  });
});

async function* endlessly(text: string): AsyncGenerator<string> {
  for (; ; await turn()) yield text;
}

/** What a piece of an endless reply holds, as each kind of server sends it. */
const PIECES: [what: string, ofOllama: string, ofOpenai: string][] = [
  ['nothing', '{"response":"","done":false}', '{"choices":[{"delta":{"content":""}}]}'],
  [
    'a thought',
    '{"response":"","thinking":"hm","done":false}',
    '{"choices":[{"delta":{"reasoning_content":"hm"}}]}',
  ],
  ['a letter', '{"response":"a ","done":false}', '{"choices":[{"delta":{"content":"a "}}]}'],
  ['another field', '{"status":"working"}', '{"status":"working"}'],
];

const endless = CLIENTS.flatMap((client) =>
  rowsFor(client, [
    ...PIECES.map(([what, ofOllama, ofOpenai]) => {
      const line = client.line(client === OLLAMA ? ofOllama : ofOpenai);
      return [client.name, what, line.repeat(1_000), client] as const;
    }),
    [client.name, 'a newline', '\n', client] as const,
    [client.name, 'a space', ' ', client] as const,
    [client.name, 'a comment', client === OLLAMA ? '\n' : ':\n\n'.repeat(1_000), client] as const,
  ]),
);

describe('a reply without end, of which each piece', () => {
  it.each(endless)('with %s routes holds %s, is ended by how many there are', async (...row) => {
    const [, , text, client] = row;
    const server = await client.serve([{ raw: endlessly(text) }]);
    const failure = await failureOf(client, server.url);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('sent a reply without an end');
    await server.calls[0]?.closed;
  });

  it.each(CLIENTS)('with $name routes is a letter, may have many', async (client) => {
    const request = { turns: [{ role: 'user', content: 'Go.' }], numCtx: 8192 } as const;
    const letters = Array<string>(4_000).fill(client.part('a'));
    const server = await client.serve([{ raw: [...letters, endOf(client)] }]);
    const { text } = await generate(client.at(server.url), { ...request, numPredict: 250 });
    expect(text).toHaveLength(4_000);
  });
});

/** What comes after the last piece of a reply. */
const endOf = (client: Client) =>
  client === OLLAMA ? '{"response":"","done":true}\n' : 'data: [DONE]\n\n';

describe.each(CLIENTS)('a reply of $name routes in one piece', (client) => {
  it('is ended where it is longer than its tokens can be', async () => {
    const server = await client.serve([
      { raw: [client.part('a b c '.repeat(20_000)), endOf(client)] },
    ]);
    const { message } = await failureOf(client, server.url);
    expect(message).toContain('sent a reply without an end');
  });

  it.each([
    ['that is an error', `{"error":"${'x y '.repeat(1_700_000)}"}`],
    ['of fields', `{${Array.from({ length: 500_000 }, (_, at) => `"k${at}":1`).join()}}`],
    ['of brackets', `{"a":${'['.repeat(7_000_000)}`],
  ])('of megabytes %s is not taken whole, and has a short message', async (_, json) => {
    const server = await client.serve([{ raw: [client.line(json)] }]);
    const { message } = await failureOf(client, server.url);
    expect(message).toContain('without an end');
    expect(message.length).toBeLessThan(500);
  });
});

describe('an abort', () => {
  it.each([
    [
      'lines',
      '{"response":"a"}\n',
      (chunks: AsyncIterable<Buffer>, signal: AbortSignal) => jsonLines(chunks, UNLIMITED, signal),
    ],
    [
      'events',
      'data: {"choices":[]}\n\n',
      (chunks: AsyncIterable<Buffer>, signal: AbortSignal) => eventsOf(chunks, UNLIMITED, signal),
    ],
  ])('is heard in the middle of %s that have arrived at once', async (_what, line, readFrom) => {
    const lines = 200_000;
    const abort = new AbortController();
    async function* chunks() {
      yield Buffer.from(line.repeat(lines));
    }
    let read = 0;
    const reading = async () => {
      for await (const _ of readFrom(chunks(), abort.signal)) {
        if (read++ === 0) setImmediate(() => abort.abort());
      }
    };
    await expect(reading()).rejects.toThrow('aborted');
    expect(read).toBeLessThan(lines / 2);
  });
});
