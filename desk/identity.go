package desk

import (
	"maps"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// identity is what a session is recognised by over gaps: a hash of its lsid,
// or of its row's id where it has none. A hash, since there are many sessions
// and it takes a fourth of the room.
type identity uint64

// identify returns the identity of the session with the row.
func identify(id uint64, row *statesub.SupportSession) identity {
	if row.LSID != "" {
		return identity(xxhash.Sum64String(row.LSID))
	}
	return identity(xxhash.Sum64String("\x00row " + strconv.FormatUint(id, 10)))
}

// voidRows makes sure that nobody is recognised by a row id of before, which
// after a truncate means something else.
func (d *Desk) voidRows() {
	for _, who := range slices.Sorted(maps.Keys(d.away)) {
		if a := d.away[who]; a.byRow {
			d.voids++
			delete(d.away, who)
			d.away[identity(xxhash.Sum64String("\x00void "+strconv.Itoa(d.voids)))] = a
		}
	}
}
