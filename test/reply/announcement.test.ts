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

it('hears what is announced in the last 400 characters, and offers only there', () => {
  const announced = 'Let me look at the tests.';
  expect(announcesAction(`${'word '.repeat(1_000)}.\n${announced}`)).toBe(true);
  // The one sentence is longer: how it begins is no longer looked at.
  expect(announcesAction(`Let me look at ${'x'.repeat(400)}`)).toBe(false);
  expect(announcesAction(`Let me look at ${'x'.repeat(380)}`)).toBe(true);
  const offer = (room: number) => `Shall I? ${'x'.repeat(room - announced.length)}. ${announced}`;
  expect(announcesAction(offer(300))).toBe(false);
  expect(announcesAction(offer(400))).toBe(true);
});
