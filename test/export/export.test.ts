import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportSession } from '../../src/export/export.ts';
import { changesScene } from '../support/undo.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** A workspace in which something was said, beside a folder of the person's own. */
function exportScene(files: Record<string, string> = {}) {
  const { root, session, ask } = changesScene(files);
  ask('the request');
  const outside = temporaryFolder();
  const inRoot = (name: string) => path.join(root, name);
  const log = session.path;
  return {
    root,
    outside,
    inRoot,
    log,
    write: (file: string) => exportSession(session, file, root),
  };
}

describe('an export', () => {
  it.each([
    ['to a folder outside', (outside: string) => outside, 'exports/x.md'],
    ['to a folder with the folder in it', (outside: string) => outside, 'exports/deep/x.md'],
    ['to a protected folder', () => '.git', 'exports/x.md'],
  ])('follows no link in the workspace: %s', (_what, targetIn, file) => {
    const { root, outside, inRoot, write } = exportScene({ '.git/config': '' });
    fs.mkdirSync(path.join(outside, 'deep'));
    fs.symlinkSync(targetIn(outside), inRoot('exports'));
    const leadsTo = fs.realpathSync(inRoot('exports'));
    expect(() => write(inRoot(file))).toThrow(
      `${inRoot('exports')} is a link to ${leadsTo}; to write there, name that folder`,
    );
    // Nor by another name of the workspace, which is the person's own.
    const alias = path.join(temporaryFolder(), 'alias');
    fs.symlinkSync(root, alias);
    expect(() => write(path.join(alias, file))).toThrow('is a link to');
    expect(fs.readdirSync(path.join(outside, 'deep'))).toEqual([]);
    expect(fs.readdirSync(leadsTo)).not.toContain('x.md');
    expect(write(path.join(alias, 'fine.md'))).toBe(path.join(alias, 'fine.md'));
    expect(fs.readFileSync(inRoot('fine.md'), 'utf8')).toContain('the request');
  });

  it('goes where the person names it outside of the workspace, links included', () => {
    const { outside, write } = exportScene();
    const link = path.join(temporaryFolder(), 'notes');
    fs.symlinkSync(outside, link);
    write(path.join(link, 'a.md'));
    expect(fs.readFileSync(path.join(outside, 'a.md'), 'utf8')).toContain('the request');
  });

  it('of a log that cannot be read leaves no file, and one of an empty log has its title', () => {
    const { inRoot, write, log } = exportScene();
    const [header = ''] = fs.readFileSync(log, 'utf8').split('\n');
    fs.truncateSync(log, 2 * 1024 ** 3);
    expect(() => write(inRoot('out.md'))).toThrow('too large');
    expect(fs.existsSync(inRoot('out.md'))).toBe(false);
    fs.writeFileSync(log, `${header}\n`);
    write(inRoot('out.md'));
    expect(fs.readFileSync(inRoot('out.md'), 'utf8')).toMatch(/^# Session .*\n\n.*, model .*\n$/);
  });

  it('has what the person has added to a request', () => {
    const { session, root } = changesScene();
    session.record({ type: 'user', content: 'Indent it.' });
    session.record({ type: 'heard', content: 'With tabs.' });
    const file = path.join(root, 'out.md');
    exportSession(session, file, root);
    expect(fs.readFileSync(file, 'utf8')).toMatch(
      /\n## Request\n\nIndent it\.\n\n\*Added meanwhile:\*\n\nWith tabs\.\n$/,
    );
  });

  it.each([
    ['a file', (file: string) => fs.writeFileSync(file, 'mine')],
    ['a link to a file', (file: string) => fs.symlinkSync('mine.md', file)],
    ['a link to nothing', (file: string) => fs.symlinkSync('../new.md', file)],
    ['a FIFO', (file: string) => execFileSync('mkfifo', [file])],
    ['a folder', (file: string) => fs.mkdirSync(file)],
  ])('replaces nothing that exists: %s', (_what, make) => {
    const { root, inRoot, write } = exportScene({ 'mine.md': 'mine' });
    make(inRoot('out.md'));
    expect(() => write(inRoot('out.md'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(fs.readFileSync(inRoot('mine.md'), 'utf8')).toBe('mine');
    expect(fs.existsSync(path.join(root, '../new.md'))).toBe(false);
  });
});
