/** Picks a mode of the program, hands it what it needs, and returns its exit code. */
import type { Command } from 'commander';
import { runDemo } from './demo.ts';
import { openEngine } from './engine.ts';
import { EXIT } from './exit-codes.ts';
import { exportSaved } from './export-mode.ts';
import { converse } from './interactive.ts';
import { nameFiles } from './mentions.ts';
import { SetUp } from './ollama-setup.ts';
import { askOnce, explain } from './one-shot.ts';
import {
  autoNotice,
  leavingNotices,
  noCheckNotice,
  showWelcome,
  tellInstructions,
} from './opening.ts';
import { readOptions, type Options } from './options.ts';
import { requestAids } from './prompt-aids.ts';
import { runReplay } from './replay/replay.ts';
import { say } from './say.ts';
import { openConversation, openWorkspace, viewFor, type Program } from './startup.ts';
import { shellWord, startedAs } from './started-as.ts';
import { pipedInput, warnOfPipe } from './stdin.ts';
import { UsageError } from './usage-error.ts';
import type { ModelError } from '../model/model-error.ts';
import { DEFAULT_MODEL } from '../model/ollama/defaults.ts';
import { SessionError } from '../session/session-error.ts';
import { Console } from '../terminal/console.ts';
import { mayBeHeard } from '../terminal/repl.ts';
import { childEnvironment, FOR_GIT } from '../tools/shell/environment.ts';
import { errorCode } from '../util/errors.ts';

/**
 * Runs the program as the command line and the settings say, and returns its exit code.
 * @throws only bugs: what the person asked for and cannot have is told
 * @param using hears in which way the program is used, once that is known
 */
export async function run(
  command: Command,
  version: string,
  using: (way: string) => void,
): Promise<number> {
  try {
    const options = readOptions(command);
    return options ? await runWith(programFor(options, version), using) : EXIT.answered;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof SessionError)) throw error;
    say(error.message);
    return EXIT.wrongUsage;
  }
}

async function runWith(program: Program, using: (way: string) => void): Promise<number> {
  const { terminal } = program;
  const { interrupts } = terminal;
  heedSignals(terminal);
  try {
    const code = await runMode(program, using);
    return interrupts.leaving.aborted ? interrupts.exitCode : code;
  } finally {
    terminal.close();
  }
}

function runMode(program: Program, using: (way: string) => void): Promise<number> {
  const { demo, exported, replay } = program.options;
  if (exported) return exportSaved(program, exported);
  if (replay !== undefined) return runReplay(program, replay);
  if (demo) return runDemo(program);
  using(`${program.mode} in a ${program.terminal.isTerminal ? 'terminal' : 'pipe'}`);
  return serve(program);
}

function programFor(options: Options, version: string): Program {
  const { stdin, stdout, stderr, env } = process;
  const { print, request, quiet, color, bell: rings } = options;
  const mode = print ? 'print' : request === '' ? 'repl' : 'once';
  // The lines of a conversation are in the same pipe, and a check may send an answer back.
  const pipes = mode === 'repl' || options.check !== undefined ? 'nothing' : 'certain';
  const suspend = () => void process.kill(0, 'SIGTSTP');
  return {
    options,
    version,
    mode,
    terminal: new Console({
      mode,
      stdin,
      stdout,
      stderr,
      env,
      suspend,
      quiet,
      pipes,
      noColour: !color,
      rings,
    }),
    stdout,
    commandEnv: childEnvironment(env, options.env),
    gitEnv: childEnvironment(env, FOR_GIT), // simple-git refuses some names that --env may add
    userEnv: env,
  };
}

