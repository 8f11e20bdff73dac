/** A repository of shell scripts and tables: who sings, and who was there. */
import type { Files } from '../task.ts';

const table = (...rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.join('\t')}\n`).join('');

const DATES = ['2025-01-14', '2025-01-21', '2025-01-28', '2025-02-04', '2025-02-11', '2025-02-18'];

/** Who was there, by date: a plus for each rehearsal. */
const PRESENCE = {
  'Tomas Rehn': '+++-++',
  'Ines Moreau': '-+--+-',
  'Lena Ostrowski': '++++++',
  'Bo Castell': '+-+-++',
  'Ines Varga': '+++++-',
};

/** The repository. */
export const choir: Files = {
  'README.md': `# Choir

The scripts in bin/ read the tables in tables/, which have tabs between their columns. The sender of
a letter is CHOIR_SENDER, if it is set. Bo Castell has the keys.
`,
  Makefile: `.DEFAULT_GOAL := letter

all: roster letter

roster:
	sh bin/roster.sh tenor

letter:
	sh bin/letter.sh

.PHONY: all roster letter
`,
  'tables/singers.tsv': table(
    ['name', 'voice', 'since'],
    ['Tomas Rehn', 'tenor', '2011'],
    ['Ines Moreau', 'soprano', '2019'],
    ['Lena Ostrowski', 'alto', '2016'],
    ['Bo Castell', 'bass', '2008'],
    ['Ines Varga', 'soprano', '2023'],
  ),
  'tables/rehearsals.tsv': table(
    ['date', 'name', 'status'],
    ...DATES.flatMap((date, at) =>
      Object.entries(PRESENCE).map(([name, marks]) => [
        date,
        name,
        marks[at] === '+' ? 'present' : 'absent',
      ]),
    ),
  ),
  'bin/roster.sh': `#!/bin/sh
# The singers of a voice: sh bin/roster.sh VOICE
awk -F '\\t' -v voice="$1" 'NR > 1 && $2 == voice { print $1 }' tables/singers.tsv
`,
  'bin/attendance.sh': `#!/bin/sh
# How often a singer was present, in percent: sh bin/attendance.sh NAME
awk -F '\\t' -v name="$1" '
  NR > 1 && $2 == name { all++; if ($3 == "present") came++ }
  END { if (!all) exit 4; printf "%d%%\\n", 100 * came / all }
' tables/rehearsals.tsv
`,
  'bin/names.sh': `#!/bin/sh
# Names in the table of rehearsals that are not in that of singers.
awk -F '\\t' '
  FNR == 1 { next }
  FILENAME ~ /singers/ { known[$1] = 1; next }
  !known[$2] { print FILENAME ":" FNR ": who is " $2 "?"; bad = 1 }
  END { exit bad }
' tables/singers.tsv tables/rehearsals.tsv
`,
  'bin/letter.sh': `#!/bin/sh
# A letter to everybody.
echo "From: \${CHOIR_SENDER:-the board}"
awk -F '\\t' 'NR > 1 { print "Dear " $1 "," }' tables/singers.tsv
`,
};
