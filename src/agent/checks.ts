/** Runs the check of the person before the answer of a request that has edited files. */
import type { Session } from '../session/session.ts';
import type { Check } from '../tools/check.ts';
import type { Gate } from '../tools/gate.ts';
import { labelOf } from '../tools/label.ts';
import type { ToolResult } from '../tools/tool-call.ts';
import type { Tool } from '../tools/tool.ts';
import { netEdits } from '../undo/net-edits.ts';
import type { AgentEvent, CheckEnd } from './events.ts';
import { FIX } from './notices.ts';

/** How often a failure goes back to the model in one request. */
const MAX_TRIES = 3;

/** What checks work with. */
interface ChecksParts {
  check: Check;
  /** Runs the command. */
  tool: Tool;
  gate: Pick<Gate, 'runOwn'>;
  session: Session;
}

/** The checks of one request after another. */
export class Checks {
  readonly #parts: ChecksParts;
  /** Failures of this request that went back to the model. */
  #tries = 0;
  /** The files and the output of the last one. */
  #failure = '';
  #end: CheckEnd | undefined;

  constructor(parts: ChecksParts) {
    this.#parts = parts;
  }

  /** Forgets the request before. */
  beginRequest(): void {
    this.#tries = 0;
    this.#failure = '';
    this.#end = undefined;
  }

  /** How the check has ended so far; undefined where none was due. */
  get end(): CheckEnd | undefined {
    return this.#end;
  }

  /**
   * Runs the check before an answer, if files were edited and it may run. Returns whether its failure
   * goes back to the model instead of the answer to the person.
   * @param stepsLeft tool calls that the model may still make
   * @throws what `signal` aborts with
   */
  async *sendBack(stepsLeft: number, signal: AbortSignal): AsyncGenerator<AgentEvent, boolean> {
    const { check, session } = this.#parts;
    const files = this.#editedFiles();
    if (check.command === undefined || (files === '' && this.#tries === 0)) return false;
    if (check.isDenied) {
      this.#end = NOT_APPROVED;
      return false;
    }
    const { decision, content, ok, summary } = yield* this.#run(check.command, signal);
    if (decision === 'denied_by_policy') this.#end = POLICY_IS_NEVER;
    if (decision === 'denied') {
      check.isDenied = true;
      this.#end = NOT_APPROVED;
    }
    if (decision === 'denied' || decision === 'denied_by_policy') return false;
    if (isPassed({ ok, summary })) {
      this.#end = { result: 'passed', text: 'Check passed.' };
      return false;
    }
    const how = summary?.result ?? 'it could not be started';
    const failure = `${files}\n${content}`;
    const isSame = failure === this.#failure;
    this.#failure = failure;
    if (isSame || this.#tries === MAX_TRIES || stepsLeft === 0) {
      this.#end = stillFails(this.#tries, isSame, how);
      return false;
    }
    this.#tries++;
    this.#end = { result: 'failed', text: `Check failed: ${how}. It did not run again.` };
    session.record({ type: 'notice', content: FIX });
    return true;
  }

  /** The files that tools have changed in this request, and what they hold now. */
  #editedFiles(): string {
    return netEdits(this.#parts.session.state.history.current.edits)
      .filter(({ before, after }) => before !== after)
      .map(({ path, after }) => `${path} ${after}`)
      .join('\n');
  }

  /** Runs the command if it is allowed, and records what came of it. */
  async *#run(asked: string, signal: AbortSignal): AsyncGenerator<AgentEvent, ToolResult> {
    const { check, tool, gate, session } = this.#parts;
    const { name } = tool;
    const began_at = new Date().toISOString();
    yield { type: 'check_start', command: asked, label: labelOf(tool, name, { command: asked }) };
    const result = await gate.runOwn(tool, { command: asked }, signal);
    const { args, content, summary, ok, elapsedMs, decision } = result;
    const command = String(args['command']);
    if (command !== asked) check.command = command;
    const passed = isPassed(result);
    if (decision !== 'denied' && decision !== 'denied_by_policy') {
      const ran = { name, args: { command }, content, ok: passed, traits: { command: 'command' } };
      const elapsed_ms = Math.round(elapsedMs);
      session.record({ type: 'tool', ...ran, check: true, began_at, elapsed_ms, decision });
    }
    const label = labelOf(tool, name, args);
    yield { type: 'check_end', command, label, ok, passed, content, summary, elapsedMs };
    signal.throwIfAborted();
    return result;
  }
}

const NOT_APPROVED = notRun('it was not approved');
const POLICY_IS_NEVER = notRun('the approval policy is never');

function notRun(why: string): CheckEnd {
  return { result: 'not_run', text: `Check did not run: ${why}.` };
}

function isPassed({ ok, summary }: Pick<ToolResult, 'ok' | 'summary'>): boolean {
  return ok && summary?.failed !== true;
}

/** @param isSame the last try has changed neither the files nor what the check prints */
function stillFails(tries: number, isSame: boolean, how: string): CheckEnd {
  const after = `still fails after ${tries === 1 ? '1 try' : `${tries} tries`}`;
  const vain = isSame ? ', the last of which changed nothing' : '';
  return { result: 'failed', text: `Check ${tries === 0 ? 'fails' : after + vain}: ${how}.` };
}
