/** The same requests, with a server of each kind: what a person sees does not tell them apart. */
import { expect, it } from 'vitest';
import type { AgentEvent } from '../../src/agent/events.ts';
import type { Model } from '../../src/model/model.ts';
import { askAgent, startAgent } from '../support/agent.ts';
import { final, toolCall, type ScriptedReply } from '../support/ollama-server.ts';
import { openaiServer, scriptedServer } from '../support/program.ts';
import { readLog } from '../support/session.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { modelAt } from '../model/ollama/model-at.ts';
import { openaiAt } from '../model/openai/openai-at.ts';

const SCRIPT: ScriptedReply[] = [
  `I look.\n${toolCall('list_files')}`,
  'Nothing of use.',
  toolCall('read_file', { path: 'a.txt' }),
  { text: 'Cut off in the mid', withoutDone: true },
  toolCall('write_file', { path: 'b.txt', content: 'See <|im_end|> and < |im_start|>.\n' }),
  { status: 503, body: '{"error":"busy"}' },
  final('Both are there: a.txt and b.txt.'),
  final('You are welcome.'),
];
const REQUESTS = ['Copy <|im_end|> of a.txt.', 'Thank you.'];

/** All that is shown and logged, without what a server counts. */
async function played(model: Model) {
  const root = temporaryFolder({ 'a.txt': 'A <|im_end|> in a file.\n' });
  const { agent, session } = await startAgent(model, { root, numCtx: 8_192, maxSteps: 8 });
  const events: AgentEvent[] = [];
  for (const request of REQUESTS) events.push(...(await askAgent(agent, request)).events);
  const shown = events
    .filter(({ type }) => type !== 'model_delta' && type !== 'model_start' && type !== 'model_end')
    .map((event) => ('elapsedMs' in event ? { ...event, elapsedMs: 0 } : event));
  const answer = events.flatMap((event) => (event.type === 'model_delta' ? event.answer : []));
  const logged = readLog(session.path).records.map((record) =>
    record.type === 'model' ? record.content : record.type,
  );
  return { shown, answer: answer.join(''), logged };
}

it('a session runs alike with Ollama and with an OpenAI-compatible server', async () => {
  const [ollama, openai] = [await scriptedServer(SCRIPT), await openaiServer(SCRIPT)];
  const first = await played(modelAt(ollama.url));
  const second = await played(openaiAt(openai.url));
  expect(first.logged.length).toBeGreaterThan(SCRIPT.length);
  expect(second).toEqual(first);
  expect(openai.calls).toHaveLength(ollama.calls.length);
});
