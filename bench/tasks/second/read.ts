/** Tasks that ask what a file says. */
import { call, final, type Task } from '../task.ts';
import { choir } from './choir.ts';
import { kiln } from './kiln.ts';
import { observatory } from './observatory.ts';
import { tram } from './tram.ts';

/** Five tasks. */
export const read: readonly Task[] = [
  {
    name: 'read-dome-port',
    kind: 'read',
    request: 'What port is set for the dome in config/observatory.ini?',
    files: observatory,
    expected: { answer: [/\b4533\b/], notInAnswer: [/\b(?:7624|5760)\b/] },
    solution: [
      call('read_file', { path: 'config/observatory.ini' }),
      final('The dome has port 4533.'),
    ],
  },
  {
    name: 'read-hottest-step',
    kind: 'read',
    request:
      'How hot does the glost program get at most, and for how many minutes does it hold that?',
    files: kiln,
    expected: { answer: [/\b1[,.' ]?222\b/, /\b15\b/], notInAnswer: [/\b45\b/] },
    solution: [
      call('list_files', { path: 'programs' }),
      call('read_file', { path: 'programs/glost.json' }),
      final('At most 1222 °C, for 15 minutes.'),
    ],
  },
  {
    name: 'read-default-target',
    kind: 'read',
    request: 'Which target of the Makefile is made if I type just "make"? Do not run it.',
    files: choir,
    expected: { answer: [/\bletter\b/], notInAnswer: [/\broster\b/] },
    solution: [call('read_file', { path: 'Makefile' }), final('The default is letter.')],
  },
  {
    name: 'read-release',
    kind: 'read',
    request: 'Since which version do we have night trams, and when was that version released?',
    files: tram,
    expected: {
      answer: [/\b0\.7\.0\b/, /2024-03-18|\bMarch 18|\b18(?:th)?(?: of)? March/],
      notInAnswer: [/\b0\.9\.0\b/],
    },
    solution: [
      call('search', { pattern: '[Nn]ight' }),
      call('read_file', { path: 'CHANGELOG.md' }),
      final('Since 0.7.0, which was released on 2024-03-18.'),
    ],
  },
  {
    name: 'read-idle-time',
    kind: 'read',
    request: 'After how many minutes without a command does the telescope mount park itself?',
    files: observatory,
    expected: { answer: [/\b45\b|\bforty-five\b/i] },
    solution: [
      call('read_file', { path: 'internal/mount/park.go' }),
      final('After 45 minutes (2700 seconds).'),
    ],
  },
];
