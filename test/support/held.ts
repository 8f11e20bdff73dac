/** What was written to a stream that nobody else reads. */
import type { PassThrough } from 'node:stream';

/** Takes all that the stream holds: `read` gives all of it until Node 24, then piece by piece. */
export function takeHeld(stream: PassThrough): Buffer {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = stream.read() as Buffer | null;
    if (piece === null) return Buffer.concat(pieces);
    pieces.push(piece);
  }
}
