package collector

import (
	"strings"
	"testing"
)

func TestPageFamilies(t *testing.T) {
	var table table
	sum := table.gauge("a_sum", "Adds up.", "z", "b")
	info := table.extreme("b_info", "Is 1.", "text")
	total := table.counter("c_total", "Counts.", "k")
	table.gauge("d_absent", "Has no row.")
	flag := table.extreme("d_flag", "Is 1 or 0.", "id")
	states := table.extreme("e_state", "Is a state.", "id", "role")

	p, q := table.page(), table.page()
	p.add(sum, 1, "2", "x")
	p.add(sum, 2, "1", "y")
	p.add(info, 1, strings.Repeat("long", 40)+"one")
	p.add(info, 1, strings.Repeat("long", 40)+"other")
	p.add(total, 5, "k")
	q.add(sum, 10, "2", "x")
	q.add(sum, 20, "2", "x")
	q.add(sum, 4, "2", "\xff")
	q.addFlag(flag, true, "twice, first 1")
	q.addFlag(flag, false, "twice, first 1")
	q.addFlag(flag, false, "twice, last 1")
	q.addFlag(flag, true, "twice, last 1")
	q.addStates(states, []string{"none", "some"}, "some", "1")
	q.addStates(states, []string{"none", "some"}, "odd", "2")
	q.addStates(states, []string{"none", "some"}, "", "3")
	p.put(q)
	p.close()
	late := table.page()
	late.add(total, 100, "k")
	p.put(late)

	compare(t, `
		# TYPE a_sum gauge
		a_sum{b="x",z="2"} 31
		a_sum{b="y",z="1"} 2
		a_sum{b="�",z="2"} 4
		# TYPE b_info gauge
		b_info{text="`+strings.Repeat("long", 32)+`"} 1
		# TYPE c_total counter
		c_total{k="k"} 5
		# TYPE d_flag gauge
		d_flag{id="twice, first 1"} 1
		d_flag{id="twice, last 1"} 1
		# TYPE e_state gauge
		e_state{id="1",role="none"} 0
		e_state{id="1",role="some"} 1
		e_state{id="2",role="none"} 0
		e_state{id="2",role="odd"} 1
		e_state{id="2",role="some"} 0
		`, text(t, p.families(), ""))
}
