/** What a raw reply of a model can turn out to be. */

/** What the parser has to know about a tool. */
export interface ToolShape {
  /** The names of its arguments. */
  readonly argNames: readonly string[];
  /** The arguments that a call must have. */
  readonly required?: readonly string[] | undefined;
  /** The argument that a body without child elements is read as. */
  readonly body?: string | undefined;
  /** It can change something: it is never called in a form that may be prose. */
  readonly risky?: boolean | undefined;
  /** Other names of the tool, in any spelling. */
  readonly synonyms?: readonly string[] | undefined;
  /** Names for what it does with other arguments: such a call only tells the model of the tool. */
  readonly related?: readonly string[] | undefined;
  /** Other names of its arguments, in any spelling, and the names that they stand for. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
}

/** The tools by name. */
export type ToolShapes = ReadonlyMap<string, ToolShape>;

/** What a reply means: a tool call, a final answer, or neither. */
export type Reply =
  | {
      type: 'call';
      name: string;
      /** A synonym by which the model called it. */
      calledAs?: string;
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

/** A reply that is neither a call nor an answer. */
export type Malformed = Reply & { type: 'malformed' };

/** A malformed reply. @param problem one clause @param tool the tool that was meant, if known */
export function malformed(problem: string, tool?: string): Malformed {
  return { type: 'malformed', problem, tool };
}

/** A construct found in a reply: what it means, and where the text after it starts. */
export interface Construct {
  reply: Reply;
  end: number;
  /** It is an answer that is closed and ends the reply. */
  isWhole?: boolean;
}
