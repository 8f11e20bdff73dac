import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exchange } from '../../../src/model/http/transport.ts';
import { final, type ScriptedReply } from '../../support/ollama-server.ts';
import { never } from '../../support/workspace.ts';
import { CLIENTS } from '../clients.ts';
import { generate, REQUEST } from '../ollama/model-at.ts';

const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A server that does this with each request: by its number, and that of its connection, from 1. */
async function countingServer(talk: (socket: net.Socket, request: number, on: number) => void) {
  const seen = { requests: 0, connections: 0 };
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const on = ++seen.connections;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => talk(socket, ++seen.requests, on));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (timeoutMs = 15_000) => {
    const { body } = await exchange(url, { headers: {} }, never, timeoutMs);
    let text = '';
    for await (const chunk of body) text += chunk.toString();
    return text;
  };
  return { seen, get };
}

describe.each(CLIENTS)('the calls of $name routes', (client) => {
  /** A proxy in front of a scripted server, which counts connections. */
  async function scene(script: ScriptedReply[]) {
    const server = await client.serve(script);
    const sockets = new Set<net.Socket>();
    const address = new URL(server.url);
    const { port: to } = address;
    const proxy = http.createServer((request, response) => {
      const { url: path, method, headers } = request;
      const onward = http.request({ port: to, path, method, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
    proxy.on('connection', (socket) => sockets.add(socket));
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => (proxy.closeAllConnections(), void proxy.close()));
    address.port = String((proxy.address() as AddressInfo).port);
    return { server, sockets, model: client.at(address.href) };
  }

  it('share connections: one, and one for a call that comes before the last has quite ended', async () => {
    const words = Array.from({ length: 9 }, (_, index) => `answer ${index}`);
    const { sockets, model } = await scene(words.map(final));
    for (const word of words) expect((await generate(model)).text).toContain(word);
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  it('that are left early close theirs, and the next one makes another', async () => {
    const stalls = { text: 'Well, ', stall: true };
    const { server, sockets, model } = await scene([final('One.'), stalls, final('Two.')]);
    await generate(model);
    for await (const _ of model.generate(REQUEST, never)) break;
    await server.calls[1]?.closed;
    expect((await generate(model)).text).toContain('Two.');
    expect([...sockets].filter((socket) => socket.destroyed)).toHaveLength(1);
  });
});

describe('a connection that served an earlier request', () => {
  it.each(['destroy', 'end', 'resetAndDestroy'] as const)(
    'and closes before it answers the next (%s) is replaced without a word',
    async (how) => {
      const { seen, get } = await countingServer((socket, request) => {
        if (request === 2) socket[how]();
        else socket.write(WHOLE);
      });
      expect([await get(), await get()]).toEqual(['ok', 'ok']);
      expect(seen).toEqual({ requests: 3, connections: 2 });
    },
  );

  it('has the time of its request, though the server announced that it closes idle ones sooner', async () => {
    const announced = WHOLE.replace('\r\n', '\r\nKeep-Alive: timeout=3\r\n');
    const times: unknown[] = [];
    const { seen, get } = await countingServer((socket) => {
      const ours = Object.values(http.globalAgent.sockets).flat();
      times.push(ours.find((one) => one?.localPort === socket.remotePort)?.timeout);
      socket.write(announced);
    });
    const asAgents = 5_000; // the only time that the agent of Node leaves as it is
    await get(asAgents);
    await get(asAgents);
    expect({ times, ...seen }).toEqual({
      times: [asAgents, asAgents],
      requests: 2,
      connections: 1,
    });
  });

  it('is replaced once: a server that closes each time is told of', async () => {
    const { seen, get } = await countingServer((socket, request) => {
      if (request === 1) socket.write(WHOLE);
      else socket.destroy();
    });
    await get();
    await expect(get()).rejects.toThrow();
    expect(seen).toEqual({ requests: 3, connections: 2 });
  });

  it.each([
    ['a part of its status', 'HTTP/1.1 2'],
    ['an early status', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['a part of its body', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no'],
  ])('and breaks off after %s has its request sent only once', async (_what, bytes) => {
    const { seen, get } = await countingServer((socket, request) => {
      if (request === 1) socket.write(WHOLE);
      else socket.write(bytes, () => socket.destroy());
    });
    await get();
    await expect(get()).rejects.toThrow();
    expect(seen).toEqual({ requests: 2, connections: 1 });
  });
});

it('a new connection that closes without an answer has its request sent only once', async () => {
  const { seen, get } = await countingServer((socket) => socket.destroy());
  await expect(get()).rejects.toThrow();
  expect(seen).toEqual({ requests: 1, connections: 1 });
});
