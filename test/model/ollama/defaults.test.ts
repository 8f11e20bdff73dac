import { expect, it } from 'vitest';
import { ollama } from '../../../src/model/ollama/ollama.ts';

it('a model has the defaults of the program where nothing else, or undefined, is given', () => {
  const defaults = { temperature: 0.2, top_p: 0.9, keep_alive: '30m' };
  expect(ollama('m')).toMatchObject({ name: 'm', settings: defaults });
  const options = { host: undefined, temperature: undefined, topP: 0.5 };
  expect(ollama('m', options).settings).toEqual({ ...defaults, top_p: 0.5 });
});

it('a model is refused at once where its host is no address', () => {
  expect(() => ollama('m', { host: 'ftp://example.org' })).toThrow(TypeError);
});
