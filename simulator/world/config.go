package world

import (
	"fmt"
	"math"
	"time"
)

// The largest desk that a World is meant for.
const (
	MaxRepresentatives = 10_000
	MaxSessions        = 50_000
)

// Config says which desk to make. The zero value of each field but Start stands for the default that its comment names.
type Config struct {
	// Seed is what everything is drawn from.
	Seed uint64
	// Start is the time by the appliance's clock at which the desk begins to live. It must be given.
	Start time.Time
	// TimeOfDay is the desk's time of day at Start: by default 10:30, when a desk is busiest. Midnight is 24h.
	TimeOfDay time.Duration
	// Speed is how many seconds pass at the desk in one second of the appliance's clock: by default 1.
	Speed float64

	// Representatives is how many accounts there are, at most MaxRepresentatives: by default 40. In the late morning
	// 85 of 100 are logged in.
	Representatives int
	// Sessions is how many support sessions there are at once in the busiest hour, at most MaxSessions: by default 11 for
	// ten representatives. With the default time of day a desk starts with just so many.
	Sessions int
	// Teams is how many support teams there are: by default one for twelve representatives, no fewer than 4, no more than 60.
	Teams int

	// Access makes it a desk of Privileged Remote Access: nobody waits, users begin sessions with Jump Items, and there are neither public sites
	// nor exit surveys.
	Access bool
	// JumpGroups lets the sessions of Remote Support have a Jump Group in the reports; those of Privileged Remote Access always have one.
	JumpGroups bool
	// AbnormalEnds is the share of the sessions that end abnormally, so that the reports never have an end of them: by default 0.005; a negative
	// one is none.
	AbnormalEnds float64
	// Products is how many answers there are to one of the questions of the customer survey: by default 12.
	Products int
	// Licenses is how many licences were bought: by default 9 for ten representatives. Nobody is refused one.
	Licenses int
	// Retention is for how long the logs for reports are kept, by the appliance's clock: by default seven days. History is how many finished
	// sessions are kept at most: by default 10 000, or Sessions if that is more.
	Retention time.Duration
	History   int

	// FlushEvery is the longest time, by the appliance's clock, for which a change waits until it is sent. Real appliances
	// promise twenty seconds. With 0 each change is sent at once.
	FlushEvery time.Duration
	// CopyMessages is how many messages a full copy is sent in: by default one to five, by the seed.
	CopyMessages int
	// ReturnWithin is the time, by the appliance's clock, in which clients come back after a restart: by default 8 s.
	ReturnWithin time.Duration
	// Coalesce folds everything that happens between two flushes into one message, so that a row that came and went between them is
	// never seen. Without it no message tells of two changes of the same session or representative, and the messages
	// tell everything that the book tells.
	Coalesce bool

	// Scatter sends every table of a message in a message of its own: inserts in any order, so that rows come before the rows that they
	// point to, then updates, then deletions.
	Scatter bool

	// Dialect is how values are spelt.
	Dialect Dialect
}

// withDefaults returns the configuration with every default filled in, or an error that names the field that makes no sense.
func (c Config) withDefaults() (Config, error) {
	if c.Start.IsZero() {
		return c, fmt.Errorf("world: Start is not set; give the time at which the desk begins to live")
	}
	if c.TimeOfDay < 0 || c.TimeOfDay > 24*time.Hour {
		return c, fmt.Errorf("world: TimeOfDay is %s; give a time between 0 and 24h", c.TimeOfDay)
	}
	if c.TimeOfDay == 0 {
		c.TimeOfDay = 10*time.Hour + 30*time.Minute
	}
	if c.Speed == 0 {
		c.Speed = 1
	}
	if math.IsNaN(c.Speed) || c.Speed < 0.01 || c.Speed > 100_000 {
		return c, fmt.Errorf("world: Speed is %v; give a number between 0.01 and 100000", c.Speed)
	}
	if c.Representatives == 0 {
		c.Representatives = 40
	}
	if c.Representatives < 0 || c.Representatives > MaxRepresentatives {
		return c, fmt.Errorf("world: Representatives is %d; give a number between 1 and %d", c.Representatives, MaxRepresentatives)
	}
	if c.Sessions == 0 {
		c.Sessions = min(MaxSessions, max(2, c.Representatives*11/10))
	}
	if c.Sessions < 0 || c.Sessions > MaxSessions {
		return c, fmt.Errorf("world: Sessions is %d; give a number between 1 and %d", c.Sessions, MaxSessions)
	}
	if c.Teams == 0 {
		c.Teams = min(60, max(4, c.Representatives/12))
	}
	if c.Teams < 0 || c.Teams > 1000 {
		return c, fmt.Errorf("world: Teams is %d; give a number between 1 and 1000", c.Teams)
	}
	if math.IsNaN(c.AbnormalEnds) || c.AbnormalEnds > 1 {
		return c, fmt.Errorf("world: AbnormalEnds is %v; give a number up to 1", c.AbnormalEnds)
	}
	if c.Products < 0 || c.Licenses < 0 || c.Retention < 0 || c.History < 0 {
		return c, fmt.Errorf("world: Products, Licenses, Retention and History must not be negative")
	}
	c.fillLogDefaults()
	if c.FlushEvery < 0 || c.CopyMessages < 0 || c.ReturnWithin < 0 {
		return c, fmt.Errorf("world: FlushEvery, CopyMessages and ReturnWithin must not be negative")
	}
	if c.ReturnWithin == 0 {
		c.ReturnWithin = 8 * time.Second
	}
	return c, nil
}

// fillLogDefaults fills in the defaults of what is logged for reports.
func (c *Config) fillLogDefaults() {
	if c.AbnormalEnds == 0 {
		c.AbnormalEnds = 0.005
	}
	if c.Products == 0 {
		c.Products = 12
	}
	if c.Licenses == 0 {
		c.Licenses = max(1, c.Representatives*9/10)
	}
	if c.Retention == 0 {
		c.Retention = 7 * 24 * time.Hour
	}
	if c.History == 0 {
		c.History = max(10_000, c.Sessions)
	}
}
