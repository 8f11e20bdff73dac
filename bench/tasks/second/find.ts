/** Tasks whose answer is a place in the repository. */
import { call, final, type Task } from '../task.ts';
import { harbour } from './harbour.ts';
import { lending } from './lending.ts';
import { site } from './site.ts';

/** Five tasks. */
export const find: readonly Task[] = [
  {
    name: 'find-class',
    kind: 'find',
    request: 'Where is the Python class Loan defined? Give me only the path of the file.',
    files: lending,
    expected: { answer: [/lending\/loans\.py/], notInAnswer: [/fees\.py|letters\.py/] },
    solution: [call('search', { pattern: 'class Loan' }), final('lending/loans.py')],
  },
  {
    name: 'find-line-number',
    kind: 'find',
    request:
      'In which line of lending/fees.py does HIGHEST_FEE get its value? Answer with the number.',
    files: lending,
    expected: { answer: [/\b7\b/] },
    solution: [call('search', { pattern: 'HIGHEST_FEE =', path: 'lending' }), final('In line 7.')],
  },
  {
    name: 'find-page',
    kind: 'find',
    request: 'One of the HTML pages tells how many guests the boat carries. Which one?',
    files: site,
    expected: { answer: [/boat\.html/], notInAnswer: [/index\.html|tours\.html/] },
    solution: [call('search', { pattern: 'guests' }), final('pages/boat.html')],
  },
  {
    name: 'find-untested-name',
    kind: 'find',
    request:
      'A function in lib takes the length of a stay in nights. What is its name, and in which file is it?',
    files: harbour,
    expected: { answer: [/\bstayFee\b/, /tariff\.js/], notInAnswer: [/findBerth|boardName/] },
    solution: [
      call('list_files', { path: 'lib' }),
      call('read_file', { path: 'lib/tariff.js' }),
      final('stayFee in lib/tariff.js.'),
    ],
  },
  {
    name: 'find-variable-use',
    kind: 'find',
    request: 'Which rule (selector) of pages/style.css uses the variable --gap?',
    files: site,
    expected: { answer: [/\bnav a\b/], notInAnswer: [/\bmain\b/] },
    solution: [call('read_file', { path: 'pages/style.css' }), final('The rule `nav a`.')],
  },
];
