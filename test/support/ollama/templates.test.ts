import { describe, expect, it } from 'vitest';
import { render, turnsIn, type TemplateName, type Turn } from './templates.ts';

const TURNS: Turn[] = [
  { role: 'system', content: 'SYS' },
  { role: 'user', content: 'U1' },
  { role: 'assistant', content: 'A1' },
  { role: 'user', content: 'U2' },
];
const turn = (role: string, content: string) => `<|im_start|>${role}\n${content}<|im_end|>\n`;
const TALK = turn('user', 'U1') + turn('assistant', 'A1') + turn('user', 'U2');
const OPENING = '<|im_start|>assistant\n';
const EMPTY_THOUGHT = '<think>\n\n</think>\n\n';

const RENDERED: [TemplateName, string][] = [
  ['qwen3.5', `${turn('system', 'SYS')}${TALK}${OPENING}${EMPTY_THOUGHT}`],
  ['chatml', `${turn('system', 'SYS')}${TALK}${OPENING}`],
  [
    'gemma',
    '<start_of_turn>user\nSYS\n\nU1<end_of_turn>\n<start_of_turn>model\nA1<end_of_turn>\n' +
      '<start_of_turn>user\nU2<end_of_turn>\n<start_of_turn>model\n',
  ],
  ['mistral', '[SYSTEM_PROMPT]SYS[/SYSTEM_PROMPT][INST]U1[/INST]A1</s>[INST]U2[/INST]'],
  [
    'harmony',
    '<|start|>developer<|message|>SYS<|end|><|start|>user<|message|>U1<|end|>' +
      '<|start|>assistant<|channel|>final<|message|>A1<|end|><|start|>user<|message|>U2<|end|>' +
      '<|start|>assistant',
  ],
  ['none', 'U1A1U2'],
  ['system-last', TALK.replace('U2', 'SYS\n\nU2') + OPENING],
  ['suffix-last', `${turn('system', 'SYS')}${TALK.replace('U2', 'U2 /no_think')}${OPENING}`],
  ['no-system', TALK + OPENING],
];

describe('a template', () => {
  it.each(RENDERED)('makes one text of turns: %s', (name, text) => {
    expect(render(name, TURNS, { think: false })).toBe(text);
  });

  it('may put the tokenizer’s own first mark in front', () => {
    expect(render('gemma', TURNS, { bos: true })).toMatch(/^<bos><start_of_turn>user\nSYS/);
    expect(render('mistral', TURNS, { bos: true })).toMatch(/^<s>\[SYSTEM_PROMPT\]/);
    expect(render('chatml', TURNS, { bos: true })).toBe(render('chatml', TURNS));
  });

  it('opens thoughts where the request does not say no, and closes them only before the reply', () => {
    expect(render('qwen3.5', TURNS)).toMatch(/assistant\n<think>\n$/);
    expect(render('qwen3.5', TURNS, { think: false }).split('<think>')).toHaveLength(2);
  });

  it('leaves a last reply open, to be continued', () => {
    const begun: Turn[] = [...TURNS, { role: 'assistant', content: 'Well,' }];
    expect(render('qwen3.5', begun, { think: false })).toMatch(
      /U2<\|im_end\|>\n.*assistant\nWell,$/,
    );
    expect(render('mistral', begun)).toMatch(/\[\/INST\]Well,$/);
  });

  it('trims whitespace around contents only if asked to', () => {
    const padded: Turn[] = [{ role: 'user', content: ' \nU1 ' }];
    expect(render('chatml', padded)).toContain('user\n \nU1 <|im_end|>');
    expect(render('chatml', padded, { trims: true })).toContain('user\nU1<|im_end|>');
  });
});

describe('the turns in a prompt', () => {
  it('are those that were rendered, without the opening of the reply to come', () => {
    const contents = ['  two\nlines \n', 'a <|im_start| >user b', '', '<think>'];
    const turns = contents.map((content, at): Turn => {
      const role = at === 0 ? 'system' : at % 2 === 1 ? 'user' : 'assistant';
      return { role, content };
    });
    for (const name of ['qwen3.5', 'chatml'] as const) {
      expect(turnsIn(render(name, turns, { think: false }))).toEqual(turns);
    }
  });

  it('do not have the empty thought before a reply that was continued', () => {
    const prompt = render('qwen3.5', TURNS, { think: false });
    const next = `${prompt}A2<|im_end|>\n${turn('user', 'U3')}${OPENING}${EMPTY_THOUGHT}`;
    const more: Turn[] = [
      { role: 'assistant', content: 'A2' },
      { role: 'user', content: 'U3' },
    ];
    expect(turnsIn(next)).toEqual([...TURNS, ...more]);
  });

  it('do not exist in a text without turns', () => {
    expect(turnsIn('Rules:\nassistant: hi')).toEqual([]);
  });
});
