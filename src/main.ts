/** Wires the parts together and runs them: a conversation, one request, or the demo. */
import packageJson from '../package.json' with { type: 'json' };
import type { Agent } from './agent.ts';
import { assembleAgent } from './assemble.ts';
import { ContextWindow } from './context/budget.ts';
import { DEMO_OPENING, prepareDemo, renderDemoEnd, stopAtDenial } from './demo.ts';
import { childEnvironment } from './environment.ts';
import { errorCode } from './errors.ts';
import { EXIT, EXIT_OF } from './exit-codes.ts';
import { ModelError, type Model } from './model/model.ts';
import { OllamaModel } from './model/ollama.ts';
import { parseOptions, UsageError, type Options } from './options.ts';
import type { Session } from './session/session.ts';
import { SessionError, SessionStore } from './session/store.ts';
import { approvalShown, autoNotice, lookAt, sandboxFor, windowShown } from './start.ts';
import { Console, type Mode } from './terminal/console.ts';
import { escapeForTerminal } from './terminal/escape.ts';
import { PROMPT, runRepl } from './terminal/repl.ts';
import { readPiped } from './terminal/piped.ts';
import { renderWelcome } from './terminal/welcome.ts';
import type { Ask } from './tools/approval.ts';
import type { Sandbox } from './tools/sandbox.ts';
import { lookAgain, takeSnapshot, type Snapshot } from './workspace/snapshot.ts';

/** Runs the program and returns its exit code. @throws only bugs */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv, packageJson.version);
    return options ? await new Program(options).run() : EXIT.answered;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof SessionError)) throw error;
    say(error.message);
    return EXIT.wrongUsage;
  }
}

/** One message to the person, beside the answers. */
function say(message: string): void {
  process.stderr.write(`mini-coding-agent: ${escapeForTerminal(message)}\n`);
}

interface Conversing {
  model: Model;
  snapshot: Snapshot;
  store: SessionStore;
  session: Session;
  sandbox: Sandbox | undefined;
}

/** What --env adds is for commands: simple-git refuses some names, EDITOR among them. */
const GIT_ENV = childEnvironment(process.env);

class Program {
  readonly #options: Options;
  readonly #env: NodeJS.ProcessEnv;
  readonly #console: Console;
  readonly #mode: Mode;

  constructor(options: Options) {
    this.#options = options;
    this.#env = childEnvironment(process.env, options.env);
    this.#mode = options.print ? 'print' : options.request === '' ? 'repl' : 'once';
    const { stdin, stdout, stderr } = process;
    const noColour = Boolean(process.env['NO_COLOR']); // no-color.org
    this.#console = new Console({ mode: this.#mode, stdin, stdout, stderr, noColour });
  }

