/** Tasks whose answer is a fact that a file states. */
import { call, final, type Task } from '../task.ts';
import { shop } from './shop.ts';
import { station } from './station.ts';

/** Five tasks. */
export const read: readonly Task[] = [
  {
    name: 'read-version',
    kind: 'read',
    request: 'Which version does package.json give this project?',
    files: shop,
    expected: { answer: [/\b2\.3\.1\b/] },
    solution: [call('read_file', { path: 'package.json' }), final('Version 2.3.1.')],
  },
  {
    name: 'read-two-numbers',
    kind: 'read',
    request:
      'Look at src/discounts.js: from how many pieces on is there a bulk discount, and how many percent is it?',
    files: shop,
    expected: { answer: [/\b12\b|twelve/i, /\b10\b|\bten\b/i], notInAnswer: [/\b7\b/] },
    solution: [
      call('read_file', { path: 'src/discounts.js' }),
      final('From 12 pieces on, and it is 10 percent.'),
    ],
  },
  {
    name: 'read-table-cell',
    kind: 'read',
    request: 'Which model is the rain sensor, according to docs/sensors.md?',
    files: station,
    expected: { answer: [/\bRG-7\b/], notInAnswer: [/VT-40|LX-210/] },
    solution: [
      call('read_file', { path: 'docs/sensors.md' }),
      final('The rain sensor is an RG-7.'),
    ],
  },
  {
    name: 'read-csv-row',
    kind: 'read',
    request: 'Which temperature did the hilltop station measure on 2025-03-07? See data/march.csv.',
    files: station,
    expected: { answer: [/\b19\b/] },
    solution: [
      call('search', { pattern: '2025-03-07,hilltop', path: 'data' }),
      final('It measured 19.'),
    ],
  },
  {
    name: 'read-rule-in-code',
    kind: 'read',
    request:
      'How many cents does shipping cost for an order of 1,800 grams that is worth 2,000 cents?',
    files: shop,
    expected: { answer: [/\b590\b/], notInAnswer: [/\b380\b|\b890\b/] },
    solution: [call('read_file', { path: 'src/shipping.js' }), final('It costs 590 cents.')],
  },
];
