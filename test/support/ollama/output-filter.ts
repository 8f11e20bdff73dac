/** What filters a reply before it is sent, piece by piece. */

/** A call in a model's own form, as the server hands it over. */
export interface NativeCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** What a piece of a reply becomes. */
export interface Output {
  content: string;
  thinking: string;
  calls: NativeCall[];
}

/** Takes a reply piece by piece; holds back what may be the beginning of a mark. */
export interface OutputFilter {
  /** Throws a ParserError where it cannot read what the model wrote. */
  add(piece: string, isDone: boolean): Output;
}

/** Ends a reply; its message goes to the client as it is. */
export class ParserError extends Error {}

/** Refuses a call of a tool that is not listed. */
export function known(call: NativeCall, tools: readonly string[] | undefined): NativeCall {
  if (tools && !tools.includes(call.name)) throw new ParserError(`tool '${call.name}' not found`);
  return call;
}

/** How much of a text's end may be the beginning of a mark. */
export function overlap(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length); length > 0; length -= 1) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
