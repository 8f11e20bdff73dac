import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../src/model/model.ts';
import { ChatTemplate, SAMPLE } from '../../../src/model/ollama/chat-template.ts';
import { render, type TemplateName } from '../../support/ollama/templates.ts';

const IM = (role: string, content: string) => `<|im_start|>${role}\n${content}<|im_end|>\n`;
const header = (role: string) => `<|start_header_id|>${role}<|end_header_id|>\n\n`;
const NO_THOUGHT = '<think>\n\n</think>\n\n';

/** Renderings that the scripted server has no name for. */
type Renderer = (turns: readonly Turn[]) => string;
const llama3: Renderer = (turns) =>
  '<|begin_of_text|>' +
  turns.map(({ role, content }) => `${header(role)}${content}<|eot_id|>`).join('') +
  header('assistant');
const named =
  (name: TemplateName, bos = false): Renderer =>
  (turns) =>
    render(name, turns, { think: false, bos });

/** How a server renders; `again` comes only before a reply that is asked for, not before old ones. */
const LEARNED: readonly [what: string, renders: Renderer, again: string][] = [
  ['ChatML', named('chatml'), ''],
  ['ChatML with a think block before the reply to be made', named('qwen3.5'), NO_THOUGHT],
  ['Gemma', named('gemma'), ''],
  ['Gemma with its BOS', named('gemma', true), ''],
  ['Mistral', named('mistral'), ''],
  ['Mistral with its BOS', named('mistral', true), ''],
  ['Llama 3', llama3, ''],
];

function learn(renders: Renderer, addsBos = false): ChatTemplate {
  const template = ChatTemplate.from(renders(SAMPLE), addsBos);
  if (!template) throw new Error('nothing was learned');
  return template;
}

/** Text without special tokens or whitespace at its ends, which templates may trim. */
const text = fc
  .string({ unit: fc.constantFrom(...'ab \n.{}"\\é🌍'), maxLength: 20 })
  .map((words) => `x${words}x`);
const conversation = fc
  .array(fc.tuple(text, text), { maxLength: 4 })
  .chain((exchanges) => fc.tuple(fc.constant(exchanges), text, text))
  .map(([exchanges, system, last]): Turn[] => [
    { role: 'system', content: system },
    ...exchanges.flatMap(([user, assistant]): Turn[] => [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ]),
    { role: 'user', content: last },
  ]);

describe.each(LEARNED)('the template of %s', (_, renders, again) => {
  it('is learned and renders any conversation as the server does', () => {
    const template = learn(renders);
    fc.assert(
      fc.property(conversation, (turns) => {
        // What was sent before a reply stays there.
        const marked = turns.map((turn) =>
          turn.role === 'assistant' ? { ...turn, content: again + turn.content } : turn,
        );
        expect(template.render(turns)).toBe(renders(marked));
      }),
    );
  });

  it('makes each prompt start with the previous one and its reply as generated', () => {
    const template = learn(renders);
    const reply = fc.string({ unit: fc.constantFrom(...'ab \n{}"'), maxLength: 20 });
    fc.assert(
      fc.property(conversation, reply, text, (turns, content, user) => {
        const before = template.render(turns) + content;
        const extended: Turn[] = [...turns, { role: 'assistant', content }];
        const ahead = template.render(extended);
        expect(ahead.startsWith(before)).toBe(true);
        const next = template.render([...extended, { role: 'user', content: user }]);
        expect(next.startsWith(ahead + user)).toBe(true);
      }),
    );
  });
});

