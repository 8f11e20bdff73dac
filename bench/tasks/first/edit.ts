/** Tasks that change a part of a file. */
import { call, final, patch, replaced, type Task } from '../task.ts';
import { shop } from './shop.ts';
import { station } from './station.ts';

/** Five tasks. */
export const edit: readonly Task[] = [
  {
    name: 'edit-constant',
    kind: 'edit',
    request: 'In src/discounts.js change the member discount from 7 to 8 percent.',
    files: shop,
    expected: {
      files: replaced(shop, 'src/discounts.js', 'MEMBER_PERCENT = 7', 'MEMBER_PERCENT = 8'),
    },
    solution: [
      ...patch('src/discounts.js', 'MEMBER_PERCENT = 7', 'MEMBER_PERCENT = 8'),
      final('It is 8 percent now.'),
    ],
  },
  {
    name: 'edit-json-value',
    kind: 'edit',
    request: 'Set the interval in config/station.json to 600. Change nothing else.',
    files: station,
    expected: { files: replaced(station, 'config/station.json', '300', '600') },
    solution: [
      ...patch('config/station.json', '"interval": 300', '"interval": 600'),
      final('The interval is 600.'),
    ],
  },
  {
    name: 'edit-prose',
    kind: 'edit',
    request: 'docs/duty.md says that night duty begins at 21:30. Correct it to 22:00.',
    files: station,
    expected: { files: replaced(station, 'docs/duty.md', '21:30', '22:00') },
    solution: [...patch('docs/duty.md', 'begins at 21:30', 'begins at 22:00'), final('Corrected.')],
  },
  {
    name: 'edit-rename',
    kind: 'edit',
    request:
      'Rename the constant FREE_FROM_CENTS in src/shipping.js to FREE_SHIPPING_FROM, everywhere in that file.',
    files: shop,
    expected: {
      files: replaced(shop, 'src/shipping.js', 'FREE_FROM_CENTS', 'FREE_SHIPPING_FROM'),
    },
    solution: [
      ...patch('src/shipping.js', 'const FREE_FROM_CENTS', 'const FREE_SHIPPING_FROM'),
      call('patch_file', {
        path: 'src/shipping.js',
        old_text: '>= FREE_FROM_CENTS',
        new_text: '>= FREE_SHIPPING_FROM',
      }),
      final('Renamed.'),
    ],
  },
  {
    name: 'edit-add-function',
    kind: 'edit',
    request:
      'Add an exported function toCents(text) to src/money.js that turns "12.50" into 1250: Math.round(Number(text) * 100). Leave the other functions as they are.',
    files: shop,
    expected: {
      files: { 'src/money.js': [/export function formatCents/, /export function percentOf/] },
      succeeds: `node --test && node --input-type=module -e "import { toCents } from './src/money.js'; if (toCents('12.50') !== 1250 || toCents('0.1') !== 10) process.exit(1)"`,
    },
    solution: [
      ...patch(
        'src/money.js',
        '/** A share of an amount,',
        '/** "12.50" as 1250 cents. */\nexport function toCents(text) {\n  return Math.round(Number(text) * 100);\n}\n\n/** A share of an amount,',
      ),
      final('src/money.js exports toCents.'),
    ],
  },
];
