/**
 * The scripted server as a program: `npm run fake-ollama -- [--port N] [SESSION.jsonl]`. It replays
 * the model's replies from a session file (by default the demo's), then says that there are no more.
 */
import path from 'node:path';
import { fail, readFlags } from '../../bench/flags.ts';
import { readRecording, type RecordedRequest } from '../../src/session/recording.ts';
import { SessionError } from '../../src/session/session-error.ts';
import { startFakeOllama } from './ollama-server.ts';

const { values, positionals } = readFlags(
  { port: { type: 'string', default: '11434' } },
  { allowPositionals: true },
);
if (!(Number(values.port) <= 65_535)) fail(`--port is a number up to 65535, not ${values.port}.`);
const file = positionals[0] ?? path.resolve(import.meta.dirname, '../../src/cli/demo.jsonl');
const requests = requestsIn(file);
const options = {
  port: Number(values.port),
  charsPerToken: 3.5,
  whenEmpty: () => '<final>The script has no further reply.</final>',
};
const server = await startFakeOllama(
  requests.flatMap(({ replies }) => replies.map(({ text }) => text)),
  options,
).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  return fail(`Port ${values.port} is in use: name another with -- --port N.`);
});
console.log(`A scripted Ollama listens on ${server.url}. Its requests, in order:`);
for (const { request } of requests) console.log(`  ${request}`);

function requestsIn(name: string): RecordedRequest[] {
  try {
    return readRecording(name).items.filter((item) => item.type === 'request');
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return fail(error.message);
  }
}
