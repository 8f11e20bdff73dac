#!/usr/bin/env node
/** The bin: runs the program and sets its exit code. */
import packageJson from '../../package.json' with { type: 'json' };
import { errorCode } from '../util/errors.ts';
import { EXIT } from './exit-codes.ts';
import { escapeForTerminal } from '../terminal/text/escape.ts';

/** Milliseconds that the last output may take after an interrupt. */
const LAST_OUTPUT_MS = 1_000;

/** A bug: prints its stack, for a report. */
function crash(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a bug in mini-coding-agent:\n${escapeForTerminal(stack)}\n`);
  process.exit(EXIT.bug);
}

/** The reader closed the pipe (`| head -1`), which is no failure, or the disk is full. */
function cannotWrite(error: Error): void {
  if (errorCode(error) === 'EPIPE' || process.exitCode === EXIT.outputFailed) return;
  process.exitCode = EXIT.outputFailed;
  const reason = escapeForTerminal(error.message);
  process.stderr.write(`mini-coding-agent: Cannot write the output: ${reason}\n`);
}

/** Without it, a wait that nothing can end would look like success. */
const isStuck = () => crash(new Error('it waits for what cannot come any more'));

/** Loads nothing more for the version alone. */
async function start(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && ['--version', '-V'].includes(argv[0] ?? '')) {
    process.stdout.write(`${packageJson.version}\n`);
    return EXIT.answered;
  }
  const { loadMain } = await import('./load-main.ts');
  const { main } = await loadMain();
  return main(argv);
}

/** Exits where all output is written: timers of simple-git would keep the process for 50 ms more. */
function endWhereWritten(): void {
  if ([process.stdout, process.stderr].every((each) => each.writableLength === 0)) process.exit();
}

process.on('uncaughtException', crash);
process.on('beforeExit', isStuck);
for (const stream of [process.stdout, process.stderr]) stream.on('error', cannotWrite);
start(process.argv.slice(2)).then((code) => {
  process.off('beforeExit', isStuck);
  process.exitCode ??= code;
  setImmediate(endWhereWritten);
  // Only output is pending: after an interrupt, do not wait for a reader that does not read.
  if (code > 128) setTimeout(() => process.exit(), LAST_OUTPUT_MS).unref();
  process.on('SIGINT', () => process.exit(EXIT.interrupted));
}, crash);