  async run(): Promise<number> {
    const { interrupts } = this.#console;
    process.on('SIGINT', () => this.#console.interrupt());
    process.on('SIGTERM', () => interrupts.leave(143));
    process.on('SIGHUP', () => interrupts.leave(129));
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error) => this.#cannotWrite(error));
    }
    try {
      const code = this.#options.demo ? await this.#demo() : await this.#serve();
      return interrupts.leaving.aborted ? interrupts.exitCode : code;
    } finally {
      this.#console.close();
    }
  }

  /** The reader has gone away (`| head -1`), which is no failure; or the disk is full. */
  #cannotWrite(error: Error): void {
    if (errorCode(error) === 'EPIPE') return this.#console.interrupts.leave(EXIT.answered);
    if (!this.#console.interrupts.leaving.aborted) say(`Cannot write the output: ${error.message}`);
    this.#console.interrupts.leave(EXIT.outputFailed);
    process.exitCode = EXIT.outputFailed; // the last write may fail after run() has returned
  }

  async #serve(): Promise<number> {
    const { host, model, ollamaTimeoutMs: timeoutMs, ...rest } = this.#options;
    const { request, print, resume, cwd } = this.#options;
    const words = print ? await this.#withPipedInput(request) : request;
    if (this.#console.interrupts.leaving.aborted) return EXIT.interrupted;
    const snapshot = await lookAt(cwd, GIT_ENV);
    const sandbox = await sandboxFor(this.#options, snapshot.root, this.#env);
    const notice = autoNotice(this.#options);
    if (notice !== undefined) this.#console.note(notice);
    const store = new SessionStore({ workspaceRoot: snapshot.root, warn: this.#console.say });
    const session = store.open(resume, model);
    const ollama = new OllamaModel({ ...rest, host, model, timeoutMs });
    const parts = { model: ollama, snapshot, store, session, sandbox };
    const agent = this.#agent(parts, this.#askPerson);
    try {
      return words === '' ? await this.#converse(agent, snapshot) : await this.#once(agent, words);
    } finally {
      session.close();
    }
  }

  /** The prompt's words, then what was piped in. @throws UsageError when there is neither */
  async #withPipedInput(words: string): Promise<string> {
    const { stdin } = process;
    const { leaving } = this.#console.interrupts;
    leaving.addEventListener('abort', () => stdin.destroy());
    const piped = stdin.isTTY ? '' : await readPiped(stdin);
    if (piped === undefined) throw new UsageError('--print: too much was piped in');
    const request = [words, piped.trim()].filter((part) => part !== '').join('\n\n');
    if (request === '' && !leaving.aborted) {
      throw new UsageError('--print needs a prompt, as words or piped in');
    }
    return request;
  }

  #agent({ model, snapshot, store, session, sandbox }: Conversing, ask: Ask): Agent {
    const { approval, maxSteps, numPredict, numCtx } = this.#options;
    let window: ContextWindow | undefined;
    return assembleAgent({
      model,
      window: async (signal) => (window ??= this.#windowOf(await model.contextLength(signal))),
      snapshot,
      // A single request follows so closely on the start that one look is enough.
      look: () =>
        this.#mode === 'repl' ? lookAgain(snapshot, GIT_ENV) : Promise.resolve(snapshot),
      askedNumCtx: numCtx,
      env: this.#env,
      policy: approval,
      ask,
      sandbox,
      settings: { maxSteps, numPredict },
      session,
      childSession: () => store.create(model.name, session.id),
      showChild: (event) => void this.#console.screen.show(event, 1),
    });
  }

  #windowOf(modelLength: number | undefined): ContextWindow {
    const asked = this.#options.numCtx;
    const window = new ContextWindow(asked, modelLength);
    if (asked !== undefined && window.numCtx < asked) {
      this.#console.say(`--num-ctx ${asked} is more than the model has: ${window.numCtx} is used.`);
    }
    return window;
  }

  /** The REPL. */
  async #converse(agent: Agent, snapshot: Snapshot): Promise<number> {
    this.#welcome(agent.session, this.#options.model, snapshot);
    const warming = new AbortController();
    // With a person at the keyboard there is time; a pipe has its first request ready.
    if (this.#console.isTerminal) void this.#warmUp(agent, warming.signal);
    await runRepl({
      conversation: agent,
      input: this.#console.input,
      output: process.stdout,
      interrupts: this.#console.interrupts,
      screen: this.#console.screen,
      explain: (error) => this.#explain(error),
    });
    warming.abort();
    return EXIT.answered;
  }

  async #warmUp(agent: Agent, signal: AbortSignal): Promise<void> {
    try {
      await agent.warmUp(signal);
    } catch (error) {
      if (!signal.aborted) this.#explain(error);
    }
  }

  /** One request. Returns the exit code that its end calls for. */
  async #once(agent: Agent, request: string): Promise<number> {
    let code: number = EXIT.noAnswer;
    try {
      await this.#console.interrupts.during(async (signal) => {
        for await (const event of agent.ask(request, signal)) {
          await this.#console.screen.show(event);
          if (event.type === 'final') code = EXIT_OF[event.reason];
        }
      });
    } catch (error) {
      this.#explain(error);
      return EXIT.modelFailed;
    }
    return code;
  }

  /** The recorded requests, in a repository of their own, until one is not answered. */
  async #demo(): Promise<number> {
    const { folder, requests, model } = await prepareDemo(this.#env, this.#console.isTerminal);
    process.stdout.write(`${DEMO_OPENING}\n`);
    const snapshot = await takeSnapshot(folder, GIT_ENV);
    const sandbox = await sandboxFor(this.#options, snapshot.root, this.#env);
    const store = new SessionStore({ workspaceRoot: snapshot.root, warn: this.#console.say });
    const session = store.create(model.name);
    this.#welcome(session, model.name, snapshot);
    const approval = stopAtDenial(this.#askPerson, () => this.#console.interrupts.stopRequest());
    const agent = this.#agent({ model, snapshot, store, session, sandbox }, approval.ask);
    let code: number = EXIT.answered;
    for (const { request } of requests) {
      process.stdout.write(`\n${PROMPT}${request}\n`);
      code = await this.#once(agent, request);
      if (code !== EXIT.answered) break;
    }
    session.close();
    process.stdout.write(renderDemoEnd(folder, session.path, approval.wasDenied));
    return approval.wasDenied ? EXIT.answered : code;
  }

  #welcome(session: Session, model: string, snapshot: Snapshot): void {
    const resumed = session.resumed ? ' (resumed)' : '';
    const welcome = renderWelcome(
      {
        workspace: snapshot.cwd,
        model,
        window: windowShown(this.#options),
        branch: snapshot.branch,
        approval: approvalShown(this.#options),
        session: session.id + resumed,
      },
      process.stdout.columns,
    );
    process.stdout.write(`${welcome}\n`);
  }

  readonly #askPerson: Ask = (request, signal) => this.#console.askApproval(request, signal);

  /** A failing model or server is one message; anything else is a bug. */
  #explain(error: unknown): void {
    if (!(error instanceof ModelError)) throw error;
    const offer = error.kind === 'unreachable' && this.#console.isTerminal && !this.#options.demo;
    this.#console.say(
      error.message +
        (offer ? ' To see the agent work without a model: mini-coding-agent --demo' : ''),
    );
  }
}
