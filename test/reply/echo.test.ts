import { describe, expect, it } from 'vitest';
import { buildSystem, instructionsOf } from '../../src/prompt/prefix.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { isEcho } from '../../src/reply/echo.ts';
import { allTools } from '../../src/tools/index.ts';

const workspace = 'Workspace:\nThe readme says: this line is part of the repository.';
const system = buildSystem({ tools: allTools, workspace, readOnly: false });
const examples = buildExamples(allTools);
const REQUEST = 'Look at the tests, please.\nWhich of them fail today?';
const told = { instructions: instructionsOf({ system, examples }), request: REQUEST };

describe('an answer is an echo', () => {
  it.each([
    ['a rule', 'A new file is complete and runs as it stands, imports included.'],
    [
      'a rule as it stands in the list',
      '- A new file is complete and runs as it stands, imports included.',
    ],
    [
      'a rule in other letters and blanks',
      'a new file is COMPLETE and  runs as it stands, imports included.',
    ],
    [
      'two rules',
      'Be brief and concrete.\n\nDo not repeat a call that did not help: try another tool, or answer.',
    ],
    ['the answer of an example', 'sample-1.ext says: one short line'],
    [
      'an answer of an example within its tags',
      '<final>sample-1.ext says: one short line</final>\nExample: Which files are in sample-4?',
    ],
    [
      'the signature of a tool',
      system.split('\n').find((line) => line.includes('read_file(')) ?? '',
    ],
    ['the whole request, quoted', '> Look at the tests, please.\n> Which of them fail today?'],
  ])('that only repeats %s', (_, answer) => {
    expect(isEcho(answer, told)).toBe(true);
  });
});

describe('a reply is not an answer', () => {
  it.each([
    ['it is short', 'Yes.'],
    ['it is one word of the request', 'today'],
    ['it is one of the lines that were asked about', 'Which of them fail today?'],
    ['it is short and stands in the request', 'the tests, please'],
    ['it quotes a file', 'It begins by:\n\nimport fs from "node:fs";'],
    ['it quotes what the workspace says', 'this line is part of the repository.'],
    ['it says more than a rule', 'Be brief and concrete.\nThat is what rule seven asks for.'],
    ['it has a rule in a sentence', 'The rule "Be brief and concrete." stands there.'],
    ['it repeats the request and answers it', 'Which of them fail today?\nNone of the 12 fails.'],
    ['it is empty', ''],
  ])('where %s', (_, answer) => {
    expect(isEcho(answer, told)).toBe(false);
  });
});
