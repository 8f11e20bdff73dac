/** Chat templates: how a server makes one text of messages, and how a test reads turns in it. */

export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/**
 * - `qwen3.5`: ChatML, with a think block before the reply to generate
 * - `chatml`: without one
 * - `gemma`: the system text is in the first user turn
 * - `mistral`: square brackets
 * - `harmony`: the messages of gpt-oss
 * - `none`: `{{ .Prompt }}`, a base model's. Contents run together, and the system text is dropped:
 *   the template has no place for it
 * - `system-last`: the system text is in the last user turn
 * - `suffix-last`: something is added to the last user turn alone
 * - `no-system`: the system message is dropped
 */
export type TemplateName =
  | 'qwen3.5'
  | 'chatml'
  | 'gemma'
  | 'mistral'
  | 'harmony'
  | 'none'
  | 'system-last'
  | 'suffix-last'
  | 'no-system';

export interface Rendering {
  /** What the request says about thinking; a model that can think does so unless it says false. */
  think?: unknown;
  /** The tokenizer's own first mark is in the text. */
  bos?: boolean;
  /** Whitespace at both ends of contents is trimmed. */
  trims?: boolean;
}

/** The prompt that a template makes of messages. A last assistant message is left open. */
export function render(name: TemplateName, messages: readonly Turn[], how: Rendering = {}): string {
  const turns = messages.map(({ role, content }) => ({
    role,
    content: how.trims ? content.trim() : content,
  }));
  switch (name) {
    case 'qwen3.5':
      return chatml(turns, how.think === false ? '<think>\n\n</think>\n\n' : '<think>\n');
    case 'chatml':
      return chatml(turns);
    case 'gemma':
      return (how.bos ? '<bos>' : '') + gemma(withSystemIn('first', turns));
    case 'mistral':
      return (how.bos ? '<s>' : '') + mistral(turns);
    case 'harmony':
      return harmony(turns);
    case 'none':
      return withoutSystem(turns)
        .map(({ content }) => content)
        .join('');
    case 'system-last':
      return chatml(withSystemIn('last', turns));
    case 'suffix-last': {
      const last = turns.findLastIndex(({ role }) => role === 'user');
      return chatml(
        turns.map((turn, at) =>
          at === last ? { ...turn, content: `${turn.content} /no_think` } : turn,
        ),
      );
    }
    case 'no-system':
      return chatml(withoutSystem(turns));
  }
}

function chatml(turns: readonly Turn[], opening = ''): string {
  return withOpening(
    turns.map(({ role, content }) => [`<|im_start|>${role}\n${content}`, '<|im_end|>\n']),
    isPrefill(turns),
    `<|im_start|>assistant\n${opening}`,
  );
}

function gemma(turns: readonly Turn[]): string {
  const name = { system: 'user', user: 'user', assistant: 'model' };
  return withOpening(
    turns.map(({ role, content }) => [
      `<start_of_turn>${name[role]}\n${content}`,
      '<end_of_turn>\n',
    ]),
    isPrefill(turns),
    '<start_of_turn>model\n',
  );
}

function mistral(turns: readonly Turn[]): string {
  const marks = {
    system: ['[SYSTEM_PROMPT]', '[/SYSTEM_PROMPT]'],
    user: ['[INST]', '[/INST]'],
    assistant: ['', '</s>'],
  } as const;
  return withOpening(
    turns.map(({ role, content }) => [`${marks[role][0]}${content}`, marks[role][1]]),
    isPrefill(turns),
    '',
  );
}

function harmony(turns: readonly Turn[]): string {
  const name = { system: 'developer', user: 'user', assistant: 'assistant<|channel|>final' };
  return withOpening(
    turns.map(({ role, content }) => [`<|start|>${name[role]}<|message|>${content}`, '<|end|>']),
    isPrefill(turns),
    '<|start|>assistant',
  );
}

/** Turns as text and end. A turn that the model should continue has no end. */
function withOpening(turns: [text: string, end: string][], isOpen: boolean, next: string): string {
  const text = turns.map((turn) => turn.join('')).join('');
  const end = turns.at(-1)?.[1] ?? '';
  return isOpen ? text.slice(0, text.length - end.length) : text + next;
}

function isPrefill(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.role === 'assistant';
}

function withoutSystem(turns: readonly Turn[]): Turn[] {
  return turns.filter(({ role }) => role !== 'system');
}

/** The turns with the system text joined to a user turn. */
function withSystemIn(which: 'first' | 'last', turns: readonly Turn[]): Turn[] {
  const system = turns.flatMap(({ role, content }) => (role === 'system' ? [content] : []));
  const others = withoutSystem(turns);
  const isUser = ({ role }: Turn) => role === 'user';
  const place = which === 'first' ? others.findIndex(isUser) : others.findLastIndex(isUser);
  if (system.length === 0) return others;
  return others.map((turn, at) =>
    at === place ? { ...turn, content: [...system, turn.content].join('\n\n') } : turn,
  );
}

const CHATML_TURN = /<\|im_start\|>(system|user|assistant)\n([\s\S]*?)<\|im_end\|>/g;
/** What precedes a reply when it is generated, and also in a prompt that continues it. */
const OPENING = /^<think>\n\n<\/think>\n\n/;

/** The turns of a prompt in ChatML, without the opening of the reply to generate. */
export function turnsIn(prompt: string): Turn[] {
  return [...prompt.matchAll(CHATML_TURN)].map(([, role, content = '']) => ({
    role: role as Turn['role'],
    content: role === 'assistant' ? content.replace(OPENING, '') : content,
  }));
}
