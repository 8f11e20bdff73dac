/** The terminal itself: who has it now, the program, the shell or another program. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asEnter, KeyReader, type Key } from '../editor/keys.ts';
import { RawMode } from './raw-mode.ts';
import type { TerminalInputOptions } from './line-input.ts';

/** Turns of the event loop after which all that a terminal holds was read: one may have begun. */
const TURNS_TO_POLL = 2;
/** Where the program could not be suspended, it continues after this time, in milliseconds. */
const NOT_STOPPED_MS = 100;

/** What happens to whoever reads from the terminal. */
interface DeviceEvents {
  /** Keys arrived together. */
  onKeys: (keys: readonly Key[]) => void;
  /** The terminal is in raw mode, for the first time or again. */
  onTake: () => void;
  /** The terminal is about to leave raw mode. */
  onRelease: () => void;
  /** No more keys will come. */
  onEnd: () => void;
}

/** A terminal in raw mode from `open` on, except while the program is suspended or lends it. */
export class Device {
  readonly #options: TerminalInputOptions;
  readonly #events: DeviceEvents;
  readonly #rawMode: RawMode;
  readonly #keys: KeyReader;
  #state: 'unopened' | 'open' | 'ended' = 'unopened';
  #isLent = false;
  /** Before raw mode, the terminal made a newline of Enter. */
  #isEarly = true;

  constructor(options: TerminalInputOptions, events: DeviceEvents) {
    this.#options = options;
    this.#events = events;
    this.#rawMode = new RawMode(options);
    this.#keys = new KeyReader((keys) => events.onKeys(this.#isEarly ? keys.map(asEnter) : keys));
  }

  /** Whether the terminal is in raw mode. */
  get isOn(): boolean {
    return this.#rawMode.isOn;
  }

  /** No more keys will come. */
  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Begins to read keys; does nothing the next times. */
  open(): void {
    if (this.#state !== 'unopened') return;
    this.#state = 'open';
    const { input } = this.#options;
    this.#take();
    input.on('data', (bytes: Buffer) => this.#keys.write(bytes));
    void this.poll().then(() => (this.#isEarly = false));
    input.on('end', () => this.end());
    // A window that was closed can be neither read nor set: the input has ended.
    input.on('error', () => this.end());
  }

  /** Returns when the keys that were pressed before have been read. */
  async poll(): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_POLL; turn++) await nextTurn();
  }

  /** Reads no more keys, and sets the terminal as it was. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#keys.stop();
    this.#events.onEnd();
    this.#release();
    this.#options.input.pause();
  }

  /** Suspends the program. */
  suspend(): void {
    this.#release();
    this.#options.suspend();
    // Without a shell to resume the program, it was not suspended. A signal that says so comes first.
    setTimeout(() => setImmediate(() => this.isOn || this.resume()), NOT_STOPPED_MS);
  }

  /** Takes the terminal again, after the program was suspended. */
  resume(): void {
    if (this.#state !== 'open' || this.#isLent) return;
    this.#events.onRelease();
    this.#take();
  }

  /** Hands the terminal to another program. */
  async lend(): Promise<void> {
    this.#isLent = true;
    this.#release();
    this.#options.input.pause();
    await nextTurn(); // only then is it no longer read
  }

  /** Takes the terminal back from the other program. */
  takeBack(): void {
    this.#isLent = false;
    this.resume();
  }

  #take(): void {
    this.#rawMode.enter();
    this.#events.onTake();
  }

  #release(): void {
    if (!this.isOn) return;
    this.#events.onRelease();
    this.#rawMode.leave();
  }
}
