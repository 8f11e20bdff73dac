import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { BIN } from '../support/program.ts';
import { temporaryFolder } from '../support/workspace.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Runs the script in a folder with these files, for a bundle of these inputs. */
function licensesOf(inputs: string[], files: Record<string, string>) {
  const meta = { inputs: Object.fromEntries(inputs.map((input) => [input, {}])) };
  const cwd = temporaryFolder({ ...files, 'meta.json': JSON.stringify(meta) });
  const script = path.join(ROOT, 'build/third-party-licenses.ts');
  const tsx = path.join(ROOT, 'node_modules/.bin/tsx');
  const { status, stderr } = spawnSync(tsx, [script, 'meta.json', 'out'], {
    cwd,
    encoding: 'utf8',
  });
  const written = path.join(cwd, 'out');
  return { status, stderr, text: fs.existsSync(written) && fs.readFileSync(written, 'utf8') };
}

const manifest = (name: string) => JSON.stringify({ name, version: '1.0.0', license: 'MIT' });

describe('the licenses of what is bundled', () => {
  it('are those of each package once, with its notice, also of one in another', () => {
    const { text, stderr } = licensesOf(
      [
        'src/cli.ts',
        'node_modules/b/index.js',
        'node_modules/b/lib/more.js',
        'node_modules/b/node_modules/@a/c/index.js',
      ],
      {
        'node_modules/b/package.json': manifest('b'),
        'node_modules/b/license.md': 'Terms of b.\n',
        'node_modules/b/NOTICE': 'b has friends.\n',
        'node_modules/b/license-checker.js': 'no text',
        'node_modules/b/node_modules/@a/c/package.json': manifest('@a/c'),
        'node_modules/b/node_modules/@a/c/LICENSE-MIT.txt': 'Terms of c.\n',
      },
    );
    expect(stderr).toBe('');
    expect(text).toBe(
      `@a/c 1.0.0 (MIT)\n\nTerms of c.\n\n${'-'.repeat(80)}\n\n` +
        'b 1.0.0 (MIT)\n\nTerms of b.\n\nb has friends.\n',
    );
  });

  it('end the build where a package has none', () => {
    const { status, stderr, text } = licensesOf(['node_modules/bare/index.js'], {
      'node_modules/bare/package.json': manifest('bare'),
      'node_modules/bare/README.md': 'MIT',
    });
    expect({ status, text }).toEqual({ status: 1, text: false });
    expect(stderr).toContain('bare 1.0.0 has no license text');
  });

  it('are in the built package, and all of what it needs to run is among them', () => {
    const licenses = fs.readFileSync(path.join(path.dirname(BIN), 'THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of Object.keys(packageJson.dependencies)) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    expect(licenses).toMatch(/^highlight\.js \S+ \(BSD-3-Clause\)$/m);
    expect(licenses.match(/^\S+ \d\S* \(/gm)?.length).toBeGreaterThan(50);
  });
});
