import { describe, expect } from 'vitest';
import { find, ways } from '../../support/search.ts';
import { temporaryFolder } from '../../support/workspace.ts';

const files = {
  'a.txt': 'apple\nBanana apple\n\n  indented é\n- dash\n',
  'bom.txt': '\ufeffmarked\n',
  'crlf.txt': 'plum\r\npear\r\n',
  'latin1.txt': Buffer.from('caf\xe9 fig\n', 'latin1'),
  'open.txt': 'no newline plum',
};
const banana = 'a.txt:2:Banana apple';
const indented = 'a.txt:4:  indented é';
const NOTHING = '(no matches)';

describe.each(ways)('a search with %s', (_name, way, itNeeds) => {
  itNeeds.each([
    ['nothing where nothing matches', 'quince', NOTHING],
    ['any case for small letters', 'banana', banana],
    ['the same case for a capital', 'Banana', banana],
    ['no other case for capitals', 'BANANA', NOTHING],
    ['any case after (?i)', '(?i)BANANA', banana],
    ['any case for \\S and \\W, which are not capitals', '^b\\S+\\Wa', banana],
    ['repetition and alternatives', '^(ba(na){2}|x) a', banana],
    ['spaces at the beginning', '^ +indented', indented],
    ['a letter that is not ASCII', 'É$|é$', indented],
    ['a pattern that begins with a dash', '-dash|- dash', 'a.txt:5:- dash'],
    ['text after a byte order mark', 'marked', 'bom.txt:1:\ufeffmarked'],
    ['no beginning of a line after a byte order mark', '^marked', NOTHING],
    ['a line that ends with CRLF', '^plum', 'crlf.txt:1:plum'],
    ['the end of any line', 'plum$', 'crlf.txt:1:plum\nopen.txt:1:no newline plum'],
    ['a line with bytes that are not text', 'fig', 'latin1.txt:1:caf\ufffd fig'],
  ])('finds %s', async (_what, pattern, shown) => {
    expect(await find(way, temporaryFolder(files), pattern)).toBe(shown);
  });

  itNeeds.each(['[', '(a', 'a{2,1}', '*'])('says that %s is not a pattern', async (pattern) => {
    const search = find(way, temporaryFolder(files), pattern);
    await expect(search).rejects.toThrow(/not a valid regular expression: ./);
  });
});
