/** Tasks that need a command to be run, and its outcome to be told. */
import { final, replaced, shell, type Task } from '../task.ts';
import { harbour } from './harbour.ts';
import { site } from './site.ts';

/** Five tasks. */
export const run: readonly Task[] = [
  {
    name: 'run-link-count',
    kind: 'run',
    request: 'Run node tools/links.mjs and tell me how many links it counts.',
    files: site,
    expected: { answer: [/\b12\b/] },
    solution: [shell('node tools/links.mjs'), final('It counts 12 links; none is broken.')],
  },
  {
    name: 'run-size',
    kind: 'run',
    request: 'How many bytes are all pages together? tools/weigh.sh tells: run it with sh.',
    files: site,
    expected: { answer: [/\b1323\b/] },
    solution: [shell('sh tools/weigh.sh'), final('1323 bytes.')],
  },
  {
    name: 'run-function',
    kind: 'run',
    request:
      'What does stayFee(7.5, 2, 23) of lib/tariff.js return? Run it with node, and answer with the number.',
    files: harbour,
    expected: { answer: [/\b11[,.]?200\b/] },
    solution: [
      shell(`node -p "require('./lib/tariff.js').stayFee(7.5, 2, 23)"`),
      final('It returns 11200.'),
    ],
  },
  {
    name: 'run-failing-test',
    kind: 'run',
    request: 'Run node --test. One test fails: what is its name? Only tell me, and change nothing.',
    files: { ...harbour, ...replaced(harbour, 'lib/tariff.js', 'full / 2', 'full / 3') },
    expected: {
      answer: [/winter costs half/i],
      notInAnswer: [/seventh night|quarter is taken/i],
    },
    solution: [
      shell('node --test 2>&1 | grep "not ok"'),
      final('The test "winter costs half" fails.'),
    ],
  },
  {
    name: 'run-make',
    kind: 'run',
    request:
      'Copy the pages to public by the commands of the Makefile, without make: mkdir -p public, then cp. How many files are in public afterwards?',
    files: site,
    expected: {
      answer: [/\b4\b|\bfour\b/i],
      files: {
        'public/index.html': site['pages/index.html'] ?? '',
        'public/tours.html': site['pages/tours.html'] ?? '',
        'public/boat.html': site['pages/boat.html'] ?? '',
        'public/style.css': site['pages/style.css'] ?? '',
      },
    },
    solution: [
      shell('mkdir -p public && cp pages/* public && ls public | wc -l'),
      final('There are 4 files in public.'),
    ],
  },
];
