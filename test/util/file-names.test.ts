import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, entriesOf, isText, nameOf, withCodes } from '../../src/util/file-names.ts';
import { takesAnyBytes } from '../support/disk.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { often } from '../support/stress.ts';

it('any bytes of a path come back as they were, and text stays text', () => {
  const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x2f, 0xc3, 0xa9, 0xe9));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 12 }), (bytes) => {
      const given = Buffer.from(bytes);
      const name = nameOf(given);
      expect(Buffer.from(bytesOf(name))).toEqual(given);
      expect(isText(name)).toBe(Buffer.from(given.toString()).equals(given));
      if (isText(name)) expect(name).toBe(given.toString());
    }),
    { numRuns: often(300, 3_000) },
  );
});

it('no path of any text loses a byte and turns into another', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '\udce9', 'į', 'Į', '😀', '\ud83d') });
  fc.assert(
    fc.property(part, (name) => {
      const bytes = Buffer.from(bytesOf(name)).toString('latin1');
      expect(bytes).not.toMatch(/[/.]/);
    }),
  );
});

it('shows a byte that is not text as a code, in the parts of a path that are not text', () => {
  const name = nameOf(Buffer.from('é/caf\xe9', 'latin1'));
  expect(withCodes(name)).toBe('\\xe9/caf\\xe9');
  const mixed = Buffer.concat([Buffer.from('é😀/'), Buffer.from('caf\xe9', 'latin1')]);
  expect(withCodes(nameOf(mixed))).toBe('é😀/caf\\xe9');
});

it.skipIf(!takesAnyBytes)('lists a folder whose name and whose entries are not text', () => {
  const root = temporaryFolder();
  const odd = Buffer.from(`${root}/d\xff`, 'latin1');
  fs.mkdirSync(odd);
  fs.writeFileSync(Buffer.concat([odd, Buffer.from('/\xe9.txt', 'latin1')]), '');
  const [folder] = entriesOf(root);
  expect(folder?.isDirectory()).toBe(true);
  const inside = entriesOf(path.join(root, folder?.name ?? ''));
  expect(inside.map((entry) => [withCodes(entry.name), entry.isFile()])).toEqual([
    ['\\xe9.txt', true],
  ]);
});
