/** Tasks that need a command to be run, and its outcome to be told. */
import { final, replaced, shell, type Task } from '../task.ts';
import { shop } from './shop.ts';
import { station } from './station.ts';

/** Five tasks. */
export const run: readonly Task[] = [
  {
    name: 'run-script',
    kind: 'run',
    request: 'Run scripts/self-test.sh with sh and tell me the code that it prints.',
    files: station,
    expected: { answer: [/\b5744\b/] },
    solution: [shell('sh scripts/self-test.sh'), final('The code is 5744.')],
  },
  {
    name: 'run-with-arguments',
    kind: 'run',
    request:
      'What is the average wind of the hilltop station? Use scripts/average.sh; its first lines say how.',
    files: station,
    expected: { answer: [/\b15\.05\b/] },
    solution: [
      shell('head -4 scripts/average.sh; sh scripts/average.sh hilltop 4'),
      final('The average wind is 15.05.'),
    ],
  },
  {
    name: 'run-tests-count',
    kind: 'run',
    request: 'Run node --test. How many tests pass, and how many fail?',
    files: shop,
    expected: { answer: [/\b6\b|\bsix\b|\ball\b/i, /\b0\b|\bno\b|\bnone\b|zero/i] },
    solution: [shell('node --test 2>&1 | tail -9'), final('6 tests pass, 0 fail.')],
  },
  {
    name: 'run-failing-command',
    kind: 'run',
    request:
      'Run sh scripts/self-test.sh. Does it pass? Tell me the error code. Do not fix anything.',
    files: { ...station, ...replaced(station, 'config/station.json', '300', '450') },
    expected: { answer: [/\bE17\b/] },
    solution: [shell('sh scripts/self-test.sh'), final('No: it fails with E17, wrong interval.')],
  },
  {
    name: 'run-and-keep-output',
    kind: 'run',
    request:
      'Run sh scripts/backup.sh backup and tell me the names of the files that are in the folder backup afterwards.',
    files: station,
    expected: {
      answer: [/march\.csv/],
      files: { 'backup/march.csv': station['data/march.csv'] ?? '' },
    },
    solution: [shell('sh scripts/backup.sh backup && ls backup'), final('One file: march.csv.')],
  },
];
