/** Set-up of the model: offers to start Ollama and to pull the model where one is missing. */
import { elsewhereNote } from './elsewhere.ts';
import type { Host } from '../model/http/host.ts';
import { ModelError } from '../model/model-error.ts';
import type { ListedModel, ModelServer, PullProgress } from '../model/server.ts';
import { isOwnMachine, startOllama } from '../model/ollama/serve.ts';
import { findProgram, withTrustedPath } from '../workspace/paths.ts';

/** The person at the terminal. */
interface Person {
  readonly canAsk: boolean;
  /** Asks a yes-or-no question; Enter means yes, and no answer means no. */
  confirm(what: string, question: string, signal: AbortSignal): Promise<boolean>;
  say(message: string): void;
  /** A row that shows the progress of a download. */
  progressRow(): { show(progress: PullProgress): void; clear(): void };
}

/** What the set-up works with. */
interface SetUpParts {
  server: ModelServer;
  host: Host;
  /** The whole environment: Ollama is the person's own program. */
  env: NodeJS.ProcessEnv;
  /** The workspace root: a program inside it is never started. */
  root: string;
  person: Person;
  /** The words that start the program again. */
  start: string;
}

/** What gets connected to the server: a conversation with its model. */
interface Connectable {
  readonly modelName: string;
  readonly isSessionsModel: boolean;
  connect(signal: AbortSignal): Promise<void>;
}

/** Models that the person is shown. */
const LISTED = 5;
const INSTALL = ' ollama is not on the PATH: install it from https://ollama.com/download.';
const ANOTHER_MODEL =
  '\nThis session was with it: continue with another by --model NAME, or /model NAME at the prompt.';
const SWITCH = ' At the prompt, /model switches.';
const DEMO = ' To try the agent without a model:';

/** Gets a missing server or model, after asking. Asks nobody where nobody can answer. */
export class SetUp {
  readonly #parts: SetUpParts;

  constructor(parts: SetUpParts) {
    this.#parts = parts;
  }

  /** Whether there is something to offer the person for this failure. */
  canOffer(error: unknown): boolean {
    if (!(error instanceof ModelError) || !this.#parts.person.canAsk) return false;
    return (
      (error.kind === 'model_missing' && this.canPull) ||
      (error.kind === 'unreachable' && this.#program !== undefined)
    );
  }

  /** Advice on a failure, to append to its message; empty if there is none. */
  advice({ kind }: ModelError, { isSessionsModel }: Pick<Connectable, 'isSessionsModel'>): string {
    if (kind === 'model_missing' && isSessionsModel) return ANOTHER_MODEL;
    const { host, person, start } = this.#parts;
    if (kind === 'model_missing' && !this.canPull && person.canAsk) return SWITCH;
    if (kind !== 'unreachable') return '';
    const lacksOllama = isOwnMachine(host) && this.#program === undefined;
    return (lacksOllama ? INSTALL : '') + (person.canAsk ? `${DEMO} ${start} --demo` : '');
  }

  /**
   * Offers to fix a failure and connects again.
   * @throws `error` itself when there is nothing to offer, ModelError when it still fails
   */
  async settle(error: unknown, conversation: Connectable, signal: AbortSignal): Promise<void> {
    if (!this.canOffer(error)) throw error;
    await this.connect(conversation, signal);
    this.#parts.person.say('Ollama is ready.');
  }

  /**
   * Connects. If the server or the model is missing, offers to get it and connects again.
   * @throws ModelError when it is still missing or something else failed
   */
  async connect(conversation: Connectable, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await conversation.connect(signal);
      } catch (error) {
        // It is there: the request will wait for it.
        if (error instanceof ModelError && error.kind === 'busy') return;
        if (!this.canOffer(error)) throw error;
        if (!(await this.#offer(error, conversation, signal))) throw error;
      }
    }
  }

  /** Whether the server can get another model. */
  get canPull(): boolean {
    return this.#parts.server.pull !== undefined;
  }

  /** The server in a few words, if it is another machine. */
  get elsewhere(): string | undefined {
    const { host } = this.#parts;
    const note = elsewhereNote(host);
    return note && `${host.url} (${note})`;
  }

  /** Whether two names mean the same model on the server. */
  isSame(one: string, other: string): boolean {
    return this.#parts.server.isSame(one, other);
  }

  /** Lists the models on the server. @throws ModelError */
  list(signal: AbortSignal): Promise<ListedModel[]> {
    return this.#parts.server.list(signal);
  }

  /**
   * Offers to pull a model, where the server can. Returns whether it was pulled.
   * @param whose what to say of the model after its name
   * @throws ModelError
   */
  async offerPull(model: string, signal: AbortSignal, whose = ''): Promise<boolean> {
    const { person } = this.#parts;
    if (!this.canPull) return false;
    const isWanted = await person.confirm(
      `${model}${whose} is not on the server.`,
      'Pull it?',
      signal,
    );
    if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
    if (isWanted) await this.#pull(model, signal);
    return isWanted;
  }

  async #offer(error: unknown, conversation: Connectable, signal: AbortSignal): Promise<boolean> {
    if (error instanceof ModelError && error.kind === 'unreachable') return this.#start(signal);
    const names = (await this.list(signal)).map(({ name }) => name);
    if (names.length > 0) {
      const more = names.length > LISTED ? ', …' : '';
      this.#parts.person.say(
        `On the server: ${names.slice(0, LISTED).join(', ')}${more}. Pick one with /model or --model.`,
      );
    }
    const { modelName, isSessionsModel } = conversation;
    return this.offerPull(modelName, signal, isSessionsModel ? ', the model of this session,' : '');
  }

  async #start(signal: AbortSignal): Promise<boolean> {
    const { person, server, host, env, root } = this.#parts;
    const program = this.#program;
    if (program === undefined) return false;
    const isWanted = await person.confirm('Ollama is not running.', 'Start it?', signal);
    if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
    if (!isWanted) return false;
    person.say('Waiting for ollama serve to start; Ctrl-C stops waiting.');
    const trusted = withTrustedPath(env, root);
    const pid = await startOllama({ program, host, env: trusted, server }, signal);
    if (pid === undefined) return true;
    person.say(`ollama serve is running and keeps running after you quit. To stop it: kill ${pid}`);
    return true;
  }

  async #pull(model: string, signal: AbortSignal): Promise<void> {
    const { person, server } = this.#parts;
    if (!server.pull) return;
    const row = person.progressRow();
    try {
      for await (const progress of server.pull(model, signal)) row.show(progress);
    } catch (error) {
      if (!(error instanceof ModelError) || error.kind !== 'interrupted') throw error;
      throw new ModelError('interrupted', 'The pull was stopped. The download resumes next time.');
    } finally {
      row.clear();
    }
    person.say(`${model} is on the server.`);
  }

  /** The path of `ollama`, if it is installed and the host is this machine. */
  get #program(): string | undefined {
    const { host, env, root } = this.#parts;
    return isOwnMachine(host) ? findProgram('ollama', env, root) : undefined;
  }
}
