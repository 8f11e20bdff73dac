/** A server that answers each route with what a test hands it, however strange. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What each path answers: a status, or objects, one a line. */
export type Canned = Record<string, number | readonly unknown[]>;

export async function cannedServer(routes: Canned): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    const answer = routes[path] ?? 404;
    paths.push(path);
    request.resume().on('end', () => {
      if (typeof answer === 'number') response.writeHead(answer).end('{"error":"no"}');
      else response.end(answer.map((line) => `${JSON.stringify(line)}\n`).join(''));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}
