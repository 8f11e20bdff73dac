import { expect, it } from 'vitest';
import { announcesAction } from '../../src/reply/announcement.ts';

it.each([
  'I will now create the file.',
  "I'll start by reading README.md.",
  'Let me look at the tests:',
  "The parser is in src/parse.ts.\n\nLet's run the tests first.",
  'I am going to search for it…',
  'I’ll go ahead and fix that.',
  'First, I need to read the file.',
])('hears an action announced in %j', (text) => {
  expect(announcesAction(text)).toBe(true);
});

it.each([
  'I will not change it.',
  'If you want, I will add a test.',
  'Once you agree, I will create the file.',
  'Shall I go on? Let me know.',
  'Let me know when to run it.',
  'I created the file. It will run on start.',
  'I will create the file.\n\nDone: it is there and the tests pass.',
  'Should I say "let me look"?',
  '',
])('hears none in %j', (text) => {
  expect(announcesAction(text)).toBe(false);
});
