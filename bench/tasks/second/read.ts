/** Tasks whose answer is a fact that a file states. */
import { call, final, type Task } from '../task.ts';
import { harbour } from './harbour.ts';
import { lending } from './lending.ts';
import { site } from './site.ts';

/** Five tasks. */
export const read: readonly Task[] = [
  {
    name: 'read-port',
    kind: 'read',
    request: 'On which port does the server listen? See server.conf.',
    files: site,
    expected: { answer: [/\b8443\b/] },
    solution: [call('read_file', { path: 'server.conf' }), final('On port 8443.')],
  },
  {
    name: 'read-opening-time',
    kind: 'read',
    request: 'Until when is the library open on Thursdays? rules/opening.txt has the times.',
    files: lending,
    expected: { answer: [/\b20:15\b|\b8:15\b/], notInAnswer: [/18:30/] },
    solution: [call('read_file', { path: 'rules/opening.txt' }), final('Until 20:15.')],
  },
  {
    name: 'read-shelf',
    kind: 'read',
    request: 'On which shelf is the book "Meridian"? Look into stock/books.yaml.',
    files: lending,
    expected: { answer: [/\bD8\b/] },
    solution: [
      call('search', { pattern: 'Meridian', path: 'stock' }),
      call('read_file', { path: 'stock/books.yaml' }),
      final('On shelf D8.'),
    ],
  },
  {
    name: 'read-compute-fee',
    kind: 'read',
    request:
      'How many cents does late_fee in lending/fees.py return for a loan that is 10 days late?',
    files: lending,
    expected: { answer: [/\b150\b/] },
    solution: [
      call('read_file', { path: 'lending/fees.py' }),
      final('150 cents: 10 days at 15 cents.'),
    ],
  },
  {
    name: 'read-months',
    kind: 'read',
    request: 'Which months count as winter in lib/tariff.js? Answer with their numbers.',
    files: harbour,
    expected: { answer: [/\b11\b/, /\b12\b/, /\b0?1\b/, /\b0?2\b/], notInAnswer: [/\b0?3\b/] },
    solution: [call('read_file', { path: 'lib/tariff.js' }), final('The months 11, 12, 1 and 2.')],
  },
];
