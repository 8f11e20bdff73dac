/** An `ollama` for the PATH, whose `ollama serve` is a minimal server. */
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './workspace.ts';

const SERVE = `
require('node:fs').writeFileSync(__dirname + '/pid', String(process.pid));
const [host, port] = process.env.OLLAMA_HOST.split(':');
const answers = {
  '/api/tags': { models: [{ name: 'qwen3.5:4b', size: 1e9 }] },
  '/api/show': { model_info: {} },
  '/api/chat': { message: { role: 'assistant', content: '<final>Served.</final>' }, done: true },
};
require('node:http')
  .createServer((request, response) => response.end(JSON.stringify(answers[request.url]) + '\\n'))
  .listen(Number(port), host);
setTimeout(() => process.exit(), 60_000); // should a test fail to end it
`;

/** Makes a folder with the program. What it has started is ended with the test. */
export function ollamaProgram(script = SERVE): { folder: string; pid: () => number } {
  const folder = temporaryFolder({ ollama: `#!${process.execPath}\n${script}` });
  fs.chmodSync(path.join(folder, 'ollama'), 0o755);
  const pid = () => Number(fs.readFileSync(path.join(folder, 'pid'), 'utf8'));
  onTestFinished(() => {
    if (fs.existsSync(path.join(folder, 'pid'))) process.kill(pid(), 'SIGKILL');
  });
  return { folder, pid };
}
