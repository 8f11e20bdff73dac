import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import type { ToolShapes } from '../../src/reply/reply.ts';
import { tools as allTools } from '../support/tools.ts';

/** The program's tools, with a few synonyms. */
const tools: ToolShapes = new Map(
  [...allTools].map(([name, { argNames, body }]) => [
    name,
    { argNames, body, risky: name !== 'read_file', synonyms: { run_shell: ['bash'] }[name] ?? [] },
  ]),
);
const parse = (raw: string) => parseReply(raw, tools);

/** Each tool with one of its arguments. */
const CALLS: readonly (readonly [tool: string, arg: string, value: string])[] = [
  ['read_file', 'path', 'src/app.ts'],
  ['list_files', 'path', 'src'],
  ['run_shell', 'command', 'npm test'],
  ['write_file', 'path', 'a.py'],
  ['search', 'pattern', 'TODO'],
];

/** Calls in forms that nothing reads for certain, at least not where they stand. */
const FORMS: Readonly<Record<string, (tool: string, arg: string, value: string) => string>> = {
  'its name and an object': (tool, arg, value) => `${tool} {"${arg}": "${value}"}`,
  'its name, a colon and an object': (tool, arg, value) => `${tool}: {"${arg}": "${value}"}`,
  'its name in bold and an object': (tool, arg, value) => `**${tool}**\n{"${arg}": "${value}"}`,
  'its name and a fenced object': (tool, arg, value) =>
    `${tool}\n\`\`\`json\n{"${arg}": "${value}"}\n\`\`\``,
  'labels and an object': (tool, arg, value) => `Tool: ${tool}\nArguments: {"${arg}": "${value}"}`,
  'labels in YAML': (tool, arg, value) => `tool: ${tool}\nargs:\n  ${arg}: ${value}`,
  'labels of ReAct': (tool, arg, value) =>
    `Thought: I look.\nAction: ${tool}\nAction Input: ${arg} is ${value}`,
  'an action without its input': (tool, _, value) => `Action: ${tool}[${value}]`,
  'a call in Python': (tool, arg, value) => `${tool}(${arg}="${value}")`,
  'a printed call in Python': (tool, arg, value) => `print(${tool}(${arg}='${value}'))`,
  'a call with an object': (tool, arg, value) => `${tool}({"${arg}": "${value}"})`,
  'a call in a fence': (tool, arg, value) => `\`\`\`js\n${tool}({ ${arg}: "${value}" })\n\`\`\``,
  'broken JSON': (tool, arg, value) => `{"name": "${tool}", "arguments": {"${arg}": "${value}"`,
  'JSON inside a line': (tool, arg, value) =>
    `so {"tool": "${tool}", "args": {"${arg}": "${value}"}} it is`,
  'its name as a key, broken': (tool, arg, value) => `so {"${tool}": {"${arg}": "${value}"}`,
  'its name as a tag around text': (tool, _, value) => `<${tool}>${value}</${tool}>`,
  'brackets around text': (tool, _, value) => `[${tool}]${value}[/${tool}]`,
  'the form of the transcript': (tool, arg, value) => `[tool:${tool}] {"${arg}":"${value}"}`,
  'encoded tags': (tool, arg, value) =>
    `&lt;tool name="${tool}"&gt;&lt;${arg}&gt;${value}&lt;/${arg}&gt;&lt;/tool&gt;`,
  'words of a command line': (tool, arg, value) => `${tool} --${arg}=${value.split(' ')[0]}`,
  'marks of an unknown format': (tool, arg, value) =>
    `<|call_tool|>${tool} ${arg} ${value}<|end_call|>`,
  'invoke with broken parameters': (tool, arg, value) =>
    `<invoke name="${tool}"><param ${arg}=${value}>`,
};
const SURROUNDINGS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['I look at it.\n\n', ''],
  ['Sure, I look.\n', '\nThat gives the result.'],
];

describe.each(Object.entries(FORMS))('text with a call as %s', (_, form) => {
  it.each(CALLS)('is no answer: %s', (tool, arg, value) => {
    for (const [before, after] of SURROUNDINGS) {
      const reply = parse(before + form(tool, arg, value) + after);
      // A form that is read may run, and the others show the example of the tool.
      if (reply.type !== 'call') expect(reply).toMatchObject({ type: 'malformed', tool });
      else expect(reply).toMatchObject({ name: tool, args: { [arg]: expect.any(String) } });
    }
  });

  it('may spell its tool in another way', () => {
    for (const spelled of ['readFile', 'Read-File', 'READ_FILE', 'functions.read_file']) {
      const reply = parse(`I look.\n${form(spelled, 'path', 'src/app.ts')}`);
      expect(reply.type, spelled).not.toBe('final');
    }
  });

  it('is an answer where it stands in tags of one', () => {
    const text = `It was:\n${form('read_file', 'path', 'a')} there`;
    expect(parse(`<final>${text}</final>`)).toEqual({ type: 'final', text });
  });
});

