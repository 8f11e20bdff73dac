/** Model set-up: Ollama that does not run, or lacks the model, is put right with a yes. */
import type { Host } from '../model/ollama/host.ts';
import {
  ModelError,
  type ListedModel,
  type ModelServer,
  type PullProgress,
} from '../model/model.ts';
import { isOwnMachine, startOllama } from '../model/ollama/serve.ts';
import { findProgram, withTrustedPath } from '../workspace/paths.ts';

/** The one who is asked and told. */
export interface Person {
  readonly canAsk: boolean;
  /** Puts a question that Enter answers with yes. No answer is a no. */
  confirm(what: string, question: string, signal: AbortSignal): Promise<boolean>;
  say(message: string): void;
  /** A row that shows how far something has come. */
  progressRow(): { show(progress: PullProgress): void; clear(): void };
}

export interface SetUpParts {
  server: ModelServer;
  host: Host;
  /** The whole environment: Ollama is the person's own program. */
  env: NodeJS.ProcessEnv;
  /** The workspace's root: what lies in it is not started. */
  root: string;
  person: Person;
}

/** What is connected: the model of a conversation. */
export interface Connectable {
  readonly modelName: string;
  connect(signal: AbortSignal): Promise<void>;
}

const LISTED = 5;
const INSTALL = ' There is no ollama on the PATH: it can be had from https://ollama.com/download.';
const DEMO = ' To see the agent work without a model: mini-coding-agent --demo';

export class SetUp {
  readonly #parts: SetUpParts;

  constructor(parts: SetUpParts) {
    this.#parts = parts;
  }

  /** Whether this failure is one that the person can be asked about. */
  canOffer(error: unknown): boolean {
    if (!(error instanceof ModelError) || !this.#parts.person.canAsk) return false;
    return (
      error.kind === 'model_missing' ||
      (error.kind === 'unreachable' && this.#program !== undefined)
    );
  }

  /** What to do next about a failure, beyond what its message says; empty for nothing. */
  advice({ kind }: ModelError): string {
    if (kind !== 'unreachable') return '';
    const { host, person } = this.#parts;
    const lacksOllama = isOwnMachine(host) && this.#program === undefined;
    return (lacksOllama ? INSTALL : '') + (person.canAsk ? DEMO : '');
  }

  /**
   * Deals with a failure, where it is one to be asked about.
   * @throws what it was handed where it is not, ModelError where it still fails
   */
  async settle(error: unknown, conversation: Connectable, signal: AbortSignal): Promise<void> {
    if (!this.canOffer(error)) throw error;
    await this.connect(conversation, signal);
    this.#parts.person.say('Ollama is ready.');
  }

  /**
   * Connects, and where server or model is missing, offers to get it and connects again.
   * @throws ModelError when it is still missing, or something else failed
   */
  async connect(conversation: Connectable, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await conversation.connect(signal);
      } catch (error) {
        if (!this.canOffer(error)) throw error;
        if (!(await this.#offer(error, conversation.modelName, signal))) throw error;
      }
    }
  }

  /** The models of the server. @throws ModelError */
  list(signal: AbortSignal): Promise<ListedModel[]> {
    return this.#parts.server.list(signal);
  }

  /** Offers to pull a model. Returns whether it is there now. @throws ModelError */
  async offerPull(model: string, signal: AbortSignal): Promise<boolean> {
    const { person } = this.#parts;
    const isWanted = await person.confirm(`${model} is not on the server.`, 'Pull it?', signal);
    if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
    if (isWanted) await this.#pull(model, signal);
    return isWanted;
  }

  async #offer(error: unknown, model: string, signal: AbortSignal): Promise<boolean> {
    if (error instanceof ModelError && error.kind === 'unreachable') return this.#start(signal);
    const names = (await this.list(signal)).map(({ name }) => name);
    if (names.length > 0) {
      const more = names.length > LISTED ? ', …' : '';
      this.#parts.person.say(
        `On the server: ${names.slice(0, LISTED).join(', ')}${more}. Take one with /model or --model.`,
      );
    }
    return this.offerPull(model, signal);
  }

  async #start(signal: AbortSignal): Promise<boolean> {
    const { person, server, host, env, root } = this.#parts;
    const program = this.#program;
    if (program === undefined) return false;
    const isWanted = await person.confirm('Ollama is not running.', 'Start it?', signal);
    if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
    if (!isWanted) return false;
    person.say('Waiting for ollama serve; Ctrl-C ends the waiting.');
    const trusted = withTrustedPath(env, root);
    const pid = await startOllama({ program, host, env: trusted, server }, signal);
    if (pid === undefined) return true;
    person.say(`ollama serve runs now, and goes on when you leave. To stop it: kill ${pid}`);
    return true;
  }

  async #pull(model: string, signal: AbortSignal): Promise<void> {
    const { person, server } = this.#parts;
    const row = person.progressRow();
    try {
      for await (const progress of server.pull(model, signal)) row.show(progress);
    } catch (error) {
      if (!(error instanceof ModelError) || error.kind !== 'interrupted') throw error;
      const kept = 'The server keeps what has come: the next pull goes on from there.';
      throw new ModelError('interrupted', `The pull was stopped. ${kept}`);
    } finally {
      row.clear();
    }
    person.say(`${model} is on the server.`);
  }

  /** Where `ollama` is, if it could be started for the host. */
  get #program(): string | undefined {
    const { host, env, root } = this.#parts;
    return isOwnMachine(host) ? findProgram('ollama', env, root) : undefined;
  }
}
