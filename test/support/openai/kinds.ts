/**
 * What differs between OpenAI-compatible servers. llama-server's forms are recorded from
 * a real one (test/fixtures/openai); those of the others are read in their sources and issues, not
 * measured.
 */

/** Which server is played. */
export type Kind = 'llama-server' | 'vllm' | 'sglang' | 'lm-studio';

/** A status and a body. */
export interface Answer {
  status: number;
  body: unknown;
}

interface Served {
  name: string;
  /** The window of one conversation; undefined: the server does not tell. */
  numCtx: number | undefined;
}

/** A prompt that does not fit, in tokens. */
interface Overflow {
  prompt: number;
  reply: number;
  numCtx: number;
}

interface Forms {
  /** One model, as /v1/models lists it. */
  model(served: Served): Record<string, unknown>;
  noRoute(method: string, path: string): Answer;
  /** Undefined: any name is answered. */
  noModel?(name: string): Answer;
  wrongKey: Answer;
  overflow(overflow: Overflow): Answer;
  /** The reply counts, too, for whether a prompt fits. */
  countsReply: boolean;
  /** `usage` says how many tokens came from the cache. */
  tellsCached: boolean;
}

const error = (status: number, type: string, message: string, more = {}): Answer => ({
  status,
  body: { error: { code: status, message, type, ...more } },
});

export const FORMS: Record<Kind, Forms> = {
  'llama-server': {
    model: ({ name, numCtx }) => ({
      id: name,
      aliases: [name],
      tags: [],
      object: 'model',
      architecture: { input_modalities: ['text'], output_modalities: ['text'] },
      created: 1_795_874_623,
      owned_by: 'llamacpp',
      meta: {
        vocab_type: 2,
        n_vocab: 49_152,
        ...(numCtx !== undefined && { n_ctx: numCtx }),
        n_ctx_train: 8_192,
        n_embd: 576,
        n_params: 134_515_008,
        size: 96_576_768,
        ftype: 'Q4_1',
      },
    }),
    noRoute: () => ({
      status: 404,
      body: { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } },
    }),
    wrongKey: {
      status: 401,
      body: { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } },
    },
    overflow: ({ prompt, numCtx }) =>
      error(
        400,
        'exceed_context_size_error',
        `request (${prompt} tokens) exceeds the available context size (${numCtx} tokens), try increasing it`,
        { n_prompt_tokens: prompt, n_ctx: numCtx },
      ),
    countsReply: false,
    tellsCached: true,
  },
  vllm: {
    model: ({ name, numCtx }) => ({
      id: name,
      object: 'model',
      created: 1_795_874_623,
      owned_by: 'vllm',
      root: name,
      parent: null,
      max_model_len: numCtx ?? null,
    }),
    noRoute: () => ({ status: 404, body: { detail: 'Not Found' } }),
    noModel: (name) => error(404, 'NotFoundError', `The model \`${name}\` does not exist.`),
    wrongKey: { status: 401, body: { error: 'Unauthorized' } },
    overflow: ({ prompt, reply, numCtx }) =>
      error(
        400,
        'BadRequestError',
        `This model's maximum context length is ${numCtx} tokens. However, you requested ${reply} output tokens and your prompt contains at least ${Math.min(prompt, numCtx - reply + 1)} input tokens, for a total of at least ${numCtx + 1} tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
      ),
    countsReply: true,
    tellsCached: false,
  },
  sglang: {
    model: ({ name, numCtx }) => ({
      id: name,
      object: 'model',
      created: 1_795_874_623,
      owned_by: 'sglang',
      root: name,
      max_model_len: numCtx ?? null,
    }),
    noRoute: () => ({ status: 404, body: { detail: 'Not Found' } }),
    wrongKey: { status: 401, body: { error: 'Unauthorized' } },
    overflow: ({ prompt, numCtx }) => ({
      status: 400,
      body: {
        object: 'error',
        message: `The input (${prompt} tokens) is longer than the model's context length (${numCtx} tokens).`,
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
    }),
    countsReply: false,
    tellsCached: false,
  },
  'lm-studio': {
    model: ({ name }) => ({ id: name, object: 'model', owned_by: 'organization_owner' }),
    // It answers 200 on any route.
    noRoute: (method, path) => ({
      status: 200,
      body: { error: `Unexpected endpoint or method. (${method} ${path})` },
    }),
    wrongKey: { status: 401, body: { error: 'Unauthorized' } },
    overflow: ({ prompt, numCtx }) => ({
      status: 400,
      body: {
        error: `The number of tokens to keep from the initial prompt is greater than the context length (n_keep: ${prompt}>= n_ctx: ${numCtx}). Try to load the model with a larger context length, or provide a shorter input.`,
      },
    }),
    countsReply: false,
    tellsCached: false,
  },
};
