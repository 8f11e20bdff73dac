import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Approvals } from '../../src/tools/approval.ts';
import { Gate } from '../../src/tools/gate.ts';
import { allTools } from '../../src/tools/index.ts';
import { runShell } from '../../src/tools/run-shell.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';

/** Sends a call through a gate that allows all. Returns what the model is told. */
async function told(
  files: Record<string, string>,
  name: string,
  args: Record<string, unknown>,
  calledAs?: string,
): Promise<{ content: string; root: string }> {
  const root = temporaryFolder(files);
  const gate = new Gate({
    tools: allTools,
    context: toolContext(root),
    approvals: new Approvals('auto'),
    ask: () => expect.fail('nobody is to be asked'),
    beforeRisky: () => Promise.resolve(),
  });
  const call = { name, args, ...(calledAs !== undefined && { calledAs }) };
  const { content } = await gate.run(call, never);
  return { content, root };
}
const write = (file: string, content: string, before?: string) =>
  told(before === undefined ? {} : { [file]: before }, 'write_file', { path: file, content });
const inFile = (root: string, file: string) => fs.readFileSync(path.join(root, file), 'utf8');

const CODE = 'import a\n\nfunction one() {\n  return 1;\n}\n\nfunction two() {\n  return 2;\n}\n';

const PLACEHOLDERS = [
  '# rest of the file unchanged',
  '// ... existing code ...',
  '<!-- rest of file -->',
  '/* unchanged */',
  '// ...',
  '# ...',
  '// existing code',
  '{/* ... existing code ... */}',
  '# ... rest of the code ...',
  '// rest of code remains the same',
  '# Rest of the implementation',
  '# (rest of the code remains unchanged)',
  '-- ... existing code ...',
  '; rest of file unchanged',
  '% rest of the document',
  '... existing code ...',
  '[... rest of file unchanged ...]',
  '[rest of the code unchanged]',
  '// ... other methods ...',
  '// other methods remain unchanged',
  '// ... keep existing imports ...',
  '// keep the rest of the code as is',
  '# Existing code here',
  '# existing code remains unchanged',
  '# ... (existing code) ...',
  '// ...rest of the function...',
  '// ... rest of the component stays the same',
  '// No changes here',
  '// no changes needed',
  '# same as before',
  '/* ... */',
  '/* ... rest of styles ... */',
  '/* existing styles remain unchanged */',
  '<!-- ... existing content ... -->',
  '<!-- existing content -->',
  '// … existing code …',
  '# Previous code remains the same',
  '// The rest of the file stays the same',
  '// The rest of your code...',
  '  // ... previous implementation ...',
  '# ... other tests unchanged ...',
  '// snip',
  '# [snip]',
  '// code omitted for brevity',
  '// ... omitted for brevity',
  '(* rest of module unchanged *)',
  '{- rest of file unchanged -}',
  '// Other functions stay the same',
  '# the remaining code is unchanged',
  '// ... remaining code ...',
  '// ... more code ...',
  'function foo() { /* ... existing code ... */ }',
  'def foo(): # ... existing code ...',
  'foo() { // ... rest of function',
  "' ... existing code ...",
  'REM rest of file unchanged',
  '# everything else unchanged',
  '// leave everything else as is',
  '// Everything else stays the same',
  '# ... (unchanged)',
  '// (unchanged)',
  '// ... (rest of the file remains the same)',
  '# --- rest of the file unchanged ---',
  '// --- existing code ---',
  '// [existing code]',
  '// [... existing code ...]',
  '/* rest of the styles remain the same */',
  '# remaining methods unchanged',
  '# ... rest of class unchanged',
  '// all other code remains the same',
  '// your existing code here',
  '// keep the rest of the file',
];
const HARMLESS = [
  '# the rest of the arguments',
  '// existing code path',
  '# the rest of the file is parsed lazily',
  '// the rest of the tests use a mock',
  '# keep the rest of the line',
  '// keep existing settings when the user has none',
  '# unchanged files are skipped',
  '// previous value',
  '// other methods',
  '# existing users',
  '// Existing code paths call this twice.',
  '# remaining bytes',
  '// more tests below use this',
  '# same as above, but for lists',
  "expect(text).toBe('// ... existing code ...');",
  'const mark = "# rest of the file unchanged";',
  'x = 1  # unchanged',
  'return old;  // same as before',
  '...',
  '    ...',
  'const [first, ...rest] = list;',
  'function f(...args) {}',
  '// ...and then the rest',
  '// ... then the rest of the payload',
  '# TODO: handle the rest',
  '// Skip the rest of the line',
  '// See the original implementation',
  '# original file name',
  '// code',
  '# file',
  '// logic',
  '# Tests',
  '// imports',
  '# existing tests',
  '// Everything else is an error',
  '# everything else goes to the default handler',
  '// no change detection here',
  '// No changes since the last run',
  '# loading ...',
  '// Waiting for the server...',
  '// Previous page',
  '# Other settings',
  '## Configuration',
  '# -- settings --',
  '// the same file',
  '#include <stdio.h>',
  '#!/bin/sh',
  '// rest parameters',
  '// remaining lines',
  '# omitted fields get defaults',
  '// truncated output is marked',
  '// TODO: more tests',
  '// etc.',
  'print("...")',
  'case x: // ...',
  '[...existing, item]',
  '{...rest}',
  '<Component {...props} />',
  '// Keep existing connections alive',
  '// leave the original untouched',
  '# keep original order',
  '# The original file is kept',
  '// content',
  '/* body */',
  '// as before, but with retries',
  '...rest,',
  '...existing,',
  '[...rest]',
  '# keep the rest',
  '# keep existing settings',
  '// leave all else',
  '// Keep the rest of the arguments',
  "<rest of='x'>",
  '... ok',
];

