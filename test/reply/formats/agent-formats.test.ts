import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../src/reply/parse.ts';
import type { ToolShape } from '../../../src/reply/reply.ts';
import { tools } from '../../support/tools.ts';

const SYNONYMS: Readonly<Record<string, string[]>> = {
  run_shell: ['bash'],
  write_file: ['create_file'],
};
const known: ReadonlyMap<string, ToolShape> = new Map(
  [...tools].map(([name, tool]) => [name, { ...tool, synonyms: SYNONYMS[name] }]),
);
const parse = (raw: string) => parseReply(raw, known);

const patch = (path: string, old_text: string, new_text: string) => ({
  type: 'call',
  name: 'patch_file',
  args: { path, old_text, new_text },
});
const created = (path: string, content: string) => ({
  type: 'call',
  name: 'write_file',
  calledAs: 'create_file',
  args: { path, content },
});

const LEAD_INS = ['', 'I will fix the default.\n\n', '<think>It is the default.</think>\n'];
const FENCES = [(text: string) => text, (text: string) => `\`\`\`\n${text}\n\`\`\``];
const ENDS = ['', '\n', '\n\n', '<|im_end|>'];

/** Old and new lines of an edit, with what an edit can hold. */
const EDITS: readonly [string, string][] = [
  ['x = 1\n', 'x = 2\n'],
  ['def f():\n    return 1\n', 'def f():\n    # doubled\n    return 2\n'],
  ['    a\n\n    b  \n', '    a\n\n    c\n'],
  ['gone\nstays\n', 'stays\n'],
  ['größe = "é"\n', 'größe = "日本"\n'],
  ['</tool>\n', '</content>\n'],
];

describe('a SEARCH/REPLACE block', () => {
  const block = (old: string, next: string) =>
    `<<<<<<< SEARCH\n${old}=======\n${next}>>>>>>> REPLACE`;

  it.each(
    EDITS.flatMap((edit) => LEAD_INS.flatMap((lead) => ENDS.map((end) => [lead, end, ...edit]))),
  )('with %j before and %j behind is a patch of %j', (lead, end, old, next) => {
    for (const fence of FENCES) {
      const raw = `${lead}src/app.py\n${fence(block(old, next))}${end}`;
      expect(parse(raw)).toMatchObject(patch('src/app.py', old, next));
    }
  });

  it.each([
    ['`src/app.py`', 'src/app.py'],
    ['**src/app.py**', 'src/app.py'],
    ['File: src/app.py', 'src/app.py'],
    ['### src/app.py:', 'src/app.py'],
    ['Makefile', 'Makefile'],
  ])('takes its file from %j', (line, path) => {
    expect(parse(`${line}\n${block('a\n', 'b\n')}`)).toMatchObject(patch(path, 'a\n', 'b\n'));
    expect(parse(`${line}\n\`\`\`python\n${block('a\n', 'b\n')}\n\`\`\``)).toMatchObject(
      patch(path, 'a\n', 'b\n'),
    );
  });

  it('takes its file from the opening of its fence', () => {
    const raw = `\`\`\`python src/app.py\n${block('a\n', 'b\n')}\n\`\`\``;
    expect(parse(raw)).toMatchObject(patch('src/app.py', 'a\n', 'b\n'));
  });

  it('without old lines creates a file', () => {
    expect(parse(`a.py\n${block('', 'x\n')}`)).toMatchObject(created('a.py', 'x\n'));
  });

  it.each([
    ['is followed by another', `a.py\n${block('a\n', 'b\n')}\n\n${block('c\n', 'd\n')}`],
    [
      'is followed by one of another file',
      `a.py\n\`\`\`\n${block('a\n', 'b\n')}\n\`\`\`\n\nb.py\n\`\`\`\n${block('c\n', 'd\n')}\n\`\`\``,
    ],
    ['has no file', block('a\n', 'b\n')],
    ['has only words for a file', `Here it is:\n${block('a\n', 'b\n')}`],
    ['has two separators', `a.py\n${block('a\n=======\nc\n', 'b\n')}`],
    ['does not end', 'a.py\n<<<<<<< SEARCH\na\n=======\nb\n'],
    ['is an offer', `You could do this:\n\na.py\n${block('a\n', 'b\n')}`],
    ['is explained afterwards', `a.py\n${block('a\n', 'b\n')}\n\nShall I apply it?`],
    ['creates a file by the way', `That is all.\n\na.py\n${block('', 'x\n')}`],
  ])('is asked for again where it %s', (_, raw) => {
    expect(parse(raw)).toMatchObject({ type: 'malformed', tool: 'patch_file' });
  });

  it('is shown where an answer explains it in a code block', () => {
    const answer = `Aider edits files like this:\n\n\`\`\`\na.py\n${block('a\n', 'b\n')}\n\`\`\`\n\nThe block names the file.`;
    expect(parse(`<final>${answer}</final>`)).toMatchObject({ type: 'final', text: answer });
  });
});

