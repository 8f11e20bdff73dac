import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportSession } from '../../src/export/export.ts';
import type { NewRecord } from '../../src/records.ts';
import {
  answer,
  anyLogged,
  at,
  check,
  compaction,
  epoch,
  heard,
  model,
  notice,
  read,
  tool,
  user,
} from '../support/session.ts';
import { often } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const ID = '20260401-144025-2dd0aa';
const CHILD = '20260401-144026-000001';
const OLD = path.resolve(import.meta.dirname, '../fixtures/sessions/without-epochs.jsonl');

const logOf = (id: string, parent: string | null, records: readonly NewRecord[]): string => {
  const created_at = '2026-04-01T14:40:20.000Z';
  const about = { workspace_root: '/home/me', model: 'scripted', parent, created_at };
  const lines = [{ type: 'session', version: 1, id, ...about }, ...records.map(at)];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
};

/** The page of a log, with these other logs beside it. */
function pageOfLog(log: string | Buffer, others: Record<string, string> = {}): string {
  const folder = temporaryFolder({ [`${ID}.jsonl`]: log, ...others });
  const page = path.join(folder, 'page.html');
  exportSession({ id: ID, path: path.join(folder, `${ID}.jsonl`) }, page, folder);
  return fs.readFileSync(page, 'utf8');
}

const pageOf = (...records: NewRecord[]) => pageOfLog(logOf(ID, null, records));

