/** How Ollama puts things on the wire: its JSON, its headers, its clock. */
import type http from 'node:http';
import type { AddressInfo } from 'node:net';

/** The type of a stream of Ollama's. */
export const NDJSON = 'application/x-ndjson';

const ESCAPES: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON as Go writes it: safe in HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);
}

const STARTED = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** The time as Go writes it, to the nanosecond. */
export function now(): string {
  const time = STARTED + process.hrtime.bigint();
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19);
  return `${second}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** Sends a whole answer. As with Go, one of more than 2,048 bytes is chunked. */
export function sendJson(response: http.ServerResponse, status: number, value: unknown): void {
  const body = goJson(value);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.removeHeader('Connection');
  if (Buffer.byteLength(body) > 2_048) response.flushHeaders();
  response.end(body);
}

/** Begins a body whose length is not known. */
export function beginStream(response: http.ServerResponse, status: number, type: string): void {
  if (response.headersSent) return;
  response.removeHeader('Connection');
  response.writeHead(status, { 'Content-Type': type });
}

/** Settles when the connection has closed, however it did. */
export function closeOf(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}

/**
 * Settles when a chunk has left for the client, or cannot any more, and a turn later: Node 26 may say
 * so at once, and who writes without an end would never hear that the client has gone.
 */
export function written(response: http.ServerResponse, chunk: string | Buffer): Promise<void> {
  return new Promise((resolve) => response.write(chunk, () => setImmediate(resolve)));
}

/** The whole body of a request. */
export async function readBody(request: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}

/** Lets a server listen on this machine, on a port that is free if none is given. */
export async function listen(
  server: http.Server,
  wanted = 0,
): Promise<{ port: number; close(): Promise<void> }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(wanted, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
