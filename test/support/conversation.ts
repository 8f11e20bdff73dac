/** What tests look at in a prompt: its conversation, without system turn and examples. */
import type { Turn } from '../../src/model/model.ts';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { allTools, readOnlyTools } from '../../src/tools/index.ts';
import { turnsIn } from './ollama-server.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
const EXAMPLES = new Set(
  [...buildExamples(tools), ...buildExamples(readOnlyTools)].map(({ content }) => content),
);

/** The turns of user and assistant in a rendered prompt, without the examples. */
export function conversationIn(prompt: string): Turn[] {
  return turnsIn(prompt).filter(({ role, content }) => role !== 'system' && !EXAMPLES.has(content));
}

/** The same as one text, each turn after its role. */
export function transcriptOf(prompt: string): string {
  return conversationIn(prompt)
    .map(({ role, content }) => `[${role}] ${content}`)
    .join('\n');
}

/** The system turn of a prompt. */
export function systemOf(prompt: string): string {
  return turnsIn(prompt)[0]?.content ?? '';
}

/** The last user turn. */
export function lastTurnOf(prompt: string): string {
  return conversationIn(prompt).at(-1)?.content ?? '';
}
