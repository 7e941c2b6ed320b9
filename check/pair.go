package check

import (
	"context"
	"fmt"
	"sync"
)

// pairs is who was met in which failover pair, by all inspections of one run.
type pairs struct {
	mu  sync.Mutex
	met map[member]string // the name that an appliance was met by first
}

// member is an appliance of a pair.
type member struct{ pair, applianceID string }

// meet takes note of an appliance, and returns by which other name it was met before; "" is by
// none.
func (p *pairs) meet(m member, name string) (before string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.met == nil {
		p.met = make(map[member]string)
	}
	if before, ok := p.met[m]; ok {
		return before
	}
	p.met[m] = name
	return ""
}

// pair tells whether the appliance is in the pair by one name alone. Which of two names is told
// depends on which was asked first.
func (i *inspection) pair(context.Context) Step {
	const tried = "compare it with the other of the pair"
	if i.health == nil {
		return skipped("check_health was not answered")
	}
	id := i.health.ApplianceID
	if id == "" {
		return skipped("check_health does not tell the appliance's id")
	}
	if before := i.pairs.meet(member{i.appliance.Pair, id}, i.appliance.Name); before != "" {
		return Step{
			Status: Failed, Tried: tried,
			Found:  fmt.Sprintf("it is the same appliance as %s: its id is %s by both names, and the other of the pair %q may not be watched at all", before, id, i.appliance.Pair),
			Remedy: "give each of the two the address of its own; an entry with the address that they share carries no label pair",
		}
	}
	return Step{Status: OK, Tried: tried, Found: fmt.Sprintf("its id in the pair %q is %s", i.appliance.Pair, id)}
}
