/** Tasks with a test that fails: the code has to be mended, and the test stays. */
import { call, final, patch, replaced, shell, type Task } from '../task.ts';
import { harbour } from './harbour.ts';
import { site } from './site.ts';

const TEST = 'A test of node --test fails. Mend the code in lib, and leave the tests as they are.';

/** Checks more than the test that the model has seen. */
const also = (script: string) => `node --test && node -e "${script}"`;

/** Five tasks. */
export const fix: readonly Task[] = [
  {
    name: 'fix-rounding',
    kind: 'fix',
    request: TEST,
    files: { ...harbour, ...replaced(harbour, 'lib/tariff.js', 'Math.ceil', 'Math.round') },
    expected: {
      mayChange: ['lib/tariff.js'],
      succeeds: also(
        `const { nightFee: fee } = require('./lib/tariff.js'); if (fee(3.1, 6) !== 560 || fee(3, 6) !== 420) process.exit(1)`,
      ),
    },
    solution: [
      shell('node --test 2>&1 | grep -A 14 "^not ok" | head -40'),
      ...patch('lib/tariff.js', 'Math.round(metres)', 'Math.ceil(metres)'),
      final('A metre that is begun counts again.'),
    ],
  },
  {
    name: 'fix-changed-argument',
    kind: 'fix',
    request: TEST,
    files: { ...harbour, ...replaced(harbour, 'lib/names.js', '[...names].sort', 'names.sort') },
    expected: { mayChange: ['lib/names.js'], succeeds: 'node --test' },
    solution: [
      ...patch('lib/names.js', 'names.sort', '[...names].sort'),
      final('sortedNames sorts a copy.'),
    ],
  },
  {
    name: 'fix-division-by-zero',
    kind: 'fix',
    request: TEST,
    files: {
      ...harbour,
      ...replaced(harbour, 'lib/berths.js', '  if (berths.length === 0) return 0;\n', ''),
    },
    expected: {
      mayChange: ['lib/berths.js'],
      succeeds: also(
        `const { occupancy } = require('./lib/berths.js'); if (occupancy([{ boat: 'Auk' }]) !== 1) process.exit(1)`,
      ),
    },
    solution: [
      ...patch(
        'lib/berths.js',
        '  return berths.filter((berth) => berth.boat).length',
        '  if (berths.length === 0) return 0;\n  return berths.filter((berth) => berth.boat).length',
      ),
      shell('node --test 2>&1 | tail -8'),
      final('No berths are no longer a division by zero.'),
    ],
  },
  {
    name: 'fix-missing-export',
    kind: 'fix',
    request: TEST,
    files: {
      ...harbour,
      ...replaced(harbour, 'lib/names.js', '{ boardName, sortedNames }', '{ sortedNames }'),
    },
    expected: { mayChange: ['lib/names.js'], succeeds: 'node --test' },
    solution: [
      call('read_file', { path: 'lib/names.js' }),
      call('patch_file', {
        path: 'lib/names.js',
        old_text: 'module.exports = { sortedNames };',
        new_text: 'module.exports = { boardName, sortedNames };',
      }),
      final('boardName is exported again.'),
    ],
  },
  {
    name: 'fix-broken-link',
    kind: 'fix',
    request:
      'node tools/links.mjs reports a broken link. Correct that link in the page; change nothing else.',
    files: {
      ...site,
      ...replaced(site, 'pages/index.html', 'href="/tours.html"', 'href="/tour.html"'),
    },
    expected: {
      files: { 'pages/index.html': site['pages/index.html'] ?? '' },
      succeeds: 'node tools/links.mjs',
    },
    solution: [
      shell('node tools/links.mjs'),
      ...patch('pages/index.html', 'href="/tour.html"', 'href="/tours.html"'),
      shell('node tools/links.mjs'),
      final('The link leads to /tours.html.'),
    ],
  },
];
