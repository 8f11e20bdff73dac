import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksIn, withBlocks } from '../bench/pages.ts';
import packageJson from '../package.json' with { type: 'json' };
import { describeFlags, LastingOption } from '../src/cli/flags.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { COMPLETABLE_COMMANDS } from '../src/terminal/commands/commands.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

const pages = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...fs
    .readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A heading as a link names it: lower case, spaces as hyphens, no signs. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the documents', () => {
  it.each(pages)('in %s lead only to files and headings that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)/g)];
    for (const [, target = '', anchor] of links) {
      const file = target === '' ? page : path.join(path.dirname(page), target);
      expect(fs.existsSync(path.join(ROOT, file)), `${page} → ${file}`).toBe(true);
      if (anchor !== undefined) expect(anchors(read(file))).toContain(anchor);
    }
  });

  it.each(pages)('in %s start the program with flags that exist', (page) => {
    const known = describeFlags('0').options.map(({ long }) => long);
    for (const [command] of read(page).matchAll(/^(?:\w+=\S+ )?mini-coding-agent .*/gm)) {
      for (const [flag] of command.matchAll(/(?<=\s)--[a-z-]+/g)) expect(known).toContain(flag);
    }
  });

  it('are all named in the README, which has at most 190 lines without the table of the bench', () => {
    const readme = read('README.md');
    const written = withBlocks(readme, new Map([['programs', '']]));
    expect(written.split('\n').length - 1).toBeLessThanOrEqual(190);
    for (const page of pages.slice(1)) expect(readme).toContain(`](${page})`);
  });

  it('show the same table of the bench in README.md and docs/performance.md', () => {
    const [readme, page] = ['README.md', 'docs/performance.md'].map((file) => blocksIn(read(file)));
    expect(readme?.get('programs')).toMatch(/^\| .* this program \|/);
    expect(readme?.get('programs')).toBe(page?.get('programs'));
    expect([...(page?.keys() ?? [])]).toEqual(['programs', 'evaluated', 'windows', 'engine']);
  });

  it('tell in CHANGELOG.md what the version of the package brings', () => {
    const [newest] =
      read('CHANGELOG.md').match(/(?<=^## \[).*(?=\] - (?:Unreleased|\d{4}-\d\d-\d\d)$)/m) ?? [];
    expect(newest).toBe(packageJson.version);
  });

  it('explain every flag, setting, command and exit code in docs/usage.md', () => {
    const usage = read('docs/usage.md');
    const { options } = describeFlags('0');
    for (const { long } of options) expect(usage).toMatch(new RegExp(`^\\|.*\`${long}\\b`, 'm'));
    const [settings = ''] = /(?<=^The keys are )[^.]*/m.exec(usage) ?? [];
    const lasting = options.filter((flag) => flag instanceof LastingOption);
    for (const flag of lasting) expect(settings).toContain(`\`${flag.name()}\``);
    for (const { name } of COMPLETABLE_COMMANDS) {
      expect(usage).toMatch(new RegExp(`^\\|.*\`${name}\\b`, 'm'));
    }
    for (const code of Object.values(EXIT)) expect(usage).toMatch(new RegExp(`^\\| ${code} `, 'm'));
  });

  it('show the welcome as it is on a screen, in a box of one width', () => {
    const [box = ''] = /^\+=+\+\n[^]*\n\+=+\+$/m.exec(read('docs/usage.md')) ?? [];
    const widths = box.split('\n').map((row) => row.length);
    expect(new Set(widths)).toEqual(new Set([84]));
  });
});
