/** Berths of a harbour in JavaScript (CommonJS), with tests. */
import type { Files } from '../task.ts';

/** Its files; all of its tests pass. */
export const harbour: Files = {
  'package.json': '{ "name": "harbour-desk", "version": "5.0.0-beta.2", "private": true }\n',
  'lib/berths.js': `'use strict';

/** The first free berth that is long enough, or undefined. */
function findBerth(berths, metres) {
  return berths.filter((berth) => !berth.boat && berth.metres >= metres).sort(byLength)[0];
}

function byLength(one, other) {
  return one.metres - other.metres;
}

/** The share of berths that are taken, from 0 to 1. */
function occupancy(berths) {
  if (berths.length === 0) return 0;
  return berths.filter((berth) => berth.boat).length / berths.length;
}

module.exports = { findBerth, occupancy };
`,
  'lib/tariff.js': `'use strict';

const PER_METRE = 140;
const WINTER = [11, 12, 1, 2];

/** Cents for a night; month is 1 to 12. */
function nightFee(metres, month) {
  const full = Math.ceil(metres) * PER_METRE;
  return WINTER.includes(month) ? full / 2 : full;
}

/** Cents for a stay: the seventh night of each week is free. */
function stayFee(metres, month, nights) {
  const free = Math.floor(nights / 7);
  return (nights - free) * nightFee(metres, month);
}

module.exports = { nightFee, stayFee };
`,
  'lib/names.js': `'use strict';

/** A boat's name as it is written on the board: "sea-BIRD " is "Sea Bird". */
function boardName(name) {
  return name
    .trim()
    .split(/[\\s-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join(' ');
}

/** Names in the order of the alphabet; the given list stays as it is. */
function sortedNames(names) {
  return [...names].sort((one, other) => one.localeCompare(other, 'en'));
}

module.exports = { boardName, sortedNames };
`,
  'test/berths.test.js': `'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { findBerth, occupancy } = require('../lib/berths.js');

const berths = [{ metres: 14 }, { metres: 9, boat: 'Gull' }, { metres: 10 }, { metres: 6 }];

test('the shortest berth that is long enough is taken', () => {
  assert.deepEqual(findBerth(berths, 8), { metres: 10 });
});

test('a berth may be exactly as long as the boat', () => {
  assert.deepEqual(findBerth(berths, 14), { metres: 14 });
});

test('there may be none', () => {
  assert.equal(findBerth(berths, 20), undefined);
});

test('a quarter is taken', () => {
  assert.equal(occupancy(berths), 0.25);
  assert.equal(occupancy([]), 0);
});
`,
  'test/tariff.test.js': `'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { nightFee, stayFee } = require('../lib/tariff.js');

test('each metre that is begun counts', () => {
  assert.equal(nightFee(8.2, 7), 1260);
});

test('winter costs half', () => {
  assert.equal(nightFee(10, 12), 700);
});

test('the seventh night is free', () => {
  assert.equal(stayFee(10, 7, 6), 8400);
  assert.equal(stayFee(10, 7, 7), 8400);
  assert.equal(stayFee(10, 7, 15), 18200);
});
`,
  'test/names.test.js': `'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { boardName, sortedNames } = require('../lib/names.js');

test('a name is written with capitals', () => {
  assert.equal(boardName(' sea-BIRD'), 'Sea Bird');
});

test('the list that is sorted stays as it was', () => {
  const names = ['Tern', 'Auk'];
  assert.deepEqual(sortedNames(names), ['Auk', 'Tern']);
  assert.deepEqual(names, ['Tern', 'Auk']);
});
`,
};