describe('a line that stands for what is in the file already', () => {
  it.each(PLACEHOLDERS)('is refused over a file that has more: %s', async (line) => {
    const content = `import a\n${line}\n`;
    const { content: result, root } = await write('a.ts', content, CODE);
    expect(result).toMatch(/^error: .*would land in the file instead of what it stands for/);
    expect(inFile(root, 'a.ts')).toBe(CODE);
    // In a new file, and in one that has the line, it is text like any other.
    expect((await write('a.ts', content)).content).toMatch(/^wrote/);
    expect((await write('a.ts', content, `${CODE}  ${line}\n`)).content).toMatch(/^wrote/);
  });

  it.each(PLACEHOLDERS.filter((line) => !/^\W+$/.test(line)))(
    'is refused as part of a passage: %s',
    async (line) => {
      const args = { path: 'a.ts', old_text: '  return 1;\n', new_text: `  return 3;\n${line}\n` };
      const { content, root } = await told({ 'a.ts': CODE }, 'patch_file', args);
      expect(content).toMatch(/^error: .*new_text: .*would land in the file/);
      expect(inFile(root, 'a.ts')).toBe(CODE);
      const known = { ...args, old_text: `${line}\n` };
      const patched = await told({ 'a.ts': `${CODE}${line}\n` }, 'patch_file', known);
      expect(patched.content).toMatch(/^patched/);
    },
  );

  it.each(HARMLESS)('is not this one: %s', async (line) => {
    expect((await write('a.ts', `import a\n${line}\n`, CODE)).content).toMatch(/^wrote/);
    const args = { path: 'a.ts', old_text: '  return 1;\n', new_text: `${line}\n` };
    expect((await told({ 'a.ts': CODE }, 'patch_file', args)).content).toMatch(/^patched/);
  });

  it('is harmless where nothing is left out', async () => {
    const { content } = await write('a.ts', `${CODE}// rest of the file unchanged\n`, CODE);
    expect(content).toMatch(/^wrote/);
    // Only dots in a comment are less than certain: the file must become shorter.
    expect((await write('a.py', 'a\n# ...\nc\nd\n', 'a\nb\nc\n')).content).toMatch(/^wrote/);
  });
});

