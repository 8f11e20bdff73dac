/** Tasks that ask for a change of files. */
import { call, final, patch, replaced, type Task } from '../task.ts';
import { kiln } from './kiln.ts';
import { observatory } from './observatory.ts';
import { tram } from './tram.ts';

/** Where the stop is named. */
const NAMED = ['lines/4.yaml', 'lines/7.yaml', 'docs/stops.md', 'README.md'];

/** Five tasks. */
export const edit: readonly Task[] = [
  {
    name: 'edit-wagon-limit',
    kind: 'edit',
    request: 'Set MAX_WAGONS in src/depot.rs to 3.',
    files: tram,
    expected: { files: replaced(tram, 'src/depot.rs', 'usize = 2;', 'usize = 3;') },
    solution: [
      ...patch('src/depot.rs', 'MAX_WAGONS: usize = 2;', 'MAX_WAGONS: usize = 3;'),
      final('A driver may pull three wagons now.'),
    ],
  },
  {
    name: 'edit-mount-timeout',
    kind: 'edit',
    request:
      'Add the line "timeout = 30" to config/observatory.ini, as the last setting of the section ' +
      '[mount].',
    files: observatory,
    expected: {
      files: replaced(
        observatory,
        'config/observatory.ini',
        'port = 7624\n',
        'port = 7624\ntimeout = 30\n',
      ),
    },
    solution: [
      ...patch('config/observatory.ini', 'port = 7624\n', 'port = 7624\ntimeout = 30\n'),
      final('The mount has a timeout.'),
    ],
  },
  {
    name: 'edit-stop-name',
    kind: 'edit',
    request:
      'The stop "Old Mill" is called "Mill Quarter" from now on. Please change the name wherever it ' +
      'occurs, but leave CHANGELOG.md as it is.',
    files: tram,
    expected: {
      files: {
        ...replaced(tram, 'lines/4.yaml', 'Old Mill', 'Mill Quarter'),
        ...replaced(tram, 'lines/7.yaml', 'Old Mill', 'Mill Quarter'),
        ...replaced(tram, 'README.md', 'Old Mill', 'Mill Quarter'),
        // Whoever makes the list anew gets a stop that it does not have yet.
        'docs/stops.md': [/^- Mill Quarter$/m, /^(?![^]*Old Mill)/],
      },
    },
    solution: [
      call('search', { pattern: 'Old Mill' }),
      ...NAMED.flatMap((file) => patch(file, 'Old Mill', 'Mill Quarter')),
      final('The stop is Mill Quarter in both lines, the list and the README.'),
    ],
  },
  {
    name: 'edit-function-name',
    kind: 'edit',
    request:
      'Rename the Go function Radians in internal/sky to ToRadians, with all its calls. Change ' +
      'nothing else.',
    files: observatory,
    expected: {
      files: {
        ...replaced(observatory, 'cmd/observe/main.go', 'sky.Radians(', 'sky.ToRadians('),
        ...replaced(observatory, 'internal/sky/sun.go', 'Radians(', 'ToRadians('),
        'internal/sky/angles.go': [
          /^package sky\n\nimport "math"\n\n\/\/ .*\nfunc ToRadians\(degrees float64\) float64 \{ return degrees \* math\.Pi \/ 180 \}\n\n\/\/ Wrap brings .*\nfunc Wrap\(degrees float64\) float64 \{ return math\.Mod\(degrees\+360, 360\) \}\n*$/,
        ],
      },
    },
    solution: [
      call('search', { pattern: 'Radians' }),
      ...patch(
        'internal/sky/angles.go',
        '// Radians are degrees in radians.\nfunc Radians(',
        '// ToRadians are degrees in radians.\nfunc ToRadians(',
      ),
      ...patch('internal/sky/sun.go', 'Radians(turned)', 'ToRadians(turned)'),
      ...patch(
        'cmd/observe/main.go',
        'sky.Radians(83.82), sky.Radians(-5.39)',
        'sky.ToRadians(83.82), sky.ToRadians(-5.39)',
      ),
      final('It is ToRadians in all three files.'),
    ],
  },
  {
    name: 'edit-duration-format',
    kind: 'edit',
    request:
      'formatDuration in lib/schedule.js should give "6 h 05 min" instead of "6:05". Always with two ' +
      'digits for the minutes. Update its test, too.',
    files: kiln,
    expected: {
      files: { 'test/schedule.test.js': [/6 h 05 min/] },
      mayChange: ['lib/schedule.js'],
      succeeds: `node --test && node --input-type=module -e "import assert from 'node:assert/strict'; import { formatDuration as f, minutes } from './lib/schedule.js'; assert.equal(f(59), '0 h 59 min'); assert.equal(f(600), '10 h 00 min'); assert.equal(f(61), '1 h 01 min'); assert.equal(minutes([{ to: 120, rate: 100, hold: 30 }]), 90)"`,
    },
    solution: [
      ...patch('lib/schedule.js', "+ ':' + rest;", "+ ' h ' + rest + ' min';"),
      ...patch('test/schedule.test.js', "'6:05'", "'6 h 05 min'"),
      final('Durations read like 6 h 05 min, in the test as well.'),
    ],
  },
];