function heedSignals(terminal: Console): void {
  const { interrupts } = terminal;
  process.on('SIGINT', () => terminal.interrupt());
  process.on('SIGTERM', () => interrupts.leave(EXIT.terminated));
  process.on('SIGHUP', () => interrupts.leave(EXIT.hangUp));
  process.on('SIGCONT', () => terminal.resume());
  process.on('exit', () => terminal.close()); // after a bug, too
  for (const stream of [process.stdout, process.stderr]) {
    // There is no point in continuing when nobody can see the result.
    stream.on('error', (error) =>
      interrupts.leave(errorCode(error) === 'EPIPE' ? EXIT.answered : EXIT.outputFailed),
    );
  }
}

/** Answers requests with a model on the server: one request, or a session at the prompt. */
async function serve(program: Program): Promise<number> {
  const { options, mode, terminal, stdout, gitEnv, userEnv: env } = program;
  const { request, host } = options;
  const { leaving } = terminal.interrupts;
  const piped = options.print ? await pipedInput(request, process.stdin, { leaving, say }) : '';
  if (leaving.aborted) return EXIT.interrupted;
  if (mode === 'once') warnOfPipe(process.stdin, terminal.say);

  const workspace = await openWorkspace(program, options.cwd);
  const { root } = workspace.snapshot;
  const notice = autoNotice(options);
  if (notice !== undefined) terminal.note(notice);
  const noCheck = noCheckNotice(options, terminal.canAsk);
  if (noCheck !== undefined) terminal.say(noCheck);
  for (const each of leavingNotices(program)) terminal.say(each);
  const { server, modelNamed, defaultModel } = openEngine(options, terminal.say);
  const { store } = workspace;
  const resumed = store.resumed(options.resume);
  const named = options.model ?? resumed?.state.model ?? options.usualModel;
  const name = named ?? (await terminal.interrupts.during(defaultModel));
  if (name === undefined) terminal.note(''); // after the ^C
  if (name === undefined && mode !== 'repl') return EXIT.interrupted;
  const model = modelNamed(name ?? DEFAULT_MODEL);
  const session = resumed ?? store.create(model.name);
  const view = viewFor(program, { session: session.id, workspace: root, model: model.name });
  const conversation = openConversation(program, {
    ...workspace,
    session,
    model,
    modelNamed,
    view,
    ...(mode === 'repl' && { heard: () => heardIn(root, terminal) }),
  });
  const start = startedAs({ script: process.argv[1], cwd: process.cwd(), env });
  const setUp = new SetUp({ server, host, env, root, person: terminal, start });
  const advice = (error: ModelError) => setUp.advice(error, conversation);
  try {
    if (mode !== 'repl') {
      tellInstructions(program, workspace.snapshot);
      const { text, files } = nameFiles(root, request);
      const parts = [text, piped].filter((part) => part !== '');
      return await askOnce({
        request: parts.join('\n\n'),
        files,
        conversation,
        terminal,
        view,
        ...(terminal.canAsk && { connect: (signal) => setUp.connect(conversation, signal) }),
        advice,
        saysReason: mode === 'print',
      });
    }
    await showWelcome(program, conversation, workspace.snapshot);
    await converse({
      conversation,
      setUp,
      terminal,
      output: stdout,
      aids: requestAids({
        conversation,
        root,
        env,
        gitEnv,
        models: setUp,
        leaving,
        warn: terminal.say,
      }),
      nameFiles: (text) => nameFiles(root, text),
      resumeCommand: (id) => resumeCommand(start, options, id),
      explain: (error) => explain(error, terminal.say, advice),
    });
    return EXIT.answered;
  } finally {
    conversation.close();
  }
}

function resumeCommand(start: string, { cwd, hostFlag }: Options, id: string): string {
  const where = cwd === '.' ? [] : ['--cwd', cwd];
  const server = hostFlag === undefined ? [] : ['--host', hostFlag];
  return [start, ...[...where, ...server, '--resume', id].map(shellWord)].join(' ');
}

/** What was typed and sent while a request runs, but for what waits for its end. */
function heardIn(root: string, { input }: Console): string | undefined {
  const text = input.takeAhead(mayBeHeard).join('\n').trim();
  return text === '' ? undefined : nameFiles(root, text).text;
}
