/** A weather station: measurements, settings, scripts of the shell, and documents. */
import type { Files } from '../task.ts';

const rows = Array.from({ length: 40 }, (_, index) => {
  const day = String((index % 20) + 1).padStart(2, '0');
  const station = index < 20 ? 'harbour' : 'hilltop';
  return `2025-03-${day},${station},${(index * 37) % 23},${(index * 53) % 31}`;
});

/** Its files. */
export const station: Files = {
  'README.md': `# Weather station

Measurements are in data/, settings in config/, scripts in scripts/.
Ask the person on duty before you change the settings.
`,
  'CHANGELOG.md': `# Changes

## 1.4.0
- The hilltop station reports wind gusts.

## 1.3.2
- A missing measurement no longer stops the report.

## 1.3.0
- Alarms are sent by radio, too.
`,
  'config/station.json': `{
  "name": "harbour",
  "altitude": 12,
  "sensors": { "wind": true, "rain": true, "light": false },
  "interval": 300
}
`,
  'config/alarms.json': `{
  "storm": { "windAbove": 62, "channel": "radio" },
  "frost": { "temperatureBelow": -4, "channel": "mail" },
  "flood": { "levelAbove": 340, "channel": "siren" }
}
`,
  'config/.env.sample': `STATION_PORT=7081
STATION_TOKEN=
`,
  'docs/duty.md': `# Duty

The person on duty is called when an alarm is not answered within 25 minutes.
Night duty begins at 21:30. Change the batteries of the hilltop every 90 days.
`,
  'docs/sensors.md': `# Sensors

| sensor | model  | checked   |
| ------ | ------ | --------- |
| wind   | VT-40  | monthly   |
| rain   | RG-7   | weekly    |
| light  | LX-210 | quarterly |
`,
  'data/march.csv': `date,station,temperature,wind\n${rows.join('\n')}\n`,
  'scripts/average.sh': `#!/bin/sh
# The average of a column of march.csv for one station.
# usage: average.sh STATION COLUMN (3 is temperature, 4 is wind)
awk -F, -v station="$1" -v column="$2" '
  $2 == station { sum += $column; count++ }
  END { printf "%.2f\\n", sum / count }
' data/march.csv
`,
  'scripts/backup.sh': `#!/bin/sh
# Copies the data to the backup folder.
set -e
target="\${1:-/srv/backup}"
mkdir -p "$target"
cp data/*.csv "$target"
echo "copied to $target"
`,
  'scripts/self-test.sh': `#!/bin/sh
# Checks the settings; prints a code for the logbook.
grep -q '"interval": 300' config/station.json || { echo "E17: wrong interval"; exit 3; }
code=$(cksum < config/alarms.json | cut -d ' ' -f 1)
echo "self-test passed, code $((code % 9973))"
`,
};
