/** Tasks that ask for a new file. */
import { call, final, shell, type Task } from '../task.ts';
import { choir } from './choir.ts';
import { kiln } from './kiln.ts';

const write = (path: string, content: string) => call('write_file', { path, content });

/** Five tasks. */
export const create: readonly Task[] = [
  {
    name: 'create-table',
    kind: 'create',
    request:
      'Create tables/venues.tsv with the columns venue and seats, in the same format as the other ' +
      'tables. Two rows: Guildhall with 420 seats, Chapel of Ease with 150.',
    files: choir,
    expected: {
      files: { 'tables/venues.tsv': 'venue\tseats\nGuildhall\t420\nChapel of Ease\t150\n' },
    },
    solution: [
      call('read_file', { path: 'tables/singers.tsv' }),
      write('tables/venues.tsv', 'venue\tseats\nGuildhall\t420\nChapel of Ease\t150\n'),
      final('The table of venues is there.'),
    ],
  },
  {
    name: 'create-program',
    kind: 'create',
    request:
      'Add a firing program "raku" in programs/raku.json, in the form of the others: to 650 degrees ' +
      'at 300 an hour without a hold, then to 985 at 400 an hour, held for 10 minutes.',
    files: kiln,
    expected: {
      mayChange: ['programs/raku.json'],
      succeeds: `node --input-type=module -e "import assert from 'node:assert/strict'; import { load } from './lib/load.js'; assert.deepEqual(await load('programs/raku.json'), { name: 'raku', steps: [{ to: 650, rate: 300, hold: 0 }, { to: 985, rate: 400, hold: 10 }] })"`,
    },
    solution: [
      call('read_file', { path: 'programs/bisque.json' }),
      write(
        'programs/raku.json',
        '{ "name": "raku", "steps": [{ "to": 650, "rate": 300, "hold": 0 }, { "to": 985, "rate": 400, "hold": 10 }] }\n',
      ),
      final('programs/raku.json has two steps.'),
    ],
  },
  {
    name: 'create-shrinkage',
    kind: 'create',
    request:
      'Write lib/shrinkage.js, a module like the others. It exports a function shrinkage(wet, fired) ' +
      'that takes the length of a piece before and after firing and gives how much it shrank, in ' +
      'percent, rounded to one digit after the point. If wet is not above zero it throws a RangeError.',
    files: kiln,
    expected: {
      mayChange: ['lib/shrinkage.js'],
      succeeds: `node --input-type=module -e "import assert from 'node:assert/strict'; import { shrinkage as s } from './lib/shrinkage.js'; assert.equal(Number(s(120, 105)), 12.5); assert.equal(Number(s(90, 79)), 12.2); assert.equal(Number(s(50, 50)), 0); assert.throws(() => s(0, 0), RangeError); assert.throws(() => s(-3, 2), RangeError)"`,
    },
    solution: [
      write(
        'lib/shrinkage.js',
        `/** How much a piece shrank when it was fired, in percent. */
export function shrinkage(wet, fired) {
  if (!(wet > 0)) throw new RangeError('wet must be above zero');
  return Math.round((1000 * (wet - fired)) / wet) / 10;
}
`,
      ),
      final('lib/shrinkage.js has the function.'),
    ],
  },
  {
    name: 'create-absent-script',
    kind: 'create',
    request:
      'I need a script bin/absent.sh. `sh bin/absent.sh 2025-02-11` is to print the names of those ' +
      'who were absent on that date, one per line in alphabetical order, and nothing else. It must ' +
      'work for every date in tables/rehearsals.tsv.',
    files: choir,
    expected: {
      mayChange: ['bin/absent.sh'],
      succeeds:
        '[ "$(sh bin/absent.sh 2025-02-04)" = "$(printf \'Bo Castell\\nInes Moreau\\nTomas Rehn\')" ]' +
        ' && [ "$(sh bin/absent.sh 2025-01-14)" = "Ines Moreau" ]' +
        ' && [ "$(sh bin/absent.sh 2025-02-18)" = "$(printf \'Ines Moreau\\nInes Varga\')" ]',
    },
    solution: [
      shell('head -4 tables/rehearsals.tsv; cat bin/roster.sh'),
      write(
        'bin/absent.sh',
        `#!/bin/sh
# Who was absent: sh bin/absent.sh DATE
awk -F '\\t' -v date="$1" '$1 == date && $3 == "absent" { print $2 }' tables/rehearsals.tsv | sort
`,
      ),
      shell('sh bin/absent.sh 2025-02-11'),
      final('bin/absent.sh prints the names.'),
    ],
  },
  {
    name: 'create-units-test',
    kind: 'create',
    request:
      'lib/units.js has no test. Write test/units.test.js in the style of the other tests, for ' +
      'toFahrenheit and toCelsius, so that it fails if either of them computes something wrong.',
    files: kiln,
    expected: {
      mayChange: ['test/units.test.js'],
      succeeds: `node --test test/units.test.js || exit 1
cp lib/units.js right.txt
for wrong in 's/+ 32/+ 30/' 's/- 32/- 30/'; do
  sed "$wrong" right.txt > lib/units.js
  if node --test test/units.test.js; then exit 1; fi
done`,
    },
    solution: [
      call('read_file', { path: 'lib/units.js' }),
      call('read_file', { path: 'test/oxides.test.js' }),
      write(
        'test/units.test.js',
        `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCelsius, toFahrenheit } from '../lib/units.js';

test('water boils', () => {
  assert.equal(toFahrenheit(100), 212);
  assert.equal(toCelsius(212), 100);
});
`,
      ),
      shell('node --test test/units.test.js 2>&1 | tail -8'),
      final('test/units.test.js tests both; it passes.'),
    ],
  },
];
