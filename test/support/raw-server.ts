/** A server that writes bytes as a test hands them to it, whether or not they are HTTP. */
import net, { type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What is done with one request, by its path. */
export type Talk = (socket: net.Socket, path: string) => void;

/** Starts a server that hands each connection over once its request has begun. */
export async function rawServer(talk: Talk): Promise<{ url: string }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // the client may hang up
    socket.once('data', (bytes) => talk(socket, bytes.toString('latin1').split(' ')[1] ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Writes the text again and again, until the client hangs up. */
export function forever(socket: net.Socket, text: string): void {
  if (!socket.destroyed) socket.write(text, () => setImmediate(() => forever(socket, text)));
}
