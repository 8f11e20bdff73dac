/** Tasks with something that fails: the cause has to be found, and the tests stay. */
import { call, final, patch, replaced, shell, type Task } from '../task.ts';
import { choir } from './choir.ts';
import { kiln } from './kiln.ts';

/** The tests of the repository, and then more than they say. */
const passes = (script: string) =>
  `node --test && node --input-type=module -e "import assert from 'node:assert/strict'; ${script}"`;

const schedule = replaced(kiln, 'lib/schedule.js', 'Math.abs(to - at)', '(to - at)');

/** Five tasks. */
export const fix: readonly Task[] = [
  {
    name: 'fix-missing-await',
    kind: 'fix',
    request: 'The test test/load.test.js fails. Please repair lib/load.js, the test is right.',
    files: { ...kiln, ...replaced(kiln, 'lib/load.js', 'await readFile', 'readFile') },
    expected: {
      mayChange: ['lib/load.js'],
      succeeds: passes(
        `import { load } from './lib/load.js'; assert.equal((await load('programs/glost.json')).name, 'glost'); await assert.rejects(load('programs/none.json'), { code: 'ENOENT' })`,
      ),
    },
    solution: [
      shell('node --test test/load.test.js 2>&1 | head -20'),
      ...patch('lib/load.js', 'JSON.parse(readFile', 'JSON.parse(await readFile'),
      final('The file was parsed before it had been read.'),
    ],
  },
  {
    name: 'fix-changed-table',
    kind: 'fix',
    request:
      'node --test says that the table of cones changes when somebody asks for the hottest ones. ' +
      'That must not happen, fix it (not in the tests).',
    files: { ...kiln, ...replaced(kiln, 'lib/cones.js', '[...cones].sort', 'cones.sort') },
    expected: {
      mayChange: ['lib/cones.js'],
      succeeds: passes(
        `import { CONES, hottest } from './lib/cones.js'; const mine = [{ celsius: 1 }, { celsius: 3 }, { celsius: 2 }]; assert.deepEqual(hottest(mine, 2), [{ celsius: 3 }, { celsius: 2 }]); assert.equal(mine[0].celsius, 1); assert.equal(CONES[4].cone, '9')`,
      ),
    },
    solution: [
      ...patch('lib/cones.js', 'return cones.sort', 'return [...cones].sort'),
      shell('node --test 2>&1 | tail -8'),
      final('It sorts a copy now.'),
    ],
  },
  {
    name: 'fix-cause-elsewhere',
    kind: 'fix',
    request: 'The energy test fails with a far too large number. Find the cause and fix it there.',
    files: {
      ...kiln,
      ...replaced(kiln, 'lib/units.js', '(watts * minutes) / 60', 'watts * minutes * 60'),
    },
    expected: {
      mayChange: ['lib/units.js'],
      succeeds: passes(
        `import { wattHours as w, toCelsius, toFahrenheit } from './lib/units.js'; assert.equal(w(1000, 90), 1500); assert.equal(w(30, 20), 10); assert.equal(toCelsius(212), 100); assert.equal(toFahrenheit(0), 32)`,
      ),
    },
    solution: [
      call('read_file', { path: 'lib/energy.js' }),
      ...patch('lib/units.js', 'watts * minutes * 60', '(watts * minutes) / 60'),
      shell('node --test test/energy.test.js 2>&1 | tail -8'),
      final('wattHours multiplied by 60 instead of dividing.'),
    ],
  },
  {
    name: 'fix-two-faults',
    kind: 'fix',
    request:
      'Two tests in test/schedule.test.js are red. Make them green by fixing lib/schedule.js.',
    files: {
      ...kiln,
      ...replaced(
        schedule,
        'lib/schedule.js',
        'Math.max(...steps.map(({ to }) => to))',
        'steps[steps.length - 1].to',
      ),
    },
    expected: {
      mayChange: ['lib/schedule.js'],
      succeeds: passes(
        `import { minutes, peak } from './lib/schedule.js'; assert.equal(minutes([{ to: 80, rate: 60, hold: 0 }, { to: 50, rate: 60, hold: 0 }]), 90); assert.equal(peak([{ to: 5 }, { to: 9 }, { to: 7 }]), 9); assert.equal(peak([{ to: 8 }, { to: 6 }]), 8)`,
      ),
    },
    solution: [
      shell('node --test test/schedule.test.js 2>&1 | head -40'),
      ...patch('lib/schedule.js', '((to - at) / rate)', '(Math.abs(to - at) / rate)'),
      call('patch_file', {
        path: 'lib/schedule.js',
        old_text: 'steps[steps.length - 1].to',
        new_text: 'Math.max(...steps.map(({ to }) => to))',
      }),
      shell('node --test test/schedule.test.js 2>&1 | tail -8'),
      final('Cooling takes time again, and the peak is the highest temperature.'),
    ],
  },
  {
    name: 'fix-name-with-space',
    kind: 'fix',
    request:
      'sh bin/attendance.test.sh fails, although the tables are right. Repair bin/attendance.sh.',
    files: {
      ...choir,
      ...replaced(choir, 'bin/attendance.sh', "awk -F '\\t' -v", 'awk -v'),
      'bin/attendance.test.sh': `#!/bin/sh
got=$(sh bin/attendance.sh 'Tomas Rehn')
[ "$got" = 83% ] || { echo "Tomas Rehn: 83% wanted, got '$got'"; exit 1; }
echo fine
`,
    },
    expected: {
      mayChange: ['bin/attendance.sh'],
      succeeds:
        'sh bin/attendance.test.sh && [ "$(sh bin/attendance.sh \'Ines Moreau\')" = 33% ]' +
        ' && [ "$(sh bin/attendance.sh \'Lena Ostrowski\')" = 100% ]' +
        " && ! sh bin/attendance.sh 'Ines'",
    },
    solution: [
      shell('sh bin/attendance.test.sh; head -3 tables/rehearsals.tsv'),
      ...patch('bin/attendance.sh', 'awk -v name', "awk -F '\\t' -v name"),
      shell('sh bin/attendance.test.sh'),
      final('The columns are separated by tabs, not by spaces.'),
    ],
  },
];