describe('a wrapping that belongs to the reply', () => {
  const FENCED = '```ts\nconst a = 1;\n```\n';
  it.each([
    ['a.ts', FENCED],
    ['src/a.py', '\n```python\nx = 1\n\ny = 2\n```'],
    ['Makefile', '~~~\nall:\n\techo\n~~~\n'],
    ['data.json', '```json\n{}\n```'],
    ['a.ts', '<![CDATA[const a = 1;\n]]>'],
    ['a.xml', ' <![CDATA[<a/>]]>\n'],
    ['README.md', '<![CDATA[# Title]]>'],
  ])('is refused around all of %s: %j', async (file, content) => {
    const { content: result, root } = await write(file, content);
    expect(result).toMatch(/^error: .*content: it is wrapped in .*leave it out/);
    expect(fs.existsSync(path.join(root, file))).toBe(false);
  });

  it.each([
    ['a.md', FENCED],
    ['README', FENCED],
    ['notes.txt', FENCED],
    ['page.mdx', FENCED],
    ['a.snap', FENCED],
    ['a.ts', '/*\n```ts\na();\n```\n*/\n'],
    ['a.py', '"""\n```\n"""\n'],
    ['a.ts', '```'],
    ['a.xml', '<a><![CDATA[x]]></a>'],
    ['a.html', '<p>a &lt; b &amp;&amp; c</p>\n'],
    ['a.py', 'print("&lt;")\n'],
  ])('is content in %s: %j, kept to the letter', async (file, content) => {
    const { root } = await write(file, content);
    expect(inFile(root, file)).toBe(content);
  });

  it('is refused in a passage, unless old_text has it too', async () => {
    const patch = (file: string, old_text: string, new_text: string) =>
      told({ [file]: `${old_text}\nmore\n` }, 'patch_file', { path: file, old_text, new_text });
    expect((await patch('a.ts', 'let a;', '```ts\nlet b;\n```')).content).toMatch(/code fence/);
    expect((await patch('a.ts', 'let a;', '<![CDATA[let b;]]>')).content).toMatch(/CDATA/);
    expect((await patch('a.md', 'let a;', FENCED)).content).toMatch(/^patched/);
    expect((await patch('a.ts', FENCED, FENCED.replace('1', '2'))).content).toMatch(/^patched/);
    expect((await patch('a.svg', 'a', '<![CDATA[b]]>')).content).toMatch(/^patched/);
  });
});

describe('a file of one line with \\n in it', () => {
  it.each([
    ['a.py', String.raw`import os\nprint(os.name)\n`],
    ['a.py', String.raw`def f():\n    return "a"\n`],
    ['a.py', String.raw`# don't stop\nprint('it')`],
    ['a.js', String.raw`const a = "x";\nconst b = a.split(/\n/);`],
    ['a.md', String.raw`# Title\n\nText with a \`code\`.`],
    ['a.json', String.raw`{\n  "a": 1\n}`],
    ['a.sh', String.raw`#!/bin/sh\nset -e\necho hi`],
    ['a.py', String.raw`def f():\n    return \"a\"\n`],
  ])('is refused in %s: %s', async (file, content) => {
    expect((await write(file, content)).content).toMatch(/write real line ends instead/);
  });

  it.each([
    ['a.py', String.raw`print("a\nb")`],
    ['a.py', String.raw`print(f'a\nb', r"\n", sep='\n')` + '\n'],
    ['a.js', String.raw`x.split(/\r?\n/)`],
    ['a.js', String.raw`export const lines = (t) => t.replace(/\n+$/, '');`],
    ['a.js', 'const a = `x\\ny`;'],
    ['a.json', String.raw`{"a": "x\ny"}`],
    ['a.md', 'Use `\\n` for a line end.'],
    ['a.txt', String.raw`C:\new\names`],
    ['a.properties', String.raw`greeting=Hello\nWorld`],
    ['.env', String.raw`KEY=-----BEGIN-----\nabc`],
    ['a.tex', String.raw`\newcommand{\nu}{x}`],
    ['a.py', String.raw`a\nb` + '\nmore\n'],
  ])('is content in %s: %s', async (file, content) => {
    const { root } = await write(file, content);
    expect(inFile(root, file)).toBe(content);
  });
});

