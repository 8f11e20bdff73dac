/**
 * A door to the engine that lets a test say what the model replies: it adds a grammar to a request
 * that admits this text alone. All else is real: the model evaluates the prompt and generates the
 * reply, token by token.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request to `/v1/chat/completions`, as far as tests look at it. */
export interface ChatBody {
  messages: { role: string; content: string }[];
  response_format?: { type: string; json_schema: { name: string; schema: object } };
}

/** The door, and what has passed it. */
export interface Steered {
  url: string;
  /** The chats, in the order in which they came. */
  chats: ChatBody[];
}

/**
 * Opens a door to an engine until the test ends.
 * @param replies what the model says, one for each chat, JSON where the chat has a schema; after them
 *   it says what it likes
 */
export async function steer(engine: { url: string }, replies: string[] = []): Promise<Steered> {
  const chats: ChatBody[] = [];
  const left = [...replies];
  const server = http.createServer(async (incoming, answer) => {
    const { method, url = '', headers } = incoming;
    let body = await text(incoming);
    if (url === '/v1/chat/completions') {
      const chat = JSON.parse(body) as ChatBody;
      chats.push(chat);
      const reply = left.shift();
      if (reply !== undefined) body = JSON.stringify({ ...chat, ...onlyAdmitting(reply, chat) });
    }
    const length = Buffer.byteLength(body);
    const outgoing = http.request(engine.url + url, {
      method,
      headers: { ...headers, ...(length > 0 && { 'content-length': length }) },
    });
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy()); // the client hung up: so does the door
    outgoing.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, chats };
}

/** The field that leaves the model one reply. A server refuses a schema and a grammar together. */
function onlyAdmitting(reply: string, { response_format: format }: ChatBody): object {
  // A string of llama.cpp's grammars is written as one of JSON.
  if (!format) return { grammar: `root ::= ${JSON.stringify(reply)}` };
  const schema = { const: JSON.parse(reply) as unknown };
  return { response_format: { ...format, json_schema: { ...format.json_schema, schema } } };
}
