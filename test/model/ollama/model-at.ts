/** The model of a scripted server, and one call of it. */
import { parseHost } from '../../../src/model/http/host.ts';
import type { GenerateRequest, Generation, Model, Turn } from '../../../src/model/model.ts';
import { OllamaModel } from '../../../src/model/ollama/ollama.ts';
import type { OllamaSettings } from '../../../src/model/ollama/send.ts';
import { never } from '../../support/workspace.ts';

export const TURNS: readonly Turn[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Say hello.' },
];
export const REQUEST: GenerateRequest = {
  turns: TURNS,
  numCtx: 8192,
  numPredict: 64,
  think: 'off',
};

export function modelAt(url: string, settings: Partial<OllamaSettings> = {}): OllamaModel {
  return new OllamaModel({
    model: 'small:1b',
    host: parseHost(url),
    timeoutMs: 15_000,
    keepAlive: '30m',
    temperature: 0.2,
    topP: 0.9,
    ...settings,
  });
}

/** A call whose turns end in this text of the user's. */
export function asking(content: string): GenerateRequest {
  return { ...REQUEST, turns: [...TURNS.slice(0, 1), { role: 'user', content }] };
}

/** Runs a call to its end: the pieces as they came, thoughts apart, and what was returned. */
export async function generate(
  model: Model,
  request = REQUEST,
  signal = never,
): Promise<Generation & { pieces: string[]; thought: string }> {
  const pieces: string[] = [];
  let thought = '';
  const stream = model.generate(request, signal);
  for (;;) {
    const next = await stream.next();
    if (next.done) return { pieces, thought, ...next.value };
    if (typeof next.value === 'string') pieces.push(next.value);
    else if ('thought' in next.value) thought += next.value.thought;
  }
}