/** The lines of a hunk that turns one text into the other, all of them replaced. */
const hunkOf = (old: string, next: string) =>
  old.replace(/^(?=.*\n)/gm, '-') + next.replace(/^(?=.*\n)/gm, '+');

/** How many lines of a hunk one side has. */
const counted = (hunk: string, other: string) =>
  hunk
    .split('\n')
    .slice(0, -1)
    .filter((line) => ![other, '\\'].includes(line.charAt(0))).length;

describe('a unified diff', () => {
  const diff = (hunk: string, from = 'a/src/app.py', to = 'b/src/app.py') =>
    `--- ${from}\n+++ ${to}\n@@ -1,${counted(hunk, '+')} +1,${counted(hunk, '-')} @@\n${hunk}`;

  it.each(EDITS)('of %j that is the whole reply is a patch', (old, next) => {
    const raw = diff(` top\n${hunkOf(old, next)} end\n`);
    const expected = patch('src/app.py', `top\n${old}end\n`, `top\n${next}end\n`);
    expect(parse(raw)).toMatchObject(expected);
    expect(parse(`\`\`\`diff\n${raw}\`\`\``)).toMatchObject(expected);
    expect(parse(`<think>So.</think>${raw.trimEnd()}`)).toMatchObject(expected);
    expect(parse(`diff --git a/src/app.py b/src/app.py\nindex 1..2 100644\n${raw}`)).toMatchObject(
      expected,
    );
    expect(parse(`I will now update the file:\n\n\`\`\`diff\n${raw}\`\`\``)).toMatchObject(
      expected,
    );
  });

  it('keeps empty lines and a missing final newline', () => {
    const raw = diff('-a\n\n-b\n\\ No newline at end of file\n+c\n');
    expect(parse(raw)).toMatchObject(patch('src/app.py', 'a\n\nb', '\nc\n'));
  });

  it('of nothing creates a file', () => {
    const raw = diff('+x\n+y\n', '/dev/null', 'b/new.py');
    expect(parse(raw)).toMatchObject(created('new.py', 'x\ny\n'));
  });

  it.each([
    ['of two hunks', `${diff('-a\n+b\n')}@@ -9 +9 @@\n-c\n+d\n`],
    ['of two files', `${diff('-a\n+b\n')}--- a/b.py\n+++ b/b.py\n@@ -9 +9 @@\n-c\n+d\n`],
    ['that deletes a file', diff('-a\n', 'a/a.py', '/dev/null')],
    ['that renames a file', diff('-a\n+b\n', 'a/a.py', 'b/b.py')],
  ])('%s is asked for again', (_, raw) => {
    expect(parse(raw)).toMatchObject({ type: 'malformed', tool: 'patch_file' });
  });

  it.each([
    ['before', `The last commit changed this:\n\n\`\`\`diff\n${diff('-a\n+b\n')}\`\`\``],
    ['behind', `${diff('-a\n+b\n')}\n\nThat is what the last commit changed.`],
  ])('with words of an answer %s it is an answer', (_, raw) => {
    expect(parse(raw)).toMatchObject({ type: 'final' });
  });
});

describe('an envelope of apply_patch', () => {
  const envelope = (...files: string[]) => `*** Begin Patch\n${files.join('')}*** End Patch`;

  it.each(EDITS.flatMap((edit) => LEAD_INS.map((lead) => [lead, ...edit])))(
    'with %j before is a patch of %j',
    (lead, old, next) => {
      const file = `*** Update File: src/app.py\n@@ def f():\n${hunkOf(old, next)}`;
      for (const fence of FENCES) {
        expect(parse(lead + fence(envelope(file)))).toMatchObject(patch('src/app.py', old, next));
      }
    },
  );

  it('adds a file', () => {
    const raw = envelope('*** Add File: docs/new.md\n+# New\n+\n+Text.\n');
    expect(parse(raw)).toMatchObject(created('docs/new.md', '# New\n\nText.\n'));
  });

  const update = '*** Update File: a.py\n@@\n-a\n+b\n';
  it.each([
    ['changes two files', envelope(update, '*** Update File: b.py\n@@\n-a\n+b\n')],
    ['has two hunks', envelope(`${update}@@\n-c\n+d\n`)],
    ['deletes a file', envelope('*** Delete File: a.py\n')],
    ['moves a file', envelope('*** Update File: a.py\n*** Move to: b.py\n@@\n-a\n+b\n')],
    ['only adds lines somewhere', envelope('*** Update File: a.py\n@@\n+b\n')],
    ['holds a line without a mark', envelope('*** Update File: a.py\n@@\n-a\nb\n+c\n')],
    ['does not end', `*** Begin Patch\n${update}`],
    ['is followed by words', `${envelope(update)}\nDoes that look right?`],
  ])('is asked for again where it %s', (_, raw) => {
    expect(parse(raw)).toMatchObject({ type: 'malformed', tool: 'patch_file' });
  });
});

