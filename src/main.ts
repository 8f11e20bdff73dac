/** Wires the parts together and runs them: a conversation, one request, or the demo. */
import packageJson from '../package.json' with { type: 'json' };
import { requestAids } from './aids.ts';
import { Conversation } from './conversation.ts';
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
import { Approvals, type Ask } from './tools/approval.ts';
import type { Sandbox } from './tools/sandbox.ts';
import { nameFiles } from './workspace/mentions.ts';
import { takeSnapshot, type Snapshot } from './workspace/snapshot.ts';

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

/** What a conversation is about, and who asks the person in it. */
interface Setting {
  modelNamed: (name: string) => Model;
  model: Model;
  snapshot: Snapshot;
  store: SessionStore;
  session: Session;
  sandbox: Sandbox | undefined;
  ask: Ask;
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
    const { stdin, stdout, stderr, env } = process;
    const suspend = () => void process.kill(0, 'SIGTSTP');
    this.#console = new Console({ mode: this.#mode, stdin, stdout, stderr, env, suspend });
  }

  async run(): Promise<number> {
    const { interrupts } = this.#console;
    process.on('SIGINT', () => this.#console.interrupt());
    process.on('SIGTERM', () => interrupts.leave(143));
    process.on('SIGHUP', () => interrupts.leave(129));
    process.on('SIGCONT', () => this.#console.resume());
    process.on('exit', () => this.#console.close()); // after a bug, too
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
    const piped = print ? await this.#pipedInput(request) : '';
    if (this.#console.interrupts.leaving.aborted) return EXIT.interrupted;
    const snapshot = await lookAt(cwd, GIT_ENV);
    const sandbox = await sandboxFor(this.#options, snapshot.root, this.#env);
    const notice = autoNotice(this.#options);
    if (notice !== undefined) this.#console.note(notice);
    const store = new SessionStore({ workspaceRoot: snapshot.root, warn: this.#console.say });
    const session = store.open(resume, model);
    const modelNamed = (name: string) => new OllamaModel({ ...rest, host, model: name, timeoutMs });
    const conversation = this.#conversation({
      modelNamed,
      model: modelNamed(model),
      snapshot,
      store,
      session,
      sandbox,
      ask: this.#askPerson,
    });
    try {
      if (this.#mode === 'repl') return await this.#converse(conversation, snapshot);
      const parts = [nameFiles(snapshot.root, request), piped].filter((part) => part !== '');
      return await this.#once(conversation, parts.join('\n\n'));
    } finally {
      conversation.close();
    }
  }

  /** What was piped in. @throws UsageError when that is nothing, and there are no words either */
  async #pipedInput(words: string): Promise<string> {
    const { stdin } = process;
    const { leaving } = this.#console.interrupts;
    leaving.addEventListener('abort', () => stdin.destroy());
    const piped = stdin.isTTY ? '' : await readPiped(stdin);
    if (piped === undefined) throw new UsageError('--print: too much was piped in');
    if (words === '' && piped.trim() === '' && !leaving.aborted) {
      throw new UsageError('--print needs a prompt, as words or piped in');
    }
    return piped.trim();
  }

  #conversation(setting: Setting): Conversation {
    const { approval, sandbox, maxSteps, numPredict, numCtx: askedNumCtx } = this.#options;
    return new Conversation({
      ...setting,
      // A single request follows so closely on the start that one look is enough.
      looksAgain: this.#mode === 'repl',
      gitEnv: GIT_ENV,
      env: this.#env,
      userEnv: process.env,
      askedNumCtx,
      approvals: new Approvals(approval),
      noticeOf: (policy) => autoNotice({ approval: policy, sandbox }),
      settings: { maxSteps, numPredict },
      showChild: (event) => void this.#console.screen.show(event, 1),
      say: this.#console.say,
    });
  }

  async #converse(conversation: Conversation, snapshot: Snapshot): Promise<number> {
    this.#welcome(conversation, snapshot);
    const [{ root }, { env }] = [snapshot, process];
    const warn = (message: string) => this.#console.say(message);
    const warming = new AbortController();
    // With a person at the keyboard there is time; a pipe has its first request ready.
    if (this.#console.isTerminal) void this.#warmUp(conversation, warming.signal);
    await runRepl({
      conversation,
      terminal: this.#console,
      output: process.stdout,
      aids: requestAids({ conversation, root, env, gitEnv: GIT_ENV, warn }),
      nameFiles: (request) => nameFiles(root, request),
      explain: (error) => this.#explain(error),
    });
    warming.abort();
    return EXIT.answered;
  }

  async #warmUp(conversation: Conversation, signal: AbortSignal): Promise<void> {
    try {
      await conversation.warmUp(signal);
    } catch (error) {
      if (!signal.aborted) this.#explain(error);
    }
  }

  /** One request. Returns the exit code that its end calls for. */
  async #once(conversation: Conversation, request: string): Promise<number> {
    let code: number = EXIT.noAnswer;
    try {
      await this.#console.interrupts.during(async (signal) => {
        for await (const event of conversation.ask(request, signal)) {
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
    const approval = stopAtDenial(this.#askPerson, () => this.#console.interrupts.stopRequest());
    const modelNamed = () => model;
    const { ask } = approval;
    const parts = { modelNamed, model, snapshot, store, session, sandbox, ask };
    const conversation = this.#conversation(parts);
    this.#welcome(conversation, snapshot);
    let code: number = EXIT.answered;
    for (const { request } of requests) {
      process.stdout.write(`\n${PROMPT}${request}\n`);
      code = await this.#once(conversation, request);
      if (code !== EXIT.answered) break;
    }
    conversation.close();
    process.stdout.write(renderDemoEnd(folder, session.path, approval.wasDenied));
    return approval.wasDenied ? EXIT.answered : code;
  }

  #welcome({ session, modelName: model }: Conversation, snapshot: Snapshot): void {
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
    const isAway = error.kind === 'unreachable' && this.#console.isTerminal && !this.#options.demo;
    const offer = ' To see the agent work without a model: mini-coding-agent --demo';
    this.#console.say(error.message + (isAway ? offer : ''));
  }
}
