package statesub

import "slices"

// table holds the rows of one table of which the contents are kept.
type table[R any, P keptRow[R]] map[uint64]*R

// upsert takes in the inserts and then the updates and appends what they did
// to changes. An insert for a row that is there replaces it; an update for one
// that is not makes it.
func (t *table[R, P]) upsert(u *TableUpdate[R], changes []Change[R]) []Change[R] {
	n := len(u.Inserts) + len(u.Updates)
	if n == 0 {
		return changes
	}
	if len(*t) == 0 && n > fewRows {
		*t = make(table[R, P], n)
	}
	rows := *t
	changes = slices.Grow(changes, n)
	for i := range u.Inserts {
		row := &u.Inserts[i]
		changes = append(changes, Change[R]{ID: row.ID, Old: rows[row.ID], New: row.Row})
		rows[row.ID] = row.Row
	}
	for i := range u.Updates {
		row := &u.Updates[i]
		old := rows[row.ID]
		if old != nil {
			// Rows that were handed out never change: the update's becomes the next.
			P(row.Row).complete(old, row.Fields)
		}
		changes = append(changes, Change[R]{ID: row.ID, Old: old, New: row.Row})
		rows[row.ID] = row.Row
	}
	return changes
}

// fewRows is the number of rows above which an empty table is made as large as
// they need. To grow step by step costs more than to put them in.
const fewRows = 64

// remove deletes rows and appends what that did to changes. Deleting a row
// that is not there is nothing.
func (t table[R, P]) remove(ids []uint64, changes []Change[R]) []Change[R] {
	for _, id := range ids {
		old, ok := t[id]
		if !ok {
			continue
		}
		delete(t, id)
		changes = append(changes, Change[R]{ID: id, Old: old})
	}
	return changes
}

// idSet holds the ids of a table of which only the number of rows is kept.
type idSet map[uint64]struct{}

func (s *idSet) apply(u *TableUpdate[Counted]) {
	if n := len(u.Inserts) + len(u.Updates); len(*s) == 0 && n > fewRows {
		*s = make(idSet, n)
	}
	ids := *s
	for i := range u.Inserts {
		ids[u.Inserts[i].ID] = struct{}{}
	}
	for i := range u.Updates {
		ids[u.Updates[i].ID] = struct{}{}
	}
}

func (s idSet) remove(ids []uint64) {
	for _, id := range ids {
		delete(s, id)
	}
}
