/** A small JavaScript shop: prices, discounts, shipping. */
import type { Files } from '../task.ts';

/** Its files; all of its tests pass. */
export const shop: Files = {
  'package.json': `{
  "name": "corner-shop",
  "version": "2.3.1",
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  'README.md': `# Corner shop

Prices are whole cents. Run the tests with \`npm test\`.
`,
  'src/money.js': `/** Cents as text: 1250 is "12.50 EUR". */
export function formatCents(cents) {
  return (cents / 100).toFixed(2) + ' EUR';
}

/** A share of an amount, rounded to whole cents. */
export function percentOf(cents, percent) {
  return Math.round((cents * percent) / 100);
}
`,
  'src/discounts.js': `import { percentOf } from './money.js';

const MEMBER_PERCENT = 7;
const BULK_FROM = 12;
const BULK_PERCENT = 10;

/** What a member saves. */
export function memberDiscount(cents) {
  return percentOf(cents, MEMBER_PERCENT);
}

/** What many pieces of one article save. */
export function bulkDiscount(pieces, cents) {
  return pieces >= BULK_FROM ? percentOf(cents, BULK_PERCENT) : 0;
}
`,
  'src/shipping.js': `const FREE_FROM_CENTS = 5900;

/** Shipping for an order of this weight, in cents. */
export function shippingCost(grams, orderCents) {
  if (orderCents >= FREE_FROM_CENTS) return 0;
  if (grams <= 500) return 380;
  if (grams <= 2000) return 590;
  return 890;
}
`,
  'src/cart.js': `import { bulkDiscount, memberDiscount } from './discounts.js';
import { shippingCost } from './shipping.js';

/** The total of a cart in cents, shipping included. */
export function cartTotal(cart) {
  let sum = 0;
  let grams = 0;
  for (const line of cart.lines) {
    const cents = line.pieces * line.cents;
    sum += cents - bulkDiscount(line.pieces, cents);
    grams += line.pieces * line.grams;
  }
  if (cart.isMember) sum -= memberDiscount(sum);
  return sum + shippingCost(grams, sum);
}
`,
  'test/money.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCents, percentOf } from '../src/money.js';

test('cents are shown with two digits', () => {
  assert.equal(formatCents(1250), '12.50 EUR');
  assert.equal(formatCents(5), '0.05 EUR');
});

test('a share is rounded to whole cents', () => {
  assert.equal(percentOf(999, 7), 70);
});
`,
  'test/cart.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cartTotal } from '../src/cart.js';

const line = (pieces, cents, grams) => ({ pieces, cents, grams });

test('a small order pays for shipping', () => {
  assert.equal(cartTotal({ lines: [line(2, 450, 200)] }), 1280);
});

test('a large order ships for free', () => {
  assert.equal(cartTotal({ lines: [line(1, 5900, 9000)] }), 5900);
});

test('a dozen is cheaper', () => {
  assert.equal(cartTotal({ lines: [line(12, 1000, 10)] }), 10800);
});

test('a member saves', () => {
  assert.equal(cartTotal({ isMember: true, lines: [line(1, 10000, 10)] }), 9300);
});
`,
};
