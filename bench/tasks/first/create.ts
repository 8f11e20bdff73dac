/** Tasks that ask for a new file. */
import { call, final, type Task } from '../task.ts';
import { shop } from './shop.ts';
import { station } from './station.ts';

const INSTALL = `# Install

1. Unpack the archive.
2. Run \`npm test\`.
`;

const TAXES = `/** The tax that is in a gross price, in whole cents. */
export function taxIn(grossCents) {
  return Math.round((grossCents * 19) / 119);
}
`;

const CORNERS = '{ "name": "valley", "altitude": 240, "sensors": ["wind", "rain"] }\n';

const COUNT = `#!/bin/sh
grep -c '^' data/march.csv
`;

/** Five tasks. */
export const create: readonly Task[] = [
  {
    name: 'create-text',
    kind: 'create',
    request: 'Create the file docs/greeting.txt with this one line: Welcome to the corner shop!',
    files: shop,
    expected: { files: { 'docs/greeting.txt': 'Welcome to the corner shop!' } },
    solution: [
      call('write_file', { path: 'docs/greeting.txt', content: 'Welcome to the corner shop!\n' }),
      final('Created docs/greeting.txt.'),
    ],
  },
  {
    name: 'create-document',
    kind: 'create',
    request:
      'Write INSTALL.md: the heading "Install" and a numbered list of two steps, "Unpack the archive." and "Run `npm test`."',
    files: shop,
    expected: {
      files: {
        'INSTALL.md': [/^#+ Install/m, /^1[.)] Unpack the archive\./m, /^2[.)] Run `npm test`\.?/m],
      },
    },
    solution: [call('write_file', { path: 'INSTALL.md', content: INSTALL }), final('Done.')],
  },
  {
    name: 'create-module',
    kind: 'create',
    request:
      'Create src/taxes.js. It exports a function taxIn(grossCents) that returns Math.round(grossCents * 19 / 119).',
    files: shop,
    expected: {
      files: { 'src/taxes.js': [/\bexport\b/] },
      succeeds: `node --input-type=module -e "import { taxIn } from './src/taxes.js'; if (taxIn(1190) !== 190 || taxIn(100) !== 16 || taxIn(0) !== 0) process.exit(1)"`,
    },
    solution: [
      call('write_file', { path: 'src/taxes.js', content: TAXES }),
      final('src/taxes.js exports taxIn.'),
    ],
  },
  {
    name: 'create-json',
    kind: 'create',
    request:
      'Create config/valley.json, a JSON object with these keys: name is "valley", altitude is the number 240, sensors is a list of "wind" and "rain".',
    files: station,
    expected: {
      files: { 'config/valley.json': [/valley/] },
      succeeds: `node -e "const is = JSON.stringify(JSON.parse(require('fs').readFileSync('config/valley.json', 'utf8')), ['altitude', 'name', 'sensors']); if (is !== JSON.stringify({ altitude: 240, name: 'valley', sensors: ['wind', 'rain'] })) process.exit(1)"`,
    },
    solution: [
      call('write_file', { path: 'config/valley.json', content: CORNERS }),
      final('Done.'),
    ],
  },
  {
    name: 'create-script',
    kind: 'create',
    request:
      'Create scripts/count.sh, a shell script that prints the number of lines of data/march.csv, the first line included, and nothing else.',
    files: station,
    expected: {
      files: { 'scripts/count.sh': [/march\.csv/] },
      succeeds: '[ "$(sh scripts/count.sh | tr -d " ")" = 41 ]',
    },
    solution: [call('write_file', { path: 'scripts/count.sh', content: COUNT }), final('Done.')],
  },
];
