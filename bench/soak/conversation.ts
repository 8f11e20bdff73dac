/** The built program at its prompt, through pipes: what is asked of it, and what it shows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chance, seed, type Plan } from './plan.ts';

const BIN = path.resolve(import.meta.dirname, '../../dist/cli.cjs');
const PROMPT = '\nmini-coding-agent> ';
const QUESTION = /\[y\/N[/abev]*\] $/;
/** A request that takes longer has hung, in milliseconds. */
const HUNG_MS = 60_000;

/** What a request has shown, to compare with its records in the log. */
export interface Shown {
  tools: string[];
  end: string;
}

/** One process, from its start to its end. */
export class Conversation {
  readonly #child;
  readonly pid: number;
  #shown = '';
  /** How much was shown when a question was last answered: with more, the answer was read. */
  #answeredAt = 0;
  #isInterrupted = false;
  #watch: () => void = () => undefined;
  stderr = '';
  readonly ended: Promise<unknown[]>;

  constructor(root: string, url: string) {
    // A small heap: else V8 takes memory as it likes, and hides what is leaked.
    const NODE_OPTIONS = '--max-old-space-size=64 --max-semi-space-size=1';
    const env = {
      ...process.env,
      XDG_CONFIG_HOME: os.devNull,
      OLLAMA_HOST: url,
      NO_COLOR: '1',
      NODE_OPTIONS,
    };
    this.#child = spawn(process.execPath, [BIN], { cwd: root, env });
    this.pid = this.#child.pid ?? 0;
    this.ended = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#shown += text;
      this.#watch();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    process.on('exit', () => this.#child.kill('SIGKILL'));
  }

  /** A question is open and was not answered. One that an interrupt ends takes no answer. */
  get #isAsked(): boolean {
    const isNew = this.#shown.length !== this.#answeredAt;
    return !this.#isInterrupted && isNew && QUESTION.test(this.#shown.slice(-20));
  }

  /** Settles at the next prompt. */
  prompt(): Promise<string> {
    return this.#shows((text) => text.endsWith(PROMPT));
  }

  /** Settles when what was shown since the last request passes the test. */
  #shows(test: (shown: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const hung = setTimeout(
        () => reject(new Error(`it hangs (MCA_SEED=${seed}) after:\n${this.#shown}`)),
        HUNG_MS,
      );
      void this.ended.then(() => reject(new Error(`it ended:\n${this.#shown}\n${this.stderr}`)));
      this.#watch = () => {
        if (this.#isAsked) {
          this.#answeredAt = this.#shown.length;
          this.#child.stdin.write(chance.next() < 0.85 ? 'y\n' : 'n\n');
        }
        if (!test(this.#shown)) return;
        clearTimeout(hung);
        resolve(this.#shown);
      };
      this.#watch();
    });
  }

  /** Sends a request, answers what the program asks, and interrupts it where it is planned. */
  async ask(request: number, { ending }: Plan): Promise<Shown> {
    this.#shown = '';
    this.#answeredAt = 0;
    this.#isInterrupted = false;
    this.#child.stdin.write(`request ${request}\n`);
    if (ending === 'interrupt') {
      await this.#shows((text) => text.includes(`request ${request}\n`));
      await Promise.race([delay(chance.below(80)), this.ended]);
      await this.#shows((text) => text.length > this.#answeredAt);
      this.#isInterrupted = true;
      this.#child.kill('SIGINT');
    }
    const shown = await this.prompt();
    const verbs = [...shown.matchAll(/^[•✗] (?!older entries)(\w+) /gm)].map(([, verb]) => verb);
    const tools = verbs.map((verb = '') => TOOL_OF.get(verb) ?? verb);
    const [end = ''] = /^answer \d+$|^Interrupted\.$/m.exec(shown) ?? [];
    return { tools, end };
  }

  /** Ends the input, and returns the exit code. */
  async close(): Promise<unknown> {
    this.#child.stdin.end();
    const [code] = await this.ended;
    return code;
  }
}

/** The tools by the verbs on the screen, for calls that succeeded and that failed. */
const TOOL_OF = new Map([
  ['listed', 'list_files'],
  ['list', 'list_files'],
  ['read', 'read_file'],
  ['searched', 'search'],
  ['ran', 'run_shell'],
  ['run', 'run_shell'],
  ['wrote', 'write_file'],
  ['write', 'write_file'],
  ['patched', 'patch_file'],
  ['patch', 'patch_file'],
  ['delegated', 'delegate'],
]);
