/** Tasks that ask for a command to be run, and what it says. */
import { createHash } from 'node:crypto';
import { final, replaced, shell, type Task } from '../task.ts';
import { choir } from './choir.ts';
import { kiln } from './kiln.ts';
import { observatory } from './observatory.ts';
import { tram } from './tram.ts';

const EXPOSURES = 'migrations/002_exposures.sql';

/** What git names a file with this text. */
function objectName(text = ''): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

const misspelt = replaced(
  choir,
  'tables/rehearsals.tsv',
  '2025-02-04\tLena Ostrowski',
  '2025-02-04\tLena Ostrwoski',
);

/** Five tasks. */
export const run: readonly Task[] = [
  {
    name: 'run-attendance',
    kind: 'run',
    request: 'Run bin/attendance.sh for Ines Varga. What percentage does it print?',
    files: choir,
    expected: { answer: [/\b83\b/], notInAnswer: [/\b33\b/] },
    solution: [shell("sh bin/attendance.sh 'Ines Varga'"), final('83%.')],
  },
  {
    name: 'run-object-name',
    kind: 'run',
    request: `What does "git hash-object ${EXPOSURES}" print? The first eight characters will do.`,
    files: observatory,
    expected: { answer: [new RegExp(objectName(observatory[EXPOSURES]).slice(0, 8))] },
    solution: [
      shell(`git hash-object ${EXPOSURES}`),
      final(objectName(observatory[EXPOSURES]).slice(0, 8)),
    ],
  },
  {
    name: 'run-simulation',
    kind: 'run',
    request: 'Simulate the glost firing as the README says. How long does it take, how many kWh?',
    files: kiln,
    expected: { answer: [/\b10:36\b|\b10 ?h(?:ours?)?,?(?: and)? 36\b|\b636\b/, /\b45[.,]8\b/] },
    solution: [
      shell('cat README.md; node bin/simulate.js programs/glost.json'),
      final('It takes 10:36 and 45.8 kWh.'),
    ],
  },
  {
    name: 'run-name-check',
    kind: 'run',
    request:
      'Run sh bin/names.sh. Which names does it not know, and on which lines are they? Do not repair ' +
      'anything yet.',
    files: {
      ...choir,
      ...replaced(
        misspelt,
        'tables/rehearsals.tsv',
        '2025-01-21\tTomas Rehn',
        '2025-01-21\tThomas Rehn',
      ),
    },
    expected: { answer: [/Ostrwoski/, /Thomas/, /\b7\b/, /\b19\b/], notInAnswer: [/Castell/] },
    solution: [
      shell('sh bin/names.sh'),
      final('Thomas Rehn on line 7 and Lena Ostrwoski on line 19.'),
    ],
  },
  {
    name: 'run-stop-list',
    kind: 'run',
    request:
      'docs/stops.md is out of date. Make it anew with the script that the README names, and tell me ' +
      'how many stops there are now.',
    files: tram,
    expected: {
      files: replaced(tram, 'docs/stops.md', '- Old Mill', '- Linden Row\n- Old Mill'),
      answer: [/\b7\b|\bseven\b/i],
    },
    solution: [
      shell('cat README.md'),
      shell('sh tools/stops.sh > docs/stops.md && wc -l < docs/stops.md'),
      final('There are 7 stops now.'),
    ],
  },
];