describe('a ReAct step', () => {
  const INPUTS: readonly [string, string, Record<string, unknown>][] = [
    ['read_file', '{"path": "src/app.ts"}', { path: 'src/app.ts' }],
    ['read_file', '```json\n{"path": "src/app.ts"}\n```', { path: 'src/app.ts' }],
    ['read_file', 'src/app.ts', { path: 'src/app.ts' }],
    ['read_file', '"src/app.ts"', { path: 'src/app.ts' }],
    ['search', 'load_config', { pattern: 'load_config' }],
    ['run_shell', '{"command": "echo \\"}\\"", "timeout": 5}', { command: 'echo "}"', timeout: 5 }],
    ['list_files', '{}', {}],
  ];
  it.each(
    INPUTS.flatMap((input) =>
      ['', 'Thought: I need it.\n', 'Question: why?\nThought: look.\n'].map((lead) => [
        lead,
        ...input,
      ]),
    ),
  )('after %j is a call of %s with %j', (lead, name, input, args) => {
    for (const end of ['', '\n', '\nObservation: 1: nothing\nThought: Done.']) {
      const plain = `${lead as string}Action: ${name as string}\nAction Input: ${input as string}${end}`;
      const bold = `${lead as string}**Action:** \`${name as string}\`\n**Action Input:** ${input as string}${end}`;
      expect(parse(plain)).toMatchObject({ type: 'call', name, args });
      expect(parse(bold)).toMatchObject({ type: 'call', name, args });
    }
  });

  it.each([
    ['without its input', 'Action: read_file'],
    ['in an offer', 'You could do this:\nAction: read_file\nAction Input: {"path":"a"}'],
    ['of a command in plain words', 'Action: run_shell\nAction Input: pytest -q tests'],
    ['with several lines of input', 'Action: run_shell\nAction Input: cd x\nls'],
    ['with text for several arguments', 'Action: write_file\nAction Input: a.txt'],
    ['with a part of a call for its input', 'Action: read_file\nAction Input: path="a"'],
  ])('%s is asked for again', (_, raw) => {
    expect(parse(raw).type).toBe('malformed');
  });

  it.each([
    'Action: none of the tools is needed, the answer is 4.',
    'In ReAct, a step is:\n```\nAction: read_file\nAction Input: {"path":"a"}\n```\nand so on.',
  ])('is not seen in the answer %j', (raw) => {
    expect(parse(raw)).toMatchObject({ type: 'final' });
  });
});

describe('code that other agents run', () => {
  it.each([
    ['commands alone', '```bash\nnpm test\n```', 'run_shell'],
    ['announced commands', 'I will now run the tests:\n\n```sh\nnpm test\n```', 'run_shell'],
    ['a step of mini-swe-agent', 'THOUGHT: Look first.\n\n```bash\nls\n```', 'run_shell'],
    [
      'a step of smolagents',
      'Thought: look.\nCode:\n```py\nx = read_file(path="a")\nprint(x)\n```<end_code>',
      'read_file',
    ],
    ['Python in a tag', '<code>\nprint(search(pattern="x"))\n</code>', 'search'],
  ])('is asked for again: %s', (_, raw, tool) => {
    expect(parse(raw)).toMatchObject({ type: 'malformed', tool });
  });

  it.each([
    'You can run the tests with:\n\n```bash\nnpm test\n```',
    '```bash\nnpm test\n```\n\nThis runs all tests.',
    'Code:\n```py\nx = load("a")\n```',
  ])('is shown in the answer %j', (raw) => {
    expect(parse(raw)).toMatchObject({ type: 'final' });
  });
});
