/**
 * The scripted server as a program: `npm run fake-ollama -- [--port N] [SESSION.jsonl]`. It replays
 * the model's replies from a session file (by default the demo's), then says that there are no more.
 */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { readRecording } from '../../src/model/scripted.ts';
import { startFakeOllama } from './ollama-server.ts';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '11434' } },
  allowPositionals: true,
});
const file = positionals[0] ?? new URL('../../src/cli/demo.jsonl', import.meta.url);
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
  console.error(`Port ${values.port} is in use: name another with -- --port N.`);
  process.exit(1);
});
console.log(`A scripted Ollama listens on ${server.url}. Its requests, in order:`);
for (const { request } of recording) console.log(`  ${request}`);
