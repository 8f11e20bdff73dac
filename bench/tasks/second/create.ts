/** Tasks that ask for a new file. */
import { call, final, type Task } from '../task.ts';
import { harbour } from './harbour.ts';
import { lending } from './lending.ts';
import { site } from './site.ts';

const WINTER = `<!doctype html>
<html lang="en">
  <head>
    <title>Winter</title>
  </head>
  <body>
    <h1>Winter</h1>
  </body>
</html>
`;

const TEST = `'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { nightFee } = require('../lib/tariff.js');

test('January costs half', () => {
  assert.equal(nightFee(4, 1), 280);
});
`;

const DEPTH = `'use strict';

function isDeepEnough(depth, draught) {
  return depth >= draught + 0.5;
}

module.exports = { isDeepEnough };
`;

const MEMBERS = '"""Members of the library."""\n\n\nclass Member:\n    pass\n';

/** Five tasks. */
export const create: readonly Task[] = [
  {
    name: 'create-page',
    kind: 'create',
    request: 'Create pages/winter.html, an HTML page with "Winter" as its title and as its h1.',
    files: site,
    expected: {
      files: {
        'pages/winter.html': [/<title>\s*Winter\s*<\/title>/i, /<h1[^>]*>\s*Winter\s*<\/h1>/i],
      },
    },
    solution: [call('write_file', { path: 'pages/winter.html', content: WINTER }), final('Done.')],
  },
  {
    name: 'create-ignore-file',
    kind: 'create',
    request: 'Create a .gitignore with two lines: public/ and *.log',
    files: site,
    expected: { files: { '.gitignore': 'public/\n*.log' } },
    solution: [
      call('write_file', { path: '.gitignore', content: 'public/\n*.log\n' }),
      final('Created .gitignore.'),
    ],
  },
  {
    name: 'create-function',
    kind: 'create',
    request:
      'Create lib/depth.js (CommonJS). It exports isDeepEnough(depth, draught), which is true where the depth is at least the draught plus 0.5.',
    files: harbour,
    expected: {
      files: { 'lib/depth.js': [/exports/] },
      succeeds: `node -e "const { isDeepEnough: is } = require('./lib/depth.js'); if (is(2, 1.5) !== true || is(3, 1) !== true || is(1.9, 1.5) !== false) process.exit(1)"`,
    },
    solution: [call('write_file', { path: 'lib/depth.js', content: DEPTH }), final('Done.')],
  },
  {
    name: 'create-test',
    kind: 'create',
    request:
      'Write test/winter.test.js with one test (node:test): nightFee(4, 1) of lib/tariff.js returns 280.',
    files: harbour,
    expected: {
      files: { 'test/winter.test.js': [/nightFee\(\s*4\s*,\s*1\s*\)/, /\b280\b/] },
      succeeds:
        'node --test test/winter.test.js && sed -i.old "s/full \\/ 2/full/" lib/tariff.js && ! node --test test/winter.test.js',
    },
    solution: [call('write_file', { path: 'test/winter.test.js', content: TEST }), final('Done.')],
  },
  {
    name: 'create-python-class',
    kind: 'create',
    request:
      'Create lending/members.py with the module docstring """Members of the library.""" and an empty class Member.',
    files: lending,
    expected: {
      files: {
        'lending/members.py': [
          /^\s*"""Members of the library\."""/,
          /^class Member(?:\(\))?:\s+(?:pass|\.\.\.|""".*""")/m,
        ],
      },
    },
    solution: [
      call('write_file', { path: 'lending/members.py', content: MEMBERS }),
      final('Created lending/members.py.'),
    ],
  },
];