/** What a reader sees: the page without its markup and style, as lines. */
const shown = (page: string): string =>
  page
    .replace(/<style>[^]*?<\/style>|<time [^]*?<\/time>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&#(\d+);/g, (_code, code: string) => String.fromCharCode(Number(code)))
    .replace(/\n\s*/g, '\n');

/** A record with these members, too. */
const having = (record: NewRecord, more: object): NewRecord => ({ ...record, ...more });

const call = (content: string, usage: object): NewRecord =>
  having(model(content), { usage: { prompt_chars: 1_000, ...usage } });

describe('the page of a session', () => {
  it('tells of each model call what was sent by section, what was evaluated, and why the next was fast', () => {
    const page = pageOf(
      user('Fix it.'),
      epoch({ system: 's'.repeat(500), examples: [{ role: 'user', content: 'e'.repeat(200) }] }),
      call('<tool>…</tool>', { prompt_tokens: 400, shared_chars: 0, prompt_ms: 4_000 }),
      read('a.txt', '# a.txt\n   1: apple'),
      call('<final>Done.</final>', {
        prompt_tokens: 500,
        cached_tokens: 480,
        output_tokens: 20,
        prompt_ms: 200,
        output_ms: 1_000,
      }),
      answer('Done.'),
    );
    const text = shown(page);
    expect(text).toContain(
      '400 tokens sent (system 200, examples 80, memory 0, turns 120) · about 0 from the cache, 400 evaluated in 4.0 s',
    );
    expect(text).toContain('· 480 from the cache, 20 evaluated in 0.20 s · 20 generated in 1.0 s');
    expect(text).toContain('\nevaluated\nabout 420\n(47%)\n');
    expect(text).toContain('\nEvaluating\n4.2 s\n');
    // 520 tokens are the whole width: the bars have one scale.
    expect(page).toContain('<rect class="system" x="0.0" y="0" width="384.6" height="11"/>');
    expect(page).toContain('<rect class="evaluated" x="923.1" y="13" width="38.5" height="7"/>');
  });

  it('has all that happened, in order, and each text once', () => {
    const page = pageOf(
      user('Fix it.'),
      having(read('named.txt', 'what is in it'), { attached: true }),
      epoch({ system: 'the same start\nfirst end' }),
      having(model('<tool>one</tool>'), { thought: 'a thought of mine' }),
      having(tool('run_shell', { command: 'make' }, 'made of it'), {
        ok: false,
        decision: 'denied',
      }),
      heard('with tabs'),
      notice,
      { type: 'failure', kind: 'timeout', message: 'It is slow.' },
      compaction(2, 3),
      epoch({ why: 'compaction', system: 'the same start\nother end', memory: 'Memory: m' }),
      model('<final>the answer of it</final>'),
      check('npm test', 'what it found'),
      answer('the answer of it'),
      { type: 'resume' },
      { type: 'command', command: 'ls', content: 'what it lists' },
      { type: 'workspace', content: 'changed: other.txt' },
      { type: 'undo', edits: [{ path: 'b.txt', before: null, after: null }] },
      { type: 'reset' },
    );
    const text = shown(page);
    const inOrder = [
      ['Request 1', 'Fix it.', 'You attached', 'named.txt', 'what is in it'],
      ['A cache epoch begins (start)', 'first end', 'Call 1'],
      [
        'a thought of mine',
        '<tool>one</tool>',
        'run_shell',
        '· failed · you said no',
        'made of it',
      ],
      [
        'You added',
        'with tabs',
        'Told the model',
        'The model call failed (timeout)',
        'It is slow.',
      ],
      ['the newest 2 entries stay whole, the oldest 3 are left out', 'other end', 'Memory: m'],
      ['Call 2', 'the answer of it', 'Check failed:', 'what it found', 'Answer: the reply above'],
      ['Session resumed', 'You ran', 'what it lists', 'changed: other.txt', 'b.txt', 'cleared'],
    ].flat();
    let from = text.indexOf('Time line');
    for (const each of inOrder) {
      expect(text.indexOf(each, from), each).toBeGreaterThan(from);
      from = text.indexOf(each, from);
    }
    const texts = ['thought of mine', 'made of it', 'what it found', 'answer of it', 'same start'];
    for (const each of texts) expect(text.split(each), each).toHaveLength(2);
  });

  it('does not guess what the server kept over a resume', () => {
    const text = shown(
      pageOf(
        epoch(),
        call('a', { prompt_tokens: 400, shared_chars: 0 }),
        { type: 'resume' },
        call('b', { prompt_tokens: 400, shared_chars: 0 }),
      ),
    );
    expect(text).toContain('about 0 from the cache, 400 evaluated');
    expect(text).toContain(
      '400 tokens sent (system 2, examples 0, memory 0, turns 398) · how much was cached is not recorded',
    );
    expect(text).toContain('\ncached or not: unknown\nabout 400\n');
  });

  const delegating = (child: string): NewRecord[] => [
    user('Ask.'),
    epoch(),
    model('<tool>delegate</tool>'),
    having(tool('delegate', { task: 'look' }, 'It is red.'), { child }),
  ];
  const childRecords = [user('look'), epoch(), model('<final>It is red.</final>')];

  it('has a delegate within the call that started it, and counts its calls', () => {
    const page = pageOfLog(logOf(ID, null, delegating(CHILD)), {
      [`${CHILD}.jsonl`]: logOf(CHILD, ID, [...childRecords, ...delegating(CHILD)]),
    });
    const inner = /<summary>What the delegate did<\/summary>([^]*?)<\/ol>/.exec(page)?.[1] ?? '';
    expect(inner).toMatch(/<h5>Task<[^]*<h6>Call 1\.1<[^]*<h6>Call 1\.2</);
    expect(page.split('What the delegate did')).toHaveLength(2); // it cannot delegate itself
    expect(shown(page)).toContain('\nRequests\n1\nModel calls\n3\n');
  });

  it.each([
    ['that is gone', CHILD, {}, 'it is gone'],
    [
      'of another session',
      CHILD,
      { [`${CHILD}.jsonl`]: logOf(CHILD, null, childRecords) },
      'it is not that of a delegate',
    ],
    ['that is itself', ID, {}, 'it is not that of a delegate'],
    ['elsewhere', '../secret', { '../secret.jsonl': '' }, 'it is gone'],
  ])('shows no log of a delegate %s', (_what, child, others, why) => {
    const page = pageOfLog(logOf(ID, null, delegating(child)), others);
    expect(shown(page)).toMatch(new RegExp(`Its log .* is not shown: ${why}`));
    expect(page).not.toContain('Call 1.1');
  });

  it('of an older version goes as far as its log does', () => {
    const text = shown(pageOfLog(fs.readFileSync(OLD)));
    expect(text).toContain('Request 3\nWhat does it export?');
    expect(text).toContain('about 1,022 tokens sent · how much was cached is not recorded');
    expect(text).toContain('900 tokens sent · how much was cached is not recorded · 9 generated');
  });

  it('has a delegate once, however often the log names it', () => {
    const calls = Array.from({ length: 3 }, () =>
      having(tool('delegate', {}, 'r'), { child: CHILD }),
    );
    const page = pageOfLog(logOf(ID, null, [user('go'), ...calls]), {
      [`${CHILD}.jsonl`]: logOf(CHILD, ID, [user('look'), model('seen')]),
    });
    expect(page.split('seen')).toHaveLength(2);
    expect(page.split('it is above')).toHaveLength(3);
  });

  it('takes no hours for an answer that is nearly in a reply', () => {
    const [half, reply] = ['a'.repeat(500_000), 'a'.repeat(2_000_000)];
    const page = pageOf(user('go'), model(reply), answer(`${half}b${half}`));
    expect(page).not.toContain('the reply above');
  });

  it('of a damaged log says how much is missing', () => {
    const log = logOf(ID, null, [user('first'), user('second')]).replace(
      '{"type":"user"',
      '{"type":',
    );
    const text = shown(pageOfLog(`${log}{"type":"newer"}\n{"type":"us`));
    expect(text).toContain('2 lines of the log cannot be read and are left out.');
    expect(text).toContain('Request 1\nsecond');
    expect(shown(pageOfLog('\0\n'))).toContain(`Session ${ID}`);
  });

  it('of 750 calls takes less than 3 MB, with a long text cut down', () => {
    const turns = Array.from({ length: 750 }, (_, turn) => [
      user(`request ${turn}`),
      model(`<tool>${'x'.repeat(600)}</tool>`),
      read('a', 'const a = "<b>";\n'.repeat(200)),
      answer('y'.repeat(400)),
    ]);
    const page = pageOf(epoch(), ...turns.flat(), read('b', 'z'.repeat(2 ** 20)));
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).toMatch(/\.\.\.\[10\d{5} characters left out\]\.\.\./);
  });
});

