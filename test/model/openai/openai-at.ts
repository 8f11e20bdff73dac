/** The model of an OpenAI-compatible server. */
import { parseHost } from '../../../src/model/http/host.ts';
import { OpenaiModel } from '../../../src/model/openai/openai.ts';
import type { OpenaiSettings } from '../../../src/model/openai/send.ts';

export function openaiAt(url: string, settings: Partial<OpenaiSettings> = {}): OpenaiModel {
  return new OpenaiModel({
    model: 'small:1b',
    host: parseHost(url),
    timeoutMs: 15_000,
    temperature: 0.2,
    topP: 0.9,
    ...settings,
  });
}
