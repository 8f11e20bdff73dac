import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/workspace.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../.ci/before-publish');

/** Runs the script as the job for this tag does, and reads what it made of package.json. */
function beforePublish(tag: string, changelog: string) {
  const cwd = temporaryFolder({
    'package.json': '{ "name": "a", "version": "1.2.3" }',
    'CHANGELOG.md': changelog,
    '.ci/before-publish': fs.readFileSync(SCRIPT),
  });
  const env = {
    ...process.env,
    GITHUB_REF_NAME: tag,
    GITHUB_SERVER_URL: 'https://git.example',
    GITHUB_REPOSITORY: 'someone/agent',
  };
  const script = path.join(cwd, '.ci/before-publish');
  const { status, stderr } = spawnSync('bash', [script], { env, encoding: 'utf8' });
  const manifest: unknown = JSON.parse(fs.readFileSync(path.join(cwd, 'package.json'), 'utf8'));
  return { status, stderr, manifest };
}

describe('before a release', () => {
  it('the package is told where its repository is', () => {
    const { stderr, manifest } = beforePublish('v1.2.3', '## [1.2.3] - 2027-01-02\n');
    expect(stderr).toBe('');
    expect(manifest).toEqual({
      name: 'a',
      version: '1.2.3',
      repository: { type: 'git', url: 'git+https://git.example/someone/agent.git' },
      homepage: 'https://git.example/someone/agent#readme',
      bugs: { url: 'https://git.example/someone/agent/issues' },
    });
  });

  it.each([
    [
      'v1.2.4',
      '## [1.2.3] - 2027-01-02\n',
      'The tag is v1.2.4, but package.json has version 1.2.3.',
    ],
    ['v1.2.3', '## [1.2.3] - Unreleased\n', 'CHANGELOG.md has no date for 1.2.3.'],
  ])('%s is refused where the changelog has %j', (tag, changelog, problem) => {
    const { status, stderr, manifest } = beforePublish(tag, changelog);
    expect({ status, stderr }).toEqual({ status: 1, stderr: `${problem}\n` });
    expect(manifest).toEqual({ name: 'a', version: '1.2.3' });
  });
});
