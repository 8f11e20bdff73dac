/** An agent on the real client of a scripted server. */
import { startAgent, type Setting } from '../support/agent.ts';
import {
  final,
  toolCall,
  type FakeOllama,
  type FakeOllamaOptions,
  type ScriptedReply,
} from '../support/ollama-server.ts';
import { scriptedServer } from '../support/program.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { modelAt } from '../model/ollama/model-at.ts';

export const FILES = { old: 'old\n'.repeat(200), new: 'new\n'.repeat(200) };
export const READS = Object.keys(FILES).map((path) => toolCall('read_file', { path }));
export const DONE = final('Done.');

export async function start(
  script: ScriptedReply[],
  { root = temporaryFolder(FILES), ...setting }: Setting = {},
  options: FakeOllamaOptions = {},
) {
  const server = await scriptedServer(script, options);
  return { server, ...(await startAgent(modelAt(server.url), { root, ...setting })) };
}

/** An option of every call so far. */
export const sent = ({ calls }: FakeOllama, option: 'num_ctx' | 'num_predict') =>
  calls.map(({ body }) => (body['options'] as Record<string, number>)[option]);
