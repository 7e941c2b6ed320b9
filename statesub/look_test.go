package statesub

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Whoever looks while full copies and changes come in sees one moment: each
// message brings as many sessions as clients, and what was counted is what was
// applied. Nobody waits for a large message to be received or decoded.
func TestLookSeesOneMoment(t *testing.T) {
	const rows, rounds = 5000, 12
	// pair is a message that does the same to two tables.
	pair := func(op string, from, to int) string {
		var b strings.Builder
		fmt.Fprintf(&b, `{"%s":{`, op)
		for i, table := range []string{"support_session", "customer_client"} {
			if i > 0 {
				b.WriteByte(',')
			}
			opening, row, closing := `{`, `"%d":{"lsid":"%[1]d","client_type":"desktop","customer_name":"Jane Roe"}`, `}`
			if op == "delete" {
				opening, row, closing = `[`, `"%d"`, `]`
			}
			fmt.Fprintf(&b, `"%s":%s`, table, opening)
			for id := from; id < to; id++ {
				if id > from {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, row, id)
			}
			b.WriteString(closing)
		}
		b.WriteString(`},"type":"model_update"}`)
		return b.String()
	}
	whole, some, fewer := pair("insert", 0, rows), pair("insert", rows, rows+10), pair("delete", 5, 15)
	server := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := upgrade(w, r, "")
		defer p.close()
		if p.accept() != nil {
			return
		}
		for range rounds {
			if p.send(whole, some, fewer, `{"type":"truncate_model"}`) != nil {
				return
			}
		}
		_ = p.send(whole)
		p.wait()
	}))
	s := run(t, server, nil)
	looks := 0
	for deadline := time.Now().Add(time.Minute); ; {
		var c Stats
		var before, sessions, clients int
		s.Look(func(_ Instant, m *Model) {
			before = m.Rows(TableSupportSession)
			runtime.Gosched()
			sessions, clients = m.Rows(TableSupportSession), m.Rows(TableCustomerClient)
			c = s.Stats()
		})
		looks++
		if before != sessions || sessions != clients {
			t.Fatalf("%d and then %d sessions, %d clients", before, sessions, clients)
		}
		changes := c.RowChanges[TableSupportSession]
		if changes != c.RowChanges[TableCustomerClient] {
			t.Fatalf("row changes %v and %v", changes, c.RowChanges[TableCustomerClient])
		}
		updates, rest := int(c.Messages[MessageModelUpdate]), 0
		for _, n := range []int{rows, rows + 10, rows}[:updates%3] {
			rest = n
		}
		if updates%3 == 0 && uint64(updates/3) > c.Truncations {
			rest = rows // the truncate is still to come
		}
		if sessions != rest {
			t.Fatalf("%d sessions after %d updates and %d truncates, want %d", sessions, updates, c.Truncations, rest)
		}
		if updates == 3*rounds+1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("after a minute only %d messages have come: %s", updates, c.LastError)
		}
	}
	if looks < rounds {
		t.Errorf("somebody could look only %d times", looks)
	}
}

// Before it runs a subscription shows an empty model at the local time.
func TestLookBeforeRun(t *testing.T) {
	s := newSubscription(t, tlsServer(t, http.NotFoundHandler()), nil)
	s.Look(func(now Instant, m *Model) {
		if m.Synced() || now.Appliance < unixSeconds(time.Now())-60 {
			t.Errorf("in sync %v at %f", m.Synced(), now.Appliance)
		}
		if c := s.Stats(); c != (Stats{}) {
			t.Errorf("counted %+v", c)
		}
	})
}
