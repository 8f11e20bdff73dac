/** A repository in JavaScript: how a potter's kiln is fired. */
import type { Files } from '../task.ts';

/** Steps of a firing, as the programs of the kiln have them. */
const program = (name: string, steps: readonly Record<'to' | 'rate' | 'hold', number>[]) =>
  `${JSON.stringify({ name, steps }, undefined, 2)}\n`;

/** The repository. */
export const kiln: Files = {
  'package.json': `{
  "name": "kiln-planner",
  "version": "2.3.1",
  "private": true,
  "type": "module"
}
`,
  'README.md': `# Kiln planner

    node bin/simulate.js programs/bisque.json

A program is a list of steps. Each goes \`to\` a temperature in °C, at a \`rate\` in °C per hour, and
stays there for the minutes of \`hold\`. lib/stacking.js says how much fits on a shelf.
`,
  'kiln.json': '{ "watts": 7200, "share": 0.6 }\n',
  'programs/bisque.json': program('bisque', [
    { to: 120, rate: 60, hold: 90 },
    { to: 573, rate: 90, hold: 0 },
    { to: 1004, rate: 120, hold: 25 },
  ]),
  'programs/glost.json': program('glost', [
    { to: 600, rate: 150, hold: 0 },
    { to: 1222, rate: 180, hold: 15 },
    { to: 1040, rate: 80, hold: 45 },
  ]),
  'bin/simulate.js': `import { readFileSync } from 'node:fs';
import { coneFor } from '../lib/cones.js';
import { energy } from '../lib/energy.js';
import { load } from '../lib/load.js';
import { formatDuration, minutes, peak } from '../lib/schedule.js';

const { name, steps } = await load(process.argv[2]);
const kiln = JSON.parse(readFileSync(new URL('../kiln.json', import.meta.url), 'utf8'));
const time = minutes(steps);
console.log(name + ' takes ' + formatDuration(time));
console.log('cone ' + coneFor(peak(steps)) + ', ' + energy(time, kiln) + ' kWh');
`,
  'bin/mix.js': `import { batch } from '../lib/oxides.js';

const [grams, ...parts] = process.argv.slice(2).map(Number);
console.log(batch(grams, parts).join(' '));
`,
  'lib/cones.js': `/** Pyrometric cones, and the temperature in °C at which each bends. */
export const CONES = [
  { cone: '06', celsius: 999 },
  { cone: '04', celsius: 1060 },
  { cone: '1', celsius: 1137 },
  { cone: '6', celsius: 1222 },
  { cone: '9', celsius: 1260 },
];

/** The hottest cone that has bent at a temperature. */
export function coneFor(celsius) {
  return CONES.findLast((each) => each.celsius <= celsius)?.cone ?? 'none';
}

/** The so many hottest of some cones, the hottest first. */
export function hottest(cones, count) {
  return [...cones].sort((a, b) => b.celsius - a.celsius).slice(0, count);
}
`,
  'lib/energy.js': `import { wattHours } from './units.js';

/** Kilowatt-hours of a firing, with one digit. The elements are on for a share of the time. */
export function energy(minutes, { watts, share }) {
  return Math.round(wattHours(watts, minutes * share) / 100) / 10;
}
`,
  'lib/load.js': `import { readFile } from 'node:fs/promises';

/** Reads a program. */
export async function load(file) {
  const program = JSON.parse(await readFile(file, 'utf8'));
  if (program.steps.length === 0) throw new Error(file + ' has no steps');
  return program;
}
`,
  'lib/oxides.js': `/** Grams of each part of a glaze, for a batch of so many grams. */
export function batch(grams, parts) {
  const sum = parts.reduce((all, part) => all + part, 0);
  return parts.map((part) => Math.round((grams * part) / sum));
}
`,
  'lib/schedule.js': `/** Where a firing begins, in °C. */
const ROOM = 20;

/** How many minutes some steps take. A step can cool, too. */
export function minutes(steps) {
  let at = ROOM;
  let total = 0;
  for (const { to, rate, hold } of steps) {
    total += (Math.abs(to - at) / rate) * 60 + hold;
    at = to;
  }
  return Math.round(total);
}

/** The highest temperature of some steps. */
export function peak(steps) {
  return Math.max(...steps.map(({ to }) => to));
}

/** Minutes as people read them. */
export function formatDuration(minutes) {
  const rest = String(minutes % 60).padStart(2, '0');
  return Math.floor(minutes / 60) + ':' + rest;
}
`,
  'lib/stacking.js': `import { peak } from './schedule.js';

/** Pots on a shelf. Above 1100 °C they need a gap of 6 mm. */
export function potsOnShelf(shelf, pot, steps) {
  const gap = peak(steps) > 1100 ? 6 : 0;
  return Math.floor(shelf / (pot + gap));
}
`,
  'lib/units.js': `/** Degrees Celsius in degrees Fahrenheit. */
export function toFahrenheit(celsius) {
  return Math.round((celsius * 9) / 5 + 32);
}

/** Degrees Fahrenheit in degrees Celsius. */
export function toCelsius(fahrenheit) {
  return Math.round(((fahrenheit - 32) * 5) / 9);
}

/** What so many watts make in so many minutes. */
export function wattHours(watts, minutes) {
  return (watts * minutes) / 60;
}
`,
  'test/cones.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONES, coneFor, hottest } from '../lib/cones.js';

test('a cone bends at its temperature', () => {
  assert.equal(coneFor(1060), '04');
  assert.equal(coneFor(998), 'none');
});

test('the hottest cones come first, and the table stays as it is', () => {
  assert.deepEqual(hottest(CONES, 2).map(({ cone }) => cone), ['9', '6']);
  assert.equal(CONES[0].cone, '06');
});
`,
  'test/energy.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { energy } from '../lib/energy.js';

test('an hour of 5 kW that is on half of the time', () => {
  assert.equal(energy(60, { watts: 5000, share: 0.5 }), 2.5);
});
`,
  'test/load.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../lib/load.js';

test('a program has its name and its steps', async () => {
  const { name, steps } = await load('programs/bisque.json');
  assert.equal(name, 'bisque');
  assert.equal(steps.length, 3);
});
`,
  'test/oxides.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch } from '../lib/oxides.js';

test('a batch is shared out by parts', () => {
  assert.deepEqual(batch(200, [3, 1]), [150, 50]);
});
`,
  'test/schedule.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, minutes, peak } from '../lib/schedule.js';

test('heating and holding take time', () => {
  assert.equal(minutes([{ to: 120, rate: 100, hold: 30 }]), 90);
});

test('cooling takes time, too', () => {
  const steps = [
    { to: 1020, rate: 200, hold: 0 },
    { to: 920, rate: 100, hold: 5 },
  ];
  assert.equal(minutes(steps), 365);
});

test('the peak is the highest temperature, not the last', () => {
  assert.equal(peak([{ to: 1222 }, { to: 1040 }]), 1222);
});

test('a duration has hours and minutes', () => {
  assert.equal(formatDuration(365), '6:05');
});
`,
};
