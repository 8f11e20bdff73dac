/** Answers that no Ollama gives: of other protocols, in other shapes, without an end. */
import { once } from 'node:events';
import type net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseHost } from '../../../src/model/ollama/host.ts';
import type { ModelErrorKind } from '../../../src/model/model-error.ts';
import { jsonLines, UNLIMITED } from '../../../src/model/ollama/json-lines.ts';
import { OllamaServer } from '../../../src/model/ollama/server.ts';
import { scriptedServer } from '../../support/program.ts';
import { forever, rawServer, type Talk } from '../../support/raw-server.ts';
import { never } from '../../support/workspace.ts';
import { failureAt, generate, modelAt } from './model-at.ts';

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

describe('a server that answers', () => {
  it.each(answers)(
    'with %s fails with one message',
    async (_, talk, message, kind = 'protocol') => {
      const { url } = await rawServer(talk);
      const failure = await failureAt(url, kind === 'timeout' ? 150 : 15_000);
      expect(failure.message).toContain(message);
      expect(failure.kind).toBe(kind);
    },
  );

  it('and leaves the connection open after a whole answer is hung up on', async () => {
    let connection: net.Socket | undefined;
    const { url } = await rawServer((socket) => {
      connection = socket;
      socket.write(`${CHUNKED}e\r\n{"models":[]}\n\r\n`);
    });
    const server = new OllamaServer({ host: parseHost(url), timeoutMs: 15_000 });
    expect(await server.list(never)).toEqual([]);
    if (connection?.closed === false) await once(connection, 'close');
  });
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

describe('the words of an error', () => {
  it.each(BODIES)('%s are readable in a body', async (body, words) => {
    const server = await scriptedServer([{ status: 502, body }]);
    const said = words === 'no reason given' ? 'Bad Gateway' : words;
    expect((await failureAt(server.url)).message).toMatch(/ answered 502: .+\.$/);
    server.push({ status: 502, body });
    expect((await failureAt(server.url)).message.split(' answered 502: ')[1]).toBe(`${said}.`);
  });

  it.each(SHAPES)('%s are readable in a line', async (line, words) => {
    const server = await scriptedServer([{ raw: ['{"response":"Hel"}\n', `${line}\n`] }]);
    expect((await failureAt(server.url)).message.split(' failed: ')[1]).toBe(`${words}.`);
  });

  it('are found quickly in an endless one', async () => {
    const body = `${'{"error":['.repeat(3_000)}${'<script>'.repeat(5_000)}`;
    const server = await scriptedServer([
      { status: 502, body },
      { status: 502, body: '['.repeat(60_000) },
    ]);
    for (const _ of [1, 2]) expect((await failureAt(server.url)).message.length).toBeLessThan(500);
  });
});

const page = (line: string) => `${line}\n`.repeat(1_000);

async function* endlessly(text: string): AsyncGenerator<string> {
  for (; ; await turn()) yield text;
}

describe('a reply without end, of which each piece holds', () => {
  it.each([
    ['nothing', page('{"response":"","done":false}')],
    ['a thought', page('{"response":"","thinking":"hm","done":false}')],
    ['a letter', page('{"response":"a ","done":false}')],
    ['another field', page('{"status":"working"}')],
    ['a newline', '\n'],
    ['a space', ' '],
  ])('%s, is ended by how many there are', async (_, text) => {
    const server = await scriptedServer([{ raw: endlessly(text) }]);
    const failure = await failureAt(server.url);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('sent a reply without an end');
    await server.calls[0]?.closed;
  });

  it('a letter, has sixteen times as many pieces as it may have tokens', async () => {
    const request = { turns: [{ role: 'user', content: 'Go.' }], numCtx: 8192 } as const;
    const letters = Array<string>(4_000).fill('{"response":"a"}\n');
    const lines = [...letters, '{"response":"","done":true}\n'];
    const server = await scriptedServer([{ raw: lines }]);
    const { text } = await generate(modelAt(server.url), { ...request, numPredict: 250 });
    expect(text).toHaveLength(4_000);
  });
});

describe('a reply in one piece', () => {
  it('is ended where it is longer than its tokens can be', async () => {
    const line = JSON.stringify({ response: 'a b c '.repeat(20_000) });
    const server = await scriptedServer([{ raw: [`${line}\n`, '{"done":true}\n'] }]);
    expect((await failureAt(server.url)).message).toContain('sent a reply without an end');
  });
});

describe('a line of megabytes', () => {
  it.each([
    ['that is an error', `{"error":"${'x y '.repeat(1_700_000)}"}`],
    ['of fields', `{${Array.from({ length: 500_000 }, (_, at) => `"k${at}":1`).join()}}`],
    ['of brackets', `{"a":${'['.repeat(7_000_000)}`],
  ])('%s is not taken whole, and has a short message', async (_, line) => {
    const server = await scriptedServer([{ raw: [`${line}\n`] }]);
    const { message } = await failureAt(server.url);
    expect(message).toContain('without an end');
    expect(message.length).toBeLessThan(500);
  });
});

describe('an abort', () => {
  it('is heard in the middle of lines that have arrived at once', async () => {
    const lines = 200_000;
    const abort = new AbortController();
    async function* chunks() {
      yield Buffer.from('{"response":"a"}\n'.repeat(lines));
    }
    let read = 0;
    const reading = async () => {
      for await (const _ of jsonLines(chunks(), UNLIMITED, abort.signal)) {
        if (read++ === 0) setImmediate(() => abort.abort());
      }
    };
    await expect(reading()).rejects.toThrow('aborted');
    expect(read).toBeLessThan(lines / 2);
  });
});
