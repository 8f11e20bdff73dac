/** Counts with a real model's tokenizer: that of a llama.cpp server that runs. */
import type { Turn } from '../../src/model/model.ts';

/** A llama.cpp server. All of its methods throw where it does not answer. */
export class Engine {
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

  /**
   * Evaluates a prompt as the server does for a reply, and then the reply, which a model would have
   * generated. Returns how many tokens of the prompt were not in its cache.
   */
  async evaluate(prompt: string, reply: string): Promise<number> {
    const cost = { n_predict: 1, cache_prompt: true };
    const answer = await this.#ask('/completion', { ...cost, prompt });
    await this.#ask('/completion', { ...cost, prompt: prompt + reply });
    return (answer as { timings: { prompt_n: number } }).timings.prompt_n;
  }

  async #ask(route: string, body?: object): Promise<unknown> {
    const sent = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(this.#url + route, sent);
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
