// Package reports is what the reports of one appliance tell, over time: sessions that ended,
// answers to surveys, what happened in teams, to Vault accounts and to Jump Items, each counted
// once.
//
// What lives here: when which report is asked for, in the background, at the pace of each
// collector; the cursors on the appliance's clock and the windows that overlap; the identities
// by which a thing that two windows have is counted once; the counters and histograms; and the
// file in which all of that outlives the process. What does not live here: how a report is
// asked for and read (that is appliance's), and how the numbers become metrics (collector's).
//
// A poll works on a copy of the books of its collector, which replaces them when the report has
// come whole. So half a report is never counted, and a reader never sees half of one. Where a
// directory is given the copy is first written to disk, so that no number is shown that a
// restart would count again.
package reports
