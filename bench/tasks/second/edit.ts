/** Tasks that change a part of a file. */
import { call, final, patch, replaced, type Task } from '../task.ts';
import { harbour } from './harbour.ts';
import { lending } from './lending.ts';
import { site } from './site.ts';

/** Five tasks. */
export const edit: readonly Task[] = [
  {
    name: 'edit-python-constant',
    kind: 'edit',
    request: 'Members may renew a loan three times now. Change MAX_RENEWALS in lending/loans.py.',
    files: lending,
    expected: {
      files: replaced(lending, 'lending/loans.py', 'MAX_RENEWALS = 2', 'MAX_RENEWALS = 3'),
    },
    solution: [
      ...patch('lending/loans.py', 'MAX_RENEWALS = 2', 'MAX_RENEWALS = 3'),
      final('MAX_RENEWALS is 3.'),
    ],
  },
  {
    name: 'edit-colour',
    kind: 'edit',
    request: 'Change the accent colour in pages/style.css to #0a4d68.',
    files: site,
    expected: { files: replaced(site, 'pages/style.css', '#1b6f8a', '#0a4d68') },
    solution: [...patch('pages/style.css', '#1b6f8a', '#0a4d68'), final('Changed.')],
  },
  {
    name: 'edit-remove-line',
    kind: 'edit',
    request: 'There is no night tour any more: remove its line from pages/tours.html.',
    files: site,
    expected: {
      files: replaced(site, 'pages/tours.html', '        <li>Night tour, 2 hours</li>\n', ''),
    },
    solution: [
      ...patch('pages/tours.html', '        <li>Night tour, 2 hours</li>\n', ''),
      final('Removed.'),
    ],
  },
  {
    name: 'edit-two-files',
    kind: 'edit',
    request:
      'The fee is 20 cents a day now. Change CENTS_PER_DAY in lending/fees.py, and the 15 cents in rules/fees.txt.',
    files: lending,
    expected: {
      files: {
        ...replaced(lending, 'lending/fees.py', 'CENTS_PER_DAY = 15', 'CENTS_PER_DAY = 20'),
        ...replaced(lending, 'rules/fees.txt', '15 cents', '20 cents'),
      },
    },
    solution: [
      ...patch('lending/fees.py', 'CENTS_PER_DAY = 15', 'CENTS_PER_DAY = 20'),
      ...patch('rules/fees.txt', '15 cents', '20 cents'),
      final('It is 20 cents in both.'),
    ],
  },
  {
    name: 'edit-guard',
    kind: 'edit',
    request:
      'Let stayFee in lib/tariff.js throw a RangeError when nights is negative. Everything else stays.',
    files: harbour,
    expected: {
      files: { 'lib/tariff.js': [/RangeError/] },
      succeeds: `node --test && node -e "const { stayFee } = require('./lib/tariff.js'); try { stayFee(10, 7, -1); } catch (error) { if (stayFee(10, 7, 0) === 0) process.exit(error instanceof RangeError ? 0 : 1); } process.exit(1)"`,
    },
    solution: [
      call('read_file', { path: 'lib/tariff.js' }),
      call('patch_file', {
        path: 'lib/tariff.js',
        old_text: '  const free =',
        new_text:
          "  if (nights < 0) throw new RangeError('nights must not be negative');\n  const free =",
      }),
      final('stayFee throws a RangeError.'),
    ],
  },
];
