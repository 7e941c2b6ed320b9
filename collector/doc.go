// Package collector turns what is known of one appliance into Prometheus
// metrics.
//
// What lives here: the collectors, each with the descriptions of its metrics in
// a table beside the code that emits them; the scrape, which runs all of them at
// the same time and ends in time whatever the appliance does; and the one place
// where what came over the wire becomes a label: valid, short and bounded in
// number.
//
// What does not live here: how an appliance is asked (package appliance), how
// long an answer is kept (package health), the real-time state (packages
// statesub and desk), what is polled in the background and what was counted of it
// (packages licenses and reports), and the HTTP endpoint.
//
// A scrape makes its metric families itself rather than through a registry:
// two rows that would collide are put together instead of failing the scrape,
// and a metric costs next to nothing. Nothing in a scrape costs more on an
// appliance with more sessions.
package collector
