/** A llama.cpp server with a real model, by its own API: it counts, renders and evaluates. */
import type { Turn } from '../src/model/model.ts';

/** What the server tells of a prompt. */
export interface Timings {
  /** Tokens that it had in its cache, and those that it evaluated. */
  cache_n: number;
  prompt_n: number;
  /** Milliseconds that this took. */
  prompt_ms: number;
}

/** A server that runs. All of its methods throw where it does not answer. */
export class LlamaServer {
  readonly #url: string;

  /** @param url without a path, such as `http://127.0.0.1:8080` */
  constructor(url: string) {
    this.#url = url;
  }

  /** The name of its model. */
  async model(): Promise<string> {
    const { data } = (await this.#ask('/v1/models')) as { data: { id: string }[] };
    return data[0]?.id ?? 'unknown';
  }

  /** The tokens of a text, marks of the chat template included: the number of each. */
  async tokens(content: string): Promise<string[]> {
    const answer = await this.#ask('/tokenize', { content, parse_special: true });
    return (answer as { tokens: number[] }).tokens.map(String);
  }

  /** How many tokens a text has. */
  async count(content: string): Promise<number> {
    return (await this.tokens(content)).length;
  }

  /** The prompt that these turns make with the model's chat template. */
  async render(messages: readonly Turn[]): Promise<string> {
    return ((await this.#ask('/apply-template', { messages })) as { prompt: string }).prompt;
  }

  /** Evaluates a prompt and generates this very reply, to which a grammar holds the model. */
  async evaluate(prompt: string, reply: string): Promise<Timings> {
    // A string of llama.cpp's grammars is written as one of JSON.
    const grammar = `root ::= ${JSON.stringify(reply)}`;
    const answer = await this.#ask('/completion', { prompt, grammar, cache_prompt: true });
    return (answer as { timings: Timings }).timings;
  }

  async #ask(route: string, body?: object): Promise<unknown> {
    const sent = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(this.#url + route, sent);
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
