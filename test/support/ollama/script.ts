/** What tests write as replies: text, faults, and the two forms that the agent asks for. */

/** What the server does with one model call. A string is a whole reply, streamed. */
export type ScriptedReply =
  | string
  | {
      text?: string;
      /**
       * The text in given pieces, like tokens: each is sent as one, 32 equal ones in a row end the
       * stream as a loop does, and it pauses where one is a promise.
       */
      parts?: readonly (string | Promise<unknown>)[];
      doneReason?: string;
      promptEvalCount?: number | undefined;
      /** Answers with this status and body instead of a stream. */
      status?: number;
      body?: string;
      contentType?: string;
      headers?: Record<string, string>;
      /** Writes this to the connection instead of an answer of HTTP. */
      bytes?: string;
      /** Sends these raw chunks as the body and ends, whatever they are; waits where one is a promise. */
      raw?: Iterable<unknown> | AsyncIterable<unknown>;
      /** Destroys the connection after the text or the raw chunks instead of ending the stream. */
      breakOff?: boolean;
      /** Ends the stream without its last, `done` line. */
      withoutDone?: boolean;
      /** Sends nothing, not even headers, until the client disconnects. */
      silent?: boolean;
      /** Sends the text or the raw chunks and then nothing more, until the client disconnects. */
      stall?: boolean;
      /** Repeats the text until the client disconnects. */
      endless?: boolean;
      /** Milliseconds before each piece of the text. */
      paceMs?: number;
    };

/** A reply with all its options. */
export type WholeReply = Exclude<ScriptedReply, string>;

/** A reply as an object. */
export function wholeReply(reply: ScriptedReply): WholeReply {
  return typeof reply === 'string' ? { text: reply } : reply;
}

/** A reply that calls a tool, in the JSON form. */
export function toolCall(name: string, args: Record<string, unknown> = {}): string {
  return `<tool>${JSON.stringify({ name, args })}</tool>`;
}

/** A reply that answers. */
export function final(text: string): string {
  return `<final>${text}</final>`;
}

/** A reply that pauses after its first part until `until` settles. */
export function inTwoParts(first: string, until: Promise<unknown>, rest: string): ScriptedReply {
  return { parts: [first, until, rest] };
}

/** What gpt-oss writes: thoughts on one channel, then text on another. */
export function inHarmony(text: string, thoughts = ''): string {
  const analysis = thoughts && `<|channel|>analysis<|message|>${thoughts}<|end|><|start|>assistant`;
  return `${analysis}<|channel|>final<|message|>${text}`;
}

/** The lines of a pull, each an object of Ollama's. */
export function pullLines(...lines: Record<string, unknown>[]): string[] {
  return lines.map((line) => `${JSON.stringify(line)}\n`);
}

const LAYER = { status: 'pulling 3e4cb1417446', digest: 'sha256:3e4c', total: 3_400_000_000 };

/** A pull of a model with one layer, which arrives at once. */
export const WHOLE_PULL: readonly string[] = pullLines(
  { status: 'pulling manifest' },
  LAYER,
  { ...LAYER, completed: 3_400_000_000 },
  { status: 'verifying sha256 digest' },
  { status: 'writing manifest' },
  { status: 'success' },
);