describe('a template', () => {
  it.each([
    ['Gemma', named('gemma', true), '<bos>'],
    ['Mistral', named('mistral', true), '<s>'],
    ['Llama 3', llama3, '<|begin_of_text|>'],
  ])('of %s leaves off the BOS token that the server adds', (_, renders, bos) => {
    const [added, kept] = [learn(renders, true), learn(renders, false)];
    expect(added.bos).toBe(bos);
    expect(kept.bos).toBe('');
    expect(bos + added.render(SAMPLE)).toBe(kept.render(SAMPLE));
    expect(kept.render(SAMPLE)).toBe(renders(SAMPLE));
  });

  it('without a BOS token loses nothing', () => {
    expect(learn(named('chatml'), true).bos).toBe('');
    expect(learn(named('chatml'), true).render(SAMPLE)).toBe(named('chatml')(SAMPLE));
  });

  it('without a place for the system text starts the first user turn with it', () => {
    const template = learn(named('no-system'));
    expect(template.pieces.afterSystem).toBeNull();
    expect(template.render(SAMPLE.slice(0, 2))).toBe(
      `<|im_start|>user\nZsystemz\n\nZuseronez<|im_end|>\n<|im_start|>assistant\n`,
    );
  });

  it('trims user texts and leaves replies untouched', () => {
    const turns: Turn[] = [
      { role: 'system', content: 'S' },
      { role: 'user', content: '\n U \n' },
      { role: 'assistant', content: ' A\n\n' },
      { role: 'user', content: 'V ' },
    ];
    expect(learn(named('chatml')).render(turns)).toBe(
      `${IM('system', 'S')}${IM('user', 'U')}${IM('assistant', ' A\n\n')}${IM('user', 'V')}<|im_start|>assistant\n`,
    );
  });

  it('of a base model is plain role names', () => {
    const template = learn(named('none'));
    expect(template.isPlain).toBe(true);
    expect(template.render(SAMPLE)).toBe(
      'System: Zsystemz\n\nUser: Zuseronez\n\nAssistant: Zreplyonez\n\nUser: Zusertwoz' +
        '\n\nAssistant: Zreplytwoz\n\nUser: Zuserthreez\n\nAssistant: ',
    );
  });
});

describe('no template is learned', () => {
  const users = SAMPLE.filter(({ role }) => role === 'user');
  it.each<[string, string]>([
    ['the system text is in the last turn', named('system-last')(SAMPLE)],
    ['something is added to the last user turn only', named('suffix-last')(SAMPLE)],
    [
      'the system text comes again in each turn of the user',
      users.reduce(
        (all, { content }) => all.replace(content, `Zsystemz ${content}`),
        named('no-system')(SAMPLE),
      ),
    ],
    ['a turn comes twice', named('chatml')([...SAMPLE.slice(0, 2), ...SAMPLE.slice(1)])],
    ['a turn is left out', named('chatml')(SAMPLE.toSpliced(2, 1))],
    ['the turns are in another order', named('chatml')(SAMPLE.toReversed())],
    [
      'turns of the history are spelled in another way',
      named('chatml')(SAMPLE).replace('<|im_start|>assistant\nZreplyonez', 'Reply: Zreplyonez'),
    ],
    [
      'the reply to be made begins in another way than those before',
      named('chatml')(SAMPLE).replace(/<\|im_start\|>assistant\n$/, '<|bot|>'),
    ],
    ['a thought is opened before the reply', render('qwen3.5', SAMPLE, { think: true })],
    ['contents are changed', named('chatml')(SAMPLE).toUpperCase()],
    ['the text is something else', 'no conversation'],
  ])('if %s', (_, rendered) => {
    expect(rendered).not.toBe(named('chatml')(SAMPLE));
    expect(ChatTemplate.from(rendered, false)).toBeUndefined();
  });

  it('from any text that does not contain the sample', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (rendered, addsBos) => {
        fc.pre(rendered.trim() !== '');
        expect(ChatTemplate.from(rendered, addsBos)).toBeUndefined();
      }),
    );
  });
});

describe('the template for a reply that begins with a thought', () => {
  const template = learn(named('qwen3.5'));
  const thinking = template.thinking(render('qwen3.5', SAMPLE, { think: true }));

  it('differs in the last words of a prompt alone, so that the cache serves both', () => {
    const turns = SAMPLE.map((turn) => ({ ...turn, content: `${turn.content}!` }));
    const [one, other] = [template.render(turns), thinking?.render(turns) ?? ''];
    expect(one.slice(0, -NO_THOUGHT.length)).toBe(other.slice(0, -'<think>\n'.length));
    expect(other).toMatch(/<\|im_start\|>assistant\n<think>\n$/);
    const ahead = turns.slice(0, -1);
    expect(thinking?.render(ahead)).toBe(template.render(ahead));
  });

  it('breaks the tag that opens a thought in contents, also where replies have none', () => {
    const chatml = learn(named('chatml'));
    const opened = chatml.thinking(`${render('chatml', SAMPLE)}<think>\n`);
    const turns: Turn[] = [{ role: 'user', content: 'See <think>.' }];
    expect(opened?.render(turns)).toContain('See < think>.');
  });

  it('cannot be learned where more than the end differs', () => {
    const turns = SAMPLE.map((turn, at) =>
      at === 0 ? { ...turn, content: `${turn.content}+` } : turn,
    );
    expect(template.thinking(render('qwen3.5', turns, { think: true }))).toBeUndefined();
  });
});
