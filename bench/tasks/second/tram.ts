/** A repository in Rust and YAML: the lines of a tram company. */
import type { Files } from '../task.ts';

const line = (number: number, colour: string, stops: readonly string[]) =>
  `line: ${number}\ncolour: ${colour}\nstops:\n${stops.map((stop) => `  - ${stop}\n`).join('')}`;

/** The repository. */
export const tram: Files = {
  'Cargo.toml': `[package]
name = "tramway"
version = "0.9.2"
edition = "2021"
`,
  'README.md': `# Tramway

Each file in lines/ is a line. \`sh tools/stops.sh > docs/stops.md\` makes the list of all stops anew.

The depot is behind Old Mill.
`,
  'CHANGELOG.md': `# Changelog

## 0.9.2 (2024-11-05)

- Old Mill has a lift.

## 0.9.0 (2024-06-30)

- Line 11.
- Night trams stop at Castle Gate, too.

## 0.7.0 (2024-03-18)

- Night trams, on Fridays and Saturdays.

## 0.6.1 (2023-12-02)

- Day tickets.
`,
  'lines/4.yaml': line(4, 'green', ['Brickworks', 'Old Mill', 'Castle Gate', 'Infirmary']),
  'lines/7.yaml': line(7, 'ochre', ['Zoo', 'Castle Gate', 'Old Mill', 'Velodrome']),
  'lines/11.yaml': line(11, 'violet', ['Infirmary', 'Linden Row', 'Velodrome']),
  'docs/stops.md': `- Brickworks
- Castle Gate
- Infirmary
- Old Mill
- Velodrome
- Zoo
`,
  'tools/stops.sh': `#!/bin/sh
# Prints the stops of all lines, each once.
cat lines/*.yaml | grep '^  - ' | sed 's/^ *//' | LC_ALL=C sort -u
`,
  'src/main.rs': `mod depot;
mod fares;
mod network;

fn main() {
    let stops = vec!["Zoo".to_string(), "Castle Gate".to_string()];
    let trams = depot::trams_for(stops.len());
    println!("{} trams, {} cents", trams, fares::fare(1, false));
    println!("{:?}", network::shared(&stops, &stops));
}
`,
  'src/depot.rs': `/// Wagons that one driver may pull.
pub const MAX_WAGONS: usize = 2;

/// Seats of a wagon.
pub const SEATS: usize = 48;

/// Trams that a line with so many stops needs.
pub fn trams_for(stops: usize) -> usize {
    (stops + 3) / 4
}

/// Seats of a whole tram.
pub fn seats() -> usize {
    MAX_WAGONS * SEATS
}
`,
  'src/fares.rs': `/// Cents for a ride through so many zones.
pub fn fare(zones: u32, child: bool) -> u32 {
    let full = 180 + 90 * zones.saturating_sub(1);
    if child {
        full / 2
    } else {
        full
    }
}
`,
  'src/network.rs': `/// Stops that two lines share.
pub fn shared(one: &[String], other: &[String]) -> Vec<String> {
    one.iter()
        .filter(|stop| other.contains(stop))
        .cloned()
        .collect()
}

/// Whether a passenger can change from one line to the other.
pub fn connected(one: &[String], other: &[String]) -> bool {
    !shared(one, other).is_empty()
}

/// How many stops lie between two stops of a line.
pub fn distance(line: &[String], from: &str, to: &str) -> Option<usize> {
    let start = line.iter().position(|stop| stop == from)?;
    let end = line.iter().position(|stop| stop == to)?;
    Some(start.abs_diff(end))
}
`,
};
