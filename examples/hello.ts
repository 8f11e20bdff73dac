/** Asks one question about this folder and prints what the agent does and answers. */
import { createAgent, ModelError, ollama } from 'mini-coding-agent';

const agent = await createAgent({
  root: '.',
  model: ollama('qwen3.5:4b', { host: process.env['OLLAMA_HOST'] }),
  // Every call is asked about: those that only read may run, and edits, but no command.
  approve: (call) => ({ allowed: !call.risky || call.change !== undefined }),
});
try {
  const request = process.argv[2] ?? 'What is in this folder?';
  for await (const event of agent.ask(request)) {
    if (event.type === 'tool_start') console.log(`→ ${event.name}`);
    if (event.type === 'final') console.log(event.text);
  }
} catch (error) {
  if (!(error instanceof ModelError)) throw error;
  console.error(error.message); // what happened, and what to do next
  process.exitCode = 1;
} finally {
  agent.close();
}
