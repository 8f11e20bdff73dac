/** What a raw reply of a model can turn out to be. */

/** What the parser has to know about a tool. */
export interface ToolShape {
  /** Argument names: only these are read from attributes and child elements. */
  readonly argNames: readonly string[];
  /** The argument that a body without child elements is taken for. */
  readonly body?: string | undefined;
}

/** The tools by name. */
export type ToolShapes = ReadonlyMap<string, ToolShape>;

/** What a reply means: a tool call, a final answer, or neither. */
export type Reply =
  | {
      type: 'call';
      name: string;
      args: Record<string, unknown>;
      /** The text after the call, which is ignored: imagined results, second calls. */
      ignored: string;
    }
  | { type: 'final'; text: string }
  | {
      type: 'malformed';
      /** What was wrong, in one clause for the model. */
      problem: string;
      /** The tool that was meant, if known. */
      tool?: string | undefined;
      /** The token limit cut the reply off. */
      cutOff?: true;
      /** The reply that was cut off had opened a call. */
      isCall?: boolean;
      /** The text of a reply that only announces an action; said again, it is the answer. */
      announcement?: string;
    };

/** A malformed reply. @param problem one clause @param tool the tool that was meant, if known */
export function malformed(problem: string, tool?: string): Reply {
  return { type: 'malformed', problem, tool };
}

/** The first tool named in the 200 characters after `at`: what a broken call meant. */
export function toolNamedAt(raw: string, at: number, tools: ToolShapes): string | undefined {
  const words: string[] = raw.slice(at, at + 200).match(/\w+/g) ?? [];
  return words.find((word) => tools.has(word));
}

/** A construct found in a reply: what it means, and where the text after it starts. */
export interface Construct {
  reply: Reply;
  end: number;
  /** It is an answer that is closed and ends the reply. */
  isWhole?: boolean;
}
