import { describe, expect, it } from 'vitest';
import { readModelInfo } from '../../../src/model/ollama/model-info.ts';

describe('what /api/show says', () => {
  it.each([
    [{}, true],
    [{ model: 'llama' }, true],
    [{ model: 'gpt2' }, false],
    [{ model: 'gpt2', pre: 'llama-bpe' }, true],
    [{ model: 'gpt2', pre: 'qwen2' }, false],
    [{ model: 'gpt2', add_bos_token: true }, true],
    [{ model: 'llama', add_bos_token: false }, false],
    [{ model: 'gpt2', add_bos_token: 'yes' }, false],
  ])(
    'about the tokenizer, %j, decides whether the server adds a BOS token: %s',
    (tokenizer, addsBos) => {
      const entries = Object.entries(tokenizer).map(([key, value]) => [
        `tokenizer.ggml.${key}`,
        value,
      ]);
      expect(readModelInfo({ model_info: Object.fromEntries(entries) }).addsBos).toBe(addsBos);
    },
  );

  it.each([
    [{ details: { family: 'gptoss' } }, true],
    [{ model_info: { 'general.architecture': 'gptoss' } }, true],
    [{ model_info: { 'general.architecture': 'gpt-oss' } }, true],
    [{ remote_host: 'https://ollama.com:443' }, true],
    [{ remote_host: '' }, false],
    [{ details: { family: 'qwen35' } }, false],
  ])('as %j means /api/chat: %s', (shown, mustChat) => {
    expect(readModelInfo(shown).mustChat).toBe(mustChat);
  });

  it.each([
    [{ template: '{{ .Prompt }}' }, true],
    [{ template: '{{ .Prompt }}', modelfile: 'TEMPLATE {{ .Prompt }}\nPARSER qwen3.5\n' }, true],
    [{ template: '{{ .Prompt }}', modelfile: 'FROM x\nRENDERER qwen3.5\n' }, false],
    [{ template: '{{ .System }} {{ .Prompt }}' }, false],
    [{}, false],
  ])('as %j means a model without a template: %s', (shown, hasNone) => {
    expect(readModelInfo(shown).hasNoTemplate).toBe(hasNone);
  });

  it.each([
    {},
    { model_info: null, details: 7, template: {}, modelfile: [], remote_host: {} },
    { model_info: [], details: [null] },
    { model_info: { 'general.architecture': 'x', 'x.context_length': '8192' } },
    { model_info: { 'general.architecture': 'x', 'x.context_length': -1 } },
    { model_info: { 'general.architecture': 'x', 'x.context_length': null } },
  ])('is ignored if it makes no sense: %j', (shown) => {
    expect(readModelInfo(shown)).toMatchObject({
      contextLength: undefined,
      mustChat: false,
      hasNoTemplate: false,
    });
  });
});
