/** What a raw model reply can turn out to be. */

/** The part of a tool that the parser has to know. */
export interface ToolShape {
  /** Argument names: only these are read from attributes and child elements. */
  readonly argNames: readonly string[];
  /** The argument that a body without child elements stands for. */
  readonly body?: string | undefined;
}

export type ToolShapes = ReadonlyMap<string, ToolShape>;

export type Reply =
  | {
      type: 'call';
      name: string;
      args: Record<string, unknown>;
      /** What stood after the call and was not heeded: imagined results, second calls. */
      ignored: string;
    }
  | { type: 'final'; text: string }
  | {
      type: 'malformed';
      /** One clause for the model: what was wrong. */
      problem: string;
      /** The tool that was meant, where that is known. */
      tool?: string | undefined;
      /** The token limit ended the reply: what there is of it is not whole. */
      cutOff?: true;
      /** Of a reply that was cut off: it had opened a call. */
      isCall?: boolean;
      /** It announces an action and stops: this text, which is the answer if it is said again. */
      announcement?: string;
    };

export function malformed(problem: string, tool?: string): Reply {
  return { type: 'malformed', problem, tool };
}

/** The first name of a tool in the text after a place: what was meant by a broken call. */
export function toolNamedAt(raw: string, at: number, tools: ToolShapes): string | undefined {
  const words: string[] = raw.slice(at, at + 200).match(/\w+/g) ?? [];
  return words.find((word) => tools.has(word));
}

/** A construct found in a reply: what it means, and where the text after it begins. */
export interface Construct {
  reply: Reply;
  end: number;
  /** An answer that is closed and ends the reply. */
  isWhole?: boolean;
}
