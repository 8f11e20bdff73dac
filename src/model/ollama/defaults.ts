/** How an Ollama model is asked, unless the user says otherwise. */
export const OLLAMA_DEFAULTS = {
  host: 'http://127.0.0.1:11434',
  timeoutMs: 300_000,
  keepAlive: '30m',
  temperature: 0.2,
  topP: 0.9,
} as const;

/** The model where nobody has named one. */
export const DEFAULT_MODEL = 'qwen3.5:4b';
