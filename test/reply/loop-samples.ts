/** Text that small models loop in, and honest text that looks similar. */

const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at + 1)).join('\n');

const PHRASES = [
  'I will now read the file again.',
  'The file contains the following functions and each of them is documented below.',
  'no ',
  'Let me check the tests. Then I run them. Then I look at what fails.',
  'Vielleicht sollte ich die Datei noch einmal lesen.',
  '我会再次读取这个文件。',
  'return the value of the function that returns the value of',
  '**Note:** the function `parse` is not exported.',
  'Done.',
  '- Reply with exactly one tool call or exactly one final answer, inside its tags, and nothing else.',
];
const GAPS: readonly [string, (at: number) => string][] = [
  ['spaces', () => ' '],
  ['newlines', () => '\n'],
  ['empty lines', () => '\n\n'],
  ['changing whitespace', (at) => [' ', '\n', '  ', '\n\n', '\t'][at % 5] ?? ''],
  ['list markers', (at) => `\n${['-', '*', '+', '•'][at % 4]} `],
  ['numbers', (at) => `\n${at + 1}. `],
  ['numbers on one line', (at) => ` ${at + 1}) `],
];
const COUNTED: readonly [string, (at: number) => string][] = [
  ['steps', (at) => `Step ${at}: read the file and find out what is in it.`],
  ['bold steps', (at) => `**Step ${at}:** check the tests`],
  ['files that are made up', (at) => `src/module${at}.ts has the function number ${at}`],
  ['headings', (at) => `## Part ${at}\nThis part is about the next part.`],
  ['dates', (at) => `2024-01-${at}: nothing has happened on this day`],
  ['versions', (at) => `v1.${at}.0 (fixes of the version before it)`],
  ['questions', (at) => `Q${at}: what does the file do?`],
];

/** Each kind without an end: its name, and the text. */
export const LOOPS: readonly (readonly [string, string])[] = [
  ...PHRASES.flatMap((phrase) =>
    GAPS.map(([gap, between]) => {
      const text = Array.from({ length: 1_200 }, (_, at) => phrase + between(at)).join('');
      return [`${phrase.slice(0, 24)} with ${gap}`, text] as const;
    }),
  ),
  ...COUNTED.map(([name, line]) => [name, lines(400, line)] as const),
  ['two sentences in turn', 'I read the file.\nI write the file.\n'.repeat(200)],
  ['a paragraph', `${lines(30, (at) => `This is sentence ${at * 7919} of it.`)}\n\n`.repeat(30)],
  ['phrases that begin alike', 'a red car, a red bus, a red car, a red van, '.repeat(100)],
  ['a word', 'carp'.repeat(500)],
  ['a letter', 'a'.repeat(2_000)],
  ['newlines', '\n'.repeat(3_000)],
  ['a ruler without an end', '-'.repeat(5_000)],
  ['zeros', '0, '.repeat(2_000)],
];

