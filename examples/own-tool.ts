/** A tool and a model of your own. The model here follows rules; yours may call any server. */
import { createAgent, defaultTools, defineTool, type Model } from 'mini-coding-agent';
import * as z from 'zod';

const clock = defineTool({
  name: 'clock',
  description: 'Tells the time in a time zone.',
  risky: false, // it changes nothing
  args: z.object({ zone: z.string().default('UTC') }),
  example: '<tool>{"name":"clock","args":{"zone":"Europe/Berlin"}}</tool>',
  run: async ({ zone }) => new Date().toLocaleTimeString('en-GB', { timeZone: zone }),
});
const model: Model = {
  name: 'rules',
  settings: {},
  contextLength: async () => 8_192,
  rendering: async () => ({ route: 'chat', think: false }),
  async *generate({ turns }) {
    const said = turns.at(-1)?.content ?? '';
    const isResult = said.startsWith('Result of clock:');
    const text = isResult ? `<final>It is ${said.split('\n')[1]}.</final>` : clock.example;
    yield text; // piece by piece, as they come
    return { text, doneReason: 'stop', usage: {} };
  },
};
const agent = await createAgent({ root: '.', model, tools: [...defaultTools, clock] });
for await (const event of agent.ask('What time is it?')) console.log(event.type, event);
agent.close();
