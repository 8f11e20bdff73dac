import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const DIST = path.resolve(import.meta.dirname, '../../dist');

/** The files that are loaded with a file of the program: itself, and what it imports at its top. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const [, name = ''] of codeOf(file).matchAll(/\b(?:from|import)\s*"\.\/([^"]+)"/g)) {
    loadedWith(name, loaded);
  }
  return loaded;
}

const codeOf = (file: string) => fs.readFileSync(path.join(DIST, file), 'utf8');

function bytesLoaded(prefix: string): number {
  const file = fs.readdirSync(DIST).find((name) => name.startsWith(prefix)) ?? '';
  return [...loadedWith(file)].reduce((sum, each) => sum + codeOf(each).length, 0);
}

it('loads little for the version, more for help and wrong usage, and the rest only to run', () => {
  expect(bytesLoaded('cli.js')).toBeLessThan(15_000);
  expect(bytesLoaded('main-')).toBeLessThan(120_000);
  expect(bytesLoaded('run-')).toBeGreaterThan(500_000);
});

it.each(['--version', '-V'])('prints with %s the version of the package', (flag) => {
  const printed = execFileSync(process.execPath, [path.join(DIST, 'cli.js'), flag]);
  expect(String(printed)).toBe(`${packageJson.version}\n`);
});
