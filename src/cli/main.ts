/** Wires the parts together and runs them: a conversation, one request, or the demo. */
import packageJson from '../../package.json' with { type: 'json' };
import { requestAids } from './prompt-aids.ts';
import { Conversation, type ConversationParts } from './conversation.ts';
import { converse } from './interactive.ts';
import { DEMO_OPENING, prepareDemo, renderDemoEnd, stopAtDenial } from './demo.ts';
import { childEnvironment } from '../tools/shell/environment.ts';
import { errorCode } from '../util/errors.ts';
import type { AgentEvent } from '../agent/events.ts';
import { EXIT, EXIT_OF } from './exit-codes.ts';
import { ModelError } from '../model/model.ts';
import { OllamaServer } from '../model/ollama/server.ts';
import { OllamaModel } from '../model/ollama/ollama.ts';
import { askOnce } from './one-shot.ts';
import { parseOptions, UsageError, type Options } from './options.ts';
import type { JsonOutput } from './json-output.ts';
import { SessionError } from '../session/store.ts';
import { SetUp } from './ollama-setup.ts';
import { autoNotice, jsonOutputFor, lookAt } from './startup.ts';
import { sandboxFor, sessionsIn, welcomeFor } from './startup.ts';
import { Console, type Mode } from '../terminal/console.ts';
import { escapeForTerminal } from '../terminal/text/escape.ts';
import { PROMPT } from '../terminal/repl.ts';
import { Approvals, type Ask } from '../tools/approval.ts';
import { nameFiles } from './mentions.ts';
import { takeSnapshot, type Snapshot } from '../workspace/snapshot.ts';
import { pipedInput } from './stdin.ts';

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
type Setting = Pick<
  ConversationParts,
  'modelNamed' | 'model' | 'snapshot' | 'store' | 'session' | 'sandbox' | 'ask'
>;

/** What --env adds is for commands: simple-git refuses some names, EDITOR among them. */
const GIT_ENV = childEnvironment(process.env);

class Program {
  readonly #options: Options;
  readonly #env: NodeJS.ProcessEnv;
  readonly #console: Console;
  readonly #mode: Mode;
  #setUp: SetUp | undefined;
  #json: JsonOutput | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#env = childEnvironment(process.env, options.env);
    this.#mode = options.print ? 'print' : options.request === '' ? 'repl' : 'once';
    const { stdin, stdout, stderr, env } = process;
    const suspend = () => void process.kill(0, 'SIGTSTP');
    const { quiet } = options;
    const mode = this.#mode;
    this.#console = new Console({ mode, stdin, stdout, stderr, env, suspend, quiet });
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

  /** What cannot be shown is not worth going on for. */
  #cannotWrite(error: Error): void {
    const isReaderGone = errorCode(error) === 'EPIPE';
    this.#console.interrupts.leave(isReaderGone ? EXIT.answered : EXIT.outputFailed);
  }

  async #serve(): Promise<number> {
    const { host, model, ollamaTimeoutMs: timeoutMs, ...rest } = this.#options;
    const { request, print, resume, cwd } = this.#options;
    const { leaving } = this.#console.interrupts;
    const piped = print ? await pipedInput(request, process.stdin, { leaving, say }) : '';
    if (leaving.aborted) return EXIT.interrupted;
    const snapshot = await lookAt(cwd, GIT_ENV);
    const sandbox = await sandboxFor(this.#options, snapshot.root, this.#env);
    const notice = autoNotice(this.#options);
    if (notice !== undefined) this.#console.note(notice);
    const store = sessionsIn(snapshot.root, GIT_ENV, this.#console.say);
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
    const setUp = new SetUp({
      server: new OllamaServer({ host, timeoutMs }),
      host,
      env: process.env,
      root: snapshot.root,
      person: this.#console,
    });
    this.#setUp = setUp;
    const { stdout } = process;
    const { version } = packageJson;
    const opening = { version, session: session.id, workspace: snapshot.root, model };
    this.#json = await jsonOutputFor(this.#options, opening, stdout);
    try {
      if (this.#mode === 'repl') {
        this.#welcome(conversation, snapshot);
        await this.#converse(conversation, setUp, snapshot.root);
        return EXIT.answered;
      }
      const parts = [nameFiles(snapshot.root, request), piped].filter((part) => part !== '');
      return await this.#once(conversation, parts.join('\n\n'));
    } finally {
      conversation.close();
    }
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
      version: packageJson.version,
      showChild: (event) => this.#show(event, 1),
      say: this.#console.say,
    });
  }

  #converse(conversation: Conversation, setUp: SetUp, root: string): Promise<void> {
    const { say: warn } = this.#console;
    return converse({
      conversation,
      setUp,
      terminal: this.#console,
      output: process.stdout,
      aids: requestAids({ conversation, root, env: process.env, gitEnv: GIT_ENV, warn }),
      nameFiles: (request) => nameFiles(root, request),
      explain: (error) => this.#explain(error),
    });
  }

  /** One request. Returns the exit code that its end calls for. */
  async #once(conversation: Conversation, request: string): Promise<number> {
    const { interrupts, canAsk } = this.#console;
    const json = this.#json;
    const code = await askOnce({
      conversation,
      request,
      interrupts,
      begin: async (signal) => {
        await json?.begin(signal);
        if (canAsk) await this.#setUp?.connect(conversation, signal);
        this.#console.screen.begin();
      },
      show: async (event) => {
        await this.#show(event, 0);
        if (event.type !== 'final' || this.#mode !== 'print') return;
        if (EXIT_OF[event.reason] === EXIT.noAnswer) this.#console.say(event.text);
      },
      explain: async (error) => {
        this.#explain(error);
        if (error instanceof ModelError) await json?.fail(error);
      },
    });
    json?.finish(code);
    return code;
  }

  #show(event: AgentEvent, depth: 0 | 1): void | Promise<void> {
    return this.#json ? this.#json.show(event, depth) : this.#console.screen.show(event, depth);
  }

  /** The recorded requests, in a repository of their own, until one is not answered. */
  async #demo(): Promise<number> {
    const { folder, requests, model } = await prepareDemo(this.#env, this.#console.isTerminal);
    process.stdout.write(`${DEMO_OPENING}\n`);
    const snapshot = await takeSnapshot(folder, GIT_ENV);
    const sandbox = await sandboxFor(this.#options, snapshot.root, this.#env);
    const store = sessionsIn(snapshot.root, GIT_ENV, this.#console.say);
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

  /** The box that a conversation opens with. */
  #welcome(conversation: Conversation, snapshot: Snapshot): void {
    if (this.#options.quiet) return;
    const welcome = welcomeFor(this.#options, conversation, snapshot, process.stdout.columns);
    process.stdout.write(`${welcome}\n`);
  }

  readonly #askPerson: Ask = (request, signal) => this.#console.askApproval(request, signal);

  /** A failing model or server is one message; anything else is a bug. */
  #explain(error: unknown): void {
    if (!(error instanceof ModelError)) throw error;
    this.#console.say(error.message + (this.#setUp?.advice(error) ?? ''));
  }
}
