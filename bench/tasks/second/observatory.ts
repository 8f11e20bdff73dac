/** A repository in Go and SQL: the dome and the mount of a telescope. */
import type { Files } from '../task.ts';

/** The repository. */
export const observatory: Files = {
  'go.mod': 'module example.org/observatory\n\ngo 1.22\n',
  'README.md': `# Observatory

Runs the dome and the mount at night. Settings are in config/observatory.ini, the tables of the log
in migrations/.
`,
  'config/observatory.ini': `; all times in UTC
[mount]
driver = eqmod
port = 7624

[dome]
driver = nexdome
port = 4533
parkAzimuth = 180

[camera]
port = 5760
cooling = -10
`,
  'cmd/observe/main.go': `package main

import (
	"fmt"

	"example.org/observatory/internal/dome"
	"example.org/observatory/internal/mount"
	"example.org/observatory/internal/sky"
)

func main() {
	m := mount.New()
	d := dome.New()
	defer d.Close()
	if d.MustClose(sky.SunAltitude()) {
		fmt.Println("too bright")
		return
	}
	d.Open()
	m.Slew(sky.Radians(83.82), sky.Radians(-5.39))
}
`,
  'internal/dome/shutter.go': `package dome

// Dome is the roof of the observatory.
type Dome struct {
	open bool
}

// New is a closed dome.
func New() *Dome { return &Dome{} }

// Open opens the shutter.
func (d *Dome) Open() { d.open = true }

// Close closes the shutter.
func (d *Dome) Close() { d.open = false }
`,
  'internal/dome/twilight.go': `package dome

// brightest is how high the sun may be, in degrees above the horizon.
const brightest = -9.0

// MustClose says whether it is too bright to observe.
func (d *Dome) MustClose(sun float64) bool {
	return sun > brightest
}
`,
  'internal/dome/rotate.go': `package dome

// Rotate turns the dome by the shorter way. It gives degrees, negative to the left.
func (d *Dome) Rotate(from, to int) int {
	turn := (to - from + 540) % 360
	return turn - 180
}
`,
  'internal/mount/slew.go': `package mount

import "time"

// settle is how long the tube swings after a slew.
const settle = 8 * time.Second

// Mount carries the telescope.
type Mount struct {
	ra, dec float64
	moved   time.Time
}

// New is a mount that has just moved.
func New() *Mount { return &Mount{moved: time.Now()} }

// Slew points the telescope, in radians.
func (m *Mount) Slew(ra, dec float64) {
	m.ra, m.dec = ra, dec
	m.moved = time.Now()
	time.Sleep(settle)
}
`,
  'internal/mount/park.go': `package mount

import "time"

// idleBeforePark is how long the mount waits for a command before it parks.
const idleBeforePark = 2700 * time.Second

// ShouldPark says whether nobody has used the mount for long.
func (m *Mount) ShouldPark(now time.Time) bool {
	return now.Sub(m.moved) > idleBeforePark
}
`,
  'internal/sky/angles.go': `package sky

import "math"

// Radians are degrees in radians.
func Radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// Wrap brings an angle into a full circle.
func Wrap(degrees float64) float64 { return math.Mod(degrees+360, 360) }
`,
  'internal/sky/sun.go': `package sky

import (
	"math"
	"time"
)

// SunAltitude is about how high the sun is now, in degrees.
func SunAltitude() float64 {
	hours := float64(time.Now().UTC().Hour())
	turned := Wrap(15*hours - 180)
	return 60 * math.Cos(Radians(turned))
}
`,
  'migrations/001_nights.sql': `CREATE TABLE nights (
  id INTEGER PRIMARY KEY,
  began TEXT NOT NULL
);
`,
  'migrations/002_exposures.sql': `CREATE TABLE exposures (
  id INTEGER PRIMARY KEY,
  night INTEGER NOT NULL REFERENCES nights (id),
  target TEXT NOT NULL,
  seconds REAL NOT NULL
);
`,
  'migrations/003_quality.sql': `ALTER TABLE nights ADD COLUMN moon REAL;
ALTER TABLE exposures ADD COLUMN seeing REAL;
`,
  'migrations/004_indexes.sql': `CREATE INDEX exposures_by_seeing ON exposures (seeing);
CREATE INDEX exposures_by_target ON exposures (target);
`,
};
