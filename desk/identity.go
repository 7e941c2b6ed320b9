package desk

import (
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
