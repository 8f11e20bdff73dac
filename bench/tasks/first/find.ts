/** Tasks whose answer is a place in the repository. */
import { call, final, type Task } from '../task.ts';
import { shop } from './shop.ts';
import { station } from './station.ts';

/** Five tasks. */
export const find: readonly Task[] = [
  {
    name: 'find-definition',
    kind: 'find',
    request: 'In which file is the function percentOf defined? Name only that file.',
    files: shop,
    expected: { answer: [/src\/money\.js/], notInAnswer: [/discounts\.js|money\.test\.js/] },
    solution: [
      call('search', { pattern: 'function percentOf' }),
      final('percentOf is defined in src/money.js.'),
    ],
  },
  {
    name: 'find-constant',
    kind: 'find',
    request:
      'Which file decides from which order value shipping is free? Answer with its path and the name of the constant.',
    files: shop,
    expected: {
      answer: [/src\/shipping\.js/, /FREE_FROM_CENTS/],
      notInAnswer: [/discounts\.js|money\.js/],
    },
    solution: [
      call('search', { pattern: 'FREE' }),
      final('src/shipping.js, by the constant FREE_FROM_CENTS.'),
    ],
  },
  {
    name: 'find-document',
    kind: 'find',
    request: 'Which document says when night duty begins? Name the file.',
    files: station,
    expected: { answer: [/docs\/duty\.md/], notInAnswer: [/sensors\.md|CHANGELOG/] },
    solution: [call('search', { pattern: 'night duty' }), final('docs/duty.md')],
  },
  {
    name: 'find-setting',
    kind: 'find',
    request: 'One of the JSON files mentions a siren. Which file is it, and for which alarm?',
    files: station,
    expected: { answer: [/config\/alarms\.json/, /flood/i], notInAnswer: [/storm|frost/i] },
    solution: [
      call('search', { pattern: 'siren', path: 'config' }),
      call('read_file', { path: 'config/alarms.json' }),
      final('config/alarms.json: the siren is the channel of the flood alarm.'),
    ],
  },
  {
    name: 'find-user-of-file',
    kind: 'find',
    request: 'Which file in src imports shipping.js? Name only that file.',
    files: shop,
    expected: {
      answer: [/src\/cart\.js|\bcart\.js/],
      notInAnswer: [/money\.js|discounts\.js|test/],
    },
    solution: [
      call('search', { pattern: 'shipping.js', path: 'src' }),
      final('src/cart.js imports it.'),
    ],
  },
];
