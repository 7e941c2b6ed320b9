package statesub

// merger is a pointer to a row into which an update of that row can be merged.
type merger[R any] interface {
	*R
	merge(update *R, fields uint16)
}

// table holds the rows of one table of which the contents are kept.
type table[R any, P merger[R]] map[uint64]*R

// upsert takes in the inserts and then the updates and appends what they did
// to changes. An insert for a row that is there replaces it; an update for one
// that is not makes it.
func (t table[R, P]) upsert(u *TableUpdate[R], changes []Change[R]) []Change[R] {
	for i := range u.Inserts {
		row := &u.Inserts[i]
		changes = append(changes, Change[R]{ID: row.ID, Old: t[row.ID], New: row.Row})
		t[row.ID] = row.Row
	}
	for i := range u.Updates {
		row := &u.Updates[i]
		old := t[row.ID]
		merged := row.Row
		if old != nil {
			// Rows that were handed out never change: merge into a copy.
			next := *old
			P(&next).merge(row.Row, row.Fields)
			merged = &next
		}
		changes = append(changes, Change[R]{ID: row.ID, Old: old, New: merged})
		t[row.ID] = merged
	}
	return changes
}

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

func (s idSet) apply(u *TableUpdate[Counted]) {
	for i := range u.Inserts {
		s[u.Inserts[i].ID] = struct{}{}
	}
	for i := range u.Updates {
		s[u.Updates[i].ID] = struct{}{}
	}
}

func (s idSet) remove(ids []uint64) {
	for _, id := range ids {
		delete(s, id)
	}
}
