/**
 * The scripted server as a program: `npm run fake-ollama -- [--port N] [SESSION.jsonl]`. It replays
 * the model's replies from a session file (by default the demo's), then says that there are no more.
 */
import fs from 'node:fs';
import { readFlags } from '../../bench/flags.ts';
import { readRecording } from '../../src/model/scripted.ts';
import { startFakeOllama } from './ollama-server.ts';

const { values, positionals } = readFlags(
  { port: { type: 'string', default: '11434' } },
  { allowPositionals: true },
);
if (!(Number(values.port) <= 65_535)) fail(`--port is a number up to 65535, not ${values.port}.`);
const file = positionals[0] ?? new URL('../../src/cli/demo.jsonl', import.meta.url);
if (!fs.existsSync(file)) fail(`There is no file ${file}.`);
const recording = readRecording(fs.readFileSync(file, 'utf8'));
const options = {
  port: Number(values.port),
  charsPerToken: 3.5,
  whenEmpty: () => '<final>The script has no further reply.</final>',
};
const server = await startFakeOllama(
  recording.flatMap(({ replies }) => replies),
  options,
).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  return fail(`Port ${values.port} is in use: name another with -- --port N.`);
});
console.log(`A scripted Ollama listens on ${server.url}. Its requests, in order:`);
for (const { request } of recording) console.log(`  ${request}`);

function fail(message: string): never {
  console.error(message);
  return process.exit(1);
}