/** Honest repetitive answers: the name, and the text. */
export const HONEST: readonly (readonly [string, string])[] = [
  ['a ruler', `Title\n${'-'.repeat(200)}\ntext`],
  ['rulers', `Title\n${'='.repeat(150)}\ntext\n${'='.repeat(150)}\nmore`],
  ['a row of stars', `${'*'.repeat(300)}\ntext`],
  ['a wide table', `|a|b|\n|${'---|'.repeat(80)}\n|1|2|`],
  ['a padded table', lines(40, (at) => `| ${at * 37} |${' '.repeat(90)}| yes |`)],
  ['a checklist', lines(30, (at) => `- [x] ${at ** 3} files of ${'abc'.repeat(at % 7)} are done`)],
  ['an ordered list', lines(60, (at) => `${at}. ${(at * 7919).toString(36)} is the next name`)],
  ['numbered tests', lines(60, (at) => `ok ${at} - case ${at}`)],
  ['names of tests', lines(40, (at) => `✓ test_case_${at} (${at * 3} ms)`)],
  ['numbers', `The numbers are: ${lines(300, String).replaceAll('\n', ', ')}`],
  ['zeros in a line', `[${'0, '.repeat(200)}0]`],
  ['greetings', `It prints:\n${'Hello, World!\n'.repeat(20)}`],
  ['greetings in code', `\`\`\`\n${'Hello, World!\n'.repeat(100)}\`\`\``],
  ['rows in code', `\`\`\`csv\n${lines(200, (at) => `${at},user${at},a@b.c`)}\n\`\`\``],
  ['a few words', `no, ${'no, '.repeat(30)}and that is it`],
  ['a refrain', 'Row, row, row your boat, gently down the stream.\n'.repeat(4)],
  ['imports', lines(40, (at) => `import { a${at} } from './${(at * 7919).toString(36)}.ts';`)],
  ['fields', lines(50, (at) => `"${(at * 104_729).toString(36)}": null,`)],
  ['spaces', `a${' '.repeat(600)}b`],
  ['empty lines', `a${'\n'.repeat(200)}b`],
  [
    'a tree of folders',
    lines(60, (at) => `${'│   '.repeat(at % 6)}├── ${(at * 7919).toString(36)}`),
  ],
  ['a bar of progress', `[${'#'.repeat(120)}${'.'.repeat(80)}] 60%`],
  ['a box', `+${'-'.repeat(90)}+\n|${' '.repeat(90)}|\n+${'-'.repeat(90)}+`],
  ['answers to questions', lines(25, (at) => `${at}. ${['Yes', 'No', 'Unknown'][at % 3]}.`)],
  ['points', `The score is ${'★'.repeat(90)}.`],
  ['a matrix', `${lines(12, (at) => `[${'0, '.repeat(at)}1${', 0'.repeat(12 - at)}]`)}`],
  ['an object', `It is {${lines(30, (at) => `"key${at * at}": ${at % 2 === 0}`)}}`],
  ['hashes', lines(30, (at) => `${(at * 104_729).toString(16).padStart(40, '0')} file ${at * at}`)],
  ['letters', 'The longest is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".'],
  ['a stack', lines(25, (at) => `    at f${(at * 7919).toString(36)} (src/a.ts:${at}:7)`)],
  ['passed tests', lines(15, (at) => `PASS test/${(at * 7919).toString(36)}.test.ts (${at} ms)`)],
  ['dots', `Loading${'.'.repeat(300)} done`],
  ['underscores', `Name: ${'_'.repeat(120)}\nDate: ${'_'.repeat(120)}`],
  ['the same step in two places', 'Run the tests again, all of them.\nThen commit.\n'.repeat(3)],
  ['nested lists', lines(40, (at) => `${'  '.repeat(at % 4)}- ${(at * 7919).toString(36)}`)],
];

/** Honest contents of files: the name, and the text. */
export const CONTENTS: readonly (readonly [string, string])[] = [
  ['a table of zeros', '0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,\n'.repeat(32)],
  ['a ruler', `// ${'='.repeat(100)}\n// part\n// ${'='.repeat(100)}\n`],
  ['2,000 equal characters', 'a'.repeat(2_000)],
  ['a long ruler', `${'-'.repeat(3_000)}\n`],
  ['rows of zeros', '0,0,0,0\n'.repeat(300)],
  ['more rows of zeros', '0,0,0,0\n'.repeat(1_000)],
  ['zeros in base64', `${Buffer.alloc(57).toString('base64')}\n`.repeat(20)],
  ['many empty lines', '\n'.repeat(300)],
  ['many spaces', ' '.repeat(5_000)],
  ['brackets', '[[],[],[],[],[],[],[],[],[],[]],\n'.repeat(30)],
  ['rows with ids', lines(1_500, (at) => `${at},user${at},user${at}@example.com`)],
  ['objects with ids', lines(500, (at) => `{ id: ${at}, name: 'item ${at}' },`)],
  ['numbers', lines(3_000, String)],
  ['a list without words', lines(400, (at) => `${at}. item`)],
  ['tests with numbers', lines(300, (at) => `it('case ${at}', () => check(${at}));`)],
  ['elements', '<li class="item"><a href="#">item</a></li>\n'.repeat(100)],
  ['a map of tiles', `${'#'.repeat(80)}\n`.repeat(100)],
  ['lines of a log', 'INFO  waiting for the server\n'.repeat(200)],
  ['a string of bits', '01'.repeat(3_000)],
  ['CSS', lines(200, (at) => `.m-${at} { margin: ${at}px; }`)],
  ['a grid of letters', `${'abcdefgh '.repeat(10)}\n`.repeat(60)],
  ['SQL', lines(500, (at) => `INSERT INTO t VALUES (${at}, 'x');`)],
  ['null values', '  null,\n'.repeat(800)],
  ['cells', '<td></td>'.repeat(600)],
  ['braces', `${'{'.repeat(500)}${'}'.repeat(500)}`],
  ['JSON of points', `[${'{"x":0,"y":0},'.repeat(500)}{}]`],
  ['a poem', 'Never gonna give you up, never gonna let you down.\n'.repeat(40)],
  ['the same test', "  assert.equal(parse(''), undefined);\n".repeat(200)],
];
