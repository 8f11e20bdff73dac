/** Tasks with a test that fails: the code has to be mended, and the test stays. */
import { final, patch, replaced, shell, type Files, type Task } from '../task.ts';
import { shop } from './shop.ts';
import { station } from './station.ts';

/** These files with a defect in one of them. */
function broken(files: Files, path: string, good: string, bad: string): Files {
  return { ...files, ...replaced(files, path, good, bad) };
}

const TEST = 'node --test fails. Find out why and fix the code in src. Do not change the tests.';

/** Checks more than the test that the model has seen. */
const also = (script: string) => `node --test && node --input-type=module -e "${script}"`;

/** Five tasks. */
export const fix: readonly Task[] = [
  {
    name: 'fix-wrong-operator',
    kind: 'fix',
    request: TEST,
    files: broken(shop, 'src/discounts.js', 'pieces >= BULK_FROM', 'pieces > BULK_FROM'),
    expected: {
      mayChange: ['src/discounts.js'],
      succeeds: also(
        `import { bulkDiscount as b } from './src/discounts.js'; if (b(12, 100) !== 10 || b(11, 100) !== 0 || b(13, 200) !== 20) process.exit(1)`,
      ),
    },
    solution: [
      shell('node --test 2>&1 | grep -B 2 -A 12 "not ok" | head -40'),
      ...patch('src/discounts.js', 'pieces > BULK_FROM', 'pieces >= BULK_FROM'),
      shell('node --test 2>&1 | tail -8'),
      final('The bulk discount begins at 12 pieces, not above. The tests pass.'),
    ],
  },
  {
    name: 'fix-wrong-factor',
    kind: 'fix',
    request: TEST,
    files: broken(shop, 'src/money.js', 'toFixed(2)', 'toFixed(1)'),
    expected: {
      mayChange: ['src/money.js'],
      succeeds: also(
        `import { formatCents as f } from './src/money.js'; if (f(99) !== '0.99 EUR' || f(100) !== '1.00 EUR') process.exit(1)`,
      ),
    },
    solution: [
      ...patch('src/money.js', 'toFixed(1)', 'toFixed(2)'),
      final('Amounts have two digits again.'),
    ],
  },
  {
    name: 'fix-missing-import',
    kind: 'fix',
    request: TEST,
    files: broken(
      shop,
      'src/cart.js',
      "import { bulkDiscount, memberDiscount } from './discounts.js';",
      "import { bulkDiscount } from './discounts.js';",
    ),
    expected: { mayChange: ['src/cart.js'], succeeds: 'node --test' },
    solution: [
      ...patch('src/cart.js', 'import { bulkDiscount }', 'import { bulkDiscount, memberDiscount }'),
      final('cart.js imports memberDiscount again.'),
    ],
  },
  {
    name: 'fix-shell-script',
    kind: 'fix',
    request:
      'sh scripts/average.test.sh fails. Fix scripts/average.sh. Do not change the test or the data.',
    files: {
      ...broken(station, 'scripts/average.sh', 'sum += $column', 'sum = $column'),
      'scripts/average.test.sh': `#!/bin/sh
[ "$(sh scripts/average.sh harbour 3)" = 11.10 ] || { echo "harbour: wrong average"; exit 1; }
[ "$(sh scripts/average.sh hilltop 3)" = 10.50 ] || { echo "hilltop: wrong average"; exit 1; }
echo passed
`,
    },
    expected: {
      mayChange: ['scripts/average.sh'],
      succeeds: 'sh scripts/average.test.sh && [ "$(sh scripts/average.sh harbour 4)" = 15.25 ]',
    },
    solution: [
      shell('sh scripts/average.test.sh'),
      ...patch('scripts/average.sh', 'sum = $column', 'sum += $column'),
      shell('sh scripts/average.test.sh'),
      final('The sum is added up again; the test passes.'),
    ],
  },
  {
    name: 'fix-syntax-error',
    kind: 'fix',
    request: TEST,
    files: broken(shop, 'src/shipping.js', 'return 380;', 'return 380;\n  }'),
    expected: {
      mayChange: ['src/shipping.js'],
      succeeds: also(
        `import { shippingCost as s } from './src/shipping.js'; if (s(500, 1) !== 380 || s(501, 1) !== 590 || s(3000, 1) !== 890) process.exit(1)`,
      ),
    },
    solution: [
      ...patch('src/shipping.js', 'return 380;\n  }\n', 'return 380;\n'),
      final('There was a bracket too many.'),
    ],
  },
];