/** Markup as the page has it: nothing that runs, loads or leads anywhere. */
const MARKUP = new RegExp(
  [
    /<!doctype html>|<html lang="en">|<meta (?:charset="utf-8"|name="viewport" content="[\w=, -]+")>/,
    /<(?:head|title|body|main|h[1-6]|p|dl|div|dt|dd|small|ol|ul|li|span|pre|code|b|time|summary|details)>/,
    /<(?:p|ul|li|pre|div) class="\w+">|<time datetime="[^"<>]*">|<details open>|<\/\w+>/,
    /<svg viewBox="[\d ]+"(?: preserveAspectRatio="none")? aria-hidden="true">/,
    /<rect class="\w+"(?: (?:x|y|width|height)="[\d.]+")*\/>/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

const HOSTILE = [
  '</details></pre><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]><!--',
  '--></style></title><svg onload=alert(1)>',
  '&lt;b&gt;&#60;',
  '\0\x1b[2J\u009b\u202e\u2066\u200b\ufeff\ud800',
  '\u{e0041}\udc00\r\n\r${x}`',
];

describe('whatever a session contains, its page', () => {
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));

  it('has no markup but its own, and no character that hides or reorders text', () => {
    const anyText = fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join(''));
    /** The same record with other texts wherever it has one that may be anything. */
    const spoilt = fc.tuple(anyLogged, anyText).map(([record, text]) => {
      const free = ['content', 'message', 'kind', 'name', 'command', 'model', 'version', 'system'];
      const fields = Object.keys(record).filter((field) => free.includes(field));
      const more = { thought: text, done_reason: text, args: { [text]: text }, child: text };
      return { ...record, ...Object.fromEntries(fields.map((field) => [field, text])), ...more };
    });
    fc.assert(
      fc.property(fc.array(spoilt, { maxLength: 12 }), anyText, (records, text) => {
        const log = logOf(ID, null, records).replaceAll('/home/me', () =>
          JSON.stringify(text).slice(1, -1),
        );
        const page = pageOfLog(
          log.replaceAll('2026-04-01T', () => JSON.stringify(text).slice(1, -1)),
        );
        const [head = '', body = ''] = page.split(/<style>[^]*?<\/style>/);
        const rest = `${head.replace(/<meta http-equiv="[\w-]+" content="[\w\d +/=';-]+">/, '')}${body}`;
        expect(rest.replace(MARKUP, '')).not.toMatch(/[<>]/);
        // eslint-disable-next-line no-control-regex
        expect(page).not.toMatch(
          /[^\P{Cc}\n\t]|\p{Surrogate}|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/u,
        );
      }),
      { numRuns: often(60, 3_000) },
    );
  });

  it('has a time that is quoted, where it only begins like one', () => {
    const strange = '1 Apr 2026 (" onclick="alert(1)")';
    const page = pageOfLog(
      logOf(ID, null, [user('x')]).replaceAll(/2026-04-01T[^"]*/g, () =>
        JSON.stringify(strange).slice(1, -1),
      ),
    );
    expect(page).toContain('<time datetime="1 Apr 2026 (&#34; onclick=&#34;alert(1)&#34;)">');
  });

  it('may load its own style, by its hash, and nothing else', () => {
    const page = pageOf(user('x'));
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(style).not.toMatch(/url\(|@import/);
  });
});
