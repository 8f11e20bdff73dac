/** Tasks that ask where something is. */
import { call, final, shell, type Task } from '../task.ts';
import { choir } from './choir.ts';
import { kiln } from './kiln.ts';
import { observatory } from './observatory.ts';
import { tram } from './tram.ts';

/** Five tasks. */
export const find: readonly Task[] = [
  {
    name: 'find-dark-enough',
    kind: 'find',
    request: 'Which file decides whether it is too light outside for an open roof? Just the path.',
    files: observatory,
    expected: { answer: [/twilight\.go/], notInAnswer: [/(?:shutter|sun|main|rotate)\.go/] },
    solution: [
      call('search', { pattern: 'too bright' }),
      call('read_file', { path: 'internal/dome/twilight.go' }),
      final('internal/dome/twilight.go'),
    ],
  },
  {
    name: 'find-migration',
    kind: 'find',
    request: 'which migration adds the column "seeing"? name only that one',
    files: observatory,
    expected: { answer: [/003_quality/], notInAnswer: [/00[124]_/] },
    solution: [call('search', { pattern: 'seeing' }), final('It is 003_quality.sql.')],
  },
  {
    name: 'find-line-of-function',
    kind: 'find',
    request:
      'On which line of src/network.rs does the function `distance` start (the line with fn)?',
    files: tram,
    expected: { answer: [/\b15\b/], notInAnswer: [/\b(?:2|10|14|16)\b/] },
    solution: [call('search', { pattern: 'fn distance', path: 'src' }), final('On line 15.')],
  },
  {
    name: 'find-unused-module',
    kind: 'find',
    request:
      'One of the modules in lib/ is imported by no other file at all, not even by a test. Which? ' +
      'Answer with its file name only.',
    files: kiln,
    expected: {
      answer: [/stacking/],
      notInAnswer: [/(?:cones|energy|load|oxides|schedule|units)\.js/],
    },
    solution: [
      shell('for f in lib/*.js; do grep -rq "$(basename $f)\'" bin lib test || echo $f; done'),
      final('stacking.js'),
    ],
  },
  {
    name: 'find-sender-variable',
    kind: 'find',
    request:
      'I set CHOIR_SENDER in my shell. Which script looks at it? Only the name of the script.',
    files: choir,
    expected: { answer: [/letter\.sh/], notInAnswer: [/(?:roster|attendance|names)\.sh/] },
    solution: [call('search', { pattern: 'CHOIR_SENDER' }), final('bin/letter.sh')],
  },
];