it.each([
  ['a patch', '*** Begin Patch\n*** Update File: a.py\n@@\n-x = 1\n+x = 2\n*** End Patch'],
  ['a patch after words', 'I change it.\n*** Begin Patch\n*** Add File: a.py\n+x = 2'],
  ['a block to replace', 'a.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE'],
  [
    'a block to replace in a fence',
    'a.py\n```python\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```',
  ],
  ['an unknown tool', 'I do it.\n{"name": "open_editor", "arguments": {"file": "a"}}'],
  ['an unknown action', 'Action: open_editor\nAction Input: a.py'],
  ['an action in bold', '**Action:** open_editor\n**Action Input:** {"file": "a.py"}'],
  ['a synonym', 'I look. {"name": "bash", "arguments": {"command": "ls"}} is next.'],
  ['a synonym and its object', 'bash\n{"command": "ls -la"}'],
  ['code of another agent', 'Code:\n```py\nhits = read_file(path="a")\nprint(hits)\n```<end_code>'],
  ['the end of a call', 'It is done.\n</function_calls>'],
  ['a call after a colon, in backticks', 'Reading it: `read_file(path="a")`'],
  ['nothing but a call in backticks', '`read_file(path="a")`'],
  ['a step in a fence', "Let me look:\n```\nread_file('a')\n```\nThen I can answer."],
])('text with %s is no answer', (_, raw) => {
  expect(parse(raw).type).not.toBe('final');
});

describe('an answer', () => {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    'names marks in backticks': [
      'Qwen writes `<tool_call>` before the JSON and `</tool_call>` behind it.',
      'The Anthropic format has `<invoke name="x">` inside of `<function_calls>`.',
      'A prompt ends with `<|im_start|>assistant`, and Llama has `<|python_tag|>` as well.',
      'Each block begins with `<<<<<<< SEARCH` and ends with `>>>>>>> REPLACE`.',
      'The envelope starts with `*** Begin Patch`.',
      'It parses `<function=name>` with a regular expression.',
      'The parser calls `read_file(path="a")` first and then returns.',
      'Use `read_file {"path": "a"}` when you want to see it, says the prompt.',
      'You can call `<tool>{"name":"read_file","args":{"path":"a"}}</tool>` in a test.',
      'Qwen sends `<tool_call>{"name": "run_shell", "arguments": {"command": "ls"}}</tool_call>` for it.',
      'Answers stand between `<final>` and `</final>`.',
      '- `search(pattern="x")`: finds lines that match.',
    ],
    'names marks as words': [
      'Qwen opens its calls by <tool_call> and closes them.',
      'Mistral writes [TOOL_CALLS] first.',
      'The <invoke> element holds the parameters.',
      'It looks for <|python_tag|> and stops there.',
      'The closing tag </tool> ends the call.',
      'Its prompt mentions "<function_calls>" and "<invoke>" twice.',
      "The token '<|tool_call|>' is added by the template.",
      'ReAct alternates Thought, Action and Observation.',
      'In ReAct, an Action has an Action Input, and the loop ends with an answer.',
    ],
    'explains a sample': [
      'ReAct prompts look like this:\n\n```\nThought: I need the weather.\nAction: weather\nAction Input: Paris\n```\n\nThe loop then adds an observation.',
      'Aider edits files with blocks:\n```\na.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```\nThe text above the divider must be unique.',
      'Codex has an envelope:\n```\n*** Begin Patch\n*** Update File: a.py\n*** End Patch\n```\nEach file has a section of its own.',
      'The tool is used like this:\n```python\nread_file(path="a")\n```\nIt returns the lines.',
      'It looks so in YAML:\n```yaml\ntool: read_file\nargs:\n  path: a\n```\nThe loader reads it at the start.',
      'The template of Llama is:\n```jinja\n{%- if tools %}\n<|python_tag|>{{ call }}\n{%- endif %}\n```',
      'The parser is:\n```python\ndef parse(text):\n    start = text.index("<function_calls>")\n    return text[start:]\n```',
      'The test is:\n```ts\nit("reads", () => {\n  expect(parse("read_file(path=\'a\')")).toBe(1);\n});\n```',
    ],
    'has code and data that resemble calls': [
      'It calls read_file(path) for each.',
      '```ts\nfunction read_file(path: string) {\n  return fs.readFileSync(path);\n}\n```',
      '```python\ndef read_file(path="a"):\n    return open(path).read()\n```',
      'The signature is read_file(path, start, end).',
      'There is a conflict:\n```\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> main\n```\nKeep the first one.',
      'Search for it with:\n```sh\ngrep -rn TODO src\n```',
      'The tools are:\n- read_file: reads a file\n- search: finds text\n- run_shell: runs a command',
      '| tool | does |\n|---|---|\n| read_file | reads a file |',
      'I ran run_shell twice, and read_file once; both worked.',
      '```js\nconst hits = search({ path: "x" });\n```\nis the call.',
      'The package is:\n```json\n{"name": "search", "version": "1.0.0"}\n```',
      'The schema is:\n```json\n{"name": "read_file", "description": "Reads", "input_schema": {"type": "object"}}\n```',
      'Call to action: sign up today.',
      'Action: the button opens a menu.',
      'The form has <search> and <input> elements.',
      'Use &lt;b&gt; for bold text, and &lt;tool-bar&gt; for the bar.',
      'The result is `true`. The next step: deploy it.',
      'Use the [search](docs/search.md) page.',
      'It is read with Array<Tool> and Map<string, ToolCall>.',
    ],
  };

  it.each(Object.entries(kinds).flatMap(([kind, texts]) => texts.map((text) => [kind, text])))(
    '%s: %s',
    (_, text) => {
      expect(parse(text)).toEqual({ type: 'final', text });
    },
  );
});