describe('an entity in a command', () => {
  const commands = [
    '&amp;&amp;',
    '&lt;',
    '&gt;',
    '&quot;',
    '&#39;',
    '&#x27;',
    '&apos;',
    '&AMP;',
  ].map((entity) => `pytest -q ${entity} echo ok`);
  it.each([...commands, 'curl "http://x/?a=1&amp;b=2"', 'sed s/a/\\&lt;/ f'])(
    'is refused before anyone is asked: %s',
    async (command) => {
      const { content } = await told({}, 'run_shell', { command });
      expect(content).toMatch(/^error: .*command: it contains &.*a shell does not decode/);
    },
  );

  it.each(['echo a && echo b', 'sleep 0 & wait', 'echo "a & b;"', 'echo x &&echo amp;'])(
    'is not in this one: %s',
    (command) => expect(() => runShell.prepare({ command })).not.toThrow(),
  );

  it('is what a person means who has typed it', async () => {
    const answers = [{ edited: 'echo "&amp;"' }, { allowed: true as const }];
    const gate = new Gate({
      tools: allTools,
      context: toolContext(temporaryFolder()),
      approvals: new Approvals('ask'),
      ask: () => Promise.resolve(answers.shift() ?? expect.fail()),
      beforeRisky: () => Promise.resolve(),
    });
    const { content } = await gate.run({ name: 'run_shell', args: { command: 'ls' } }, never);
    expect(content).toContain('stdout:\n&amp;');
  });
});

describe('a call that creates a file, by its name,', () => {
  const args = { path: 'a.ts', content: 'x\n' };
  it.each(['create_file', 'create', 'new_file', 'createFile', 'create_new_file'])(
    'is refused where the file exists: %s',
    async (calledAs) => {
      const { content, root } = await told({ 'a.ts': CODE }, 'write_file', args, calledAs);
      expect(content).toMatch(/a\.ts exists already: use patch_file .* write_file to replace all/);
      expect(inFile(root, 'a.ts')).toBe(CODE);
      expect((await told({}, 'write_file', args, calledAs)).content).toMatch(/^wrote/);
    },
  );

  it.each([undefined, 'save_file', 'write_to_file', 'create_or_update_file', 'overwrite'])(
    'and none that writes it: %s',
    async (calledAs) => {
      const { content } = await told({ 'a.ts': CODE }, 'write_file', args, calledAs);
      expect(content).toMatch(/^wrote/);
    },
  );
});

it.each([
  ['quotes', 'a.js', String.raw`\"`],
  ['apostrophes', 'a.js', "'"],
  ['slashes', 'a.js', '/'],
  ['blanks', 'a.js', ' /'],
  ['literal line ends', 'a.env', String.raw`\n`],
  ['backticks', 'a.js', '`'],
  ['placeholders', 'a.js', '// ... existing code ...\n'],
  ['dots', 'a.js', '... rest of the '],
  ['CDATA', 'a.js', '<![CDATA['],
  ['fences', 'a.js', '```\n'],
])('much text takes no long time: %s', (_, file, piece) => {
  const content = piece.repeat(200_000);
  const context = toolContext(temporaryFolder({ [file]: CODE }));
  const tool = allTools.find(({ name }) => name === 'write_file') ?? expect.fail();
  const call = tool.prepare({ path: file, content: `${content}\\n` });
  expect(() => call.check(context)).not.toThrow(RangeError);
});
