// Package simulator is a simulated B Series appliance: for the demo, for tests and for benchmarks.
//
// It speaks what the vendor's documents describe, over TLS, with a certificate that it makes:
//
//   - POST /oauth2/token: client credentials by HTTP basic; tokens that end, the oldest of which dies when there are too many; an
//     account that locks itself after repeated failures;
//   - /api/command: check_health, get_api_info, get_appliances, get_connected_client_list, get_connected_clients, get_logged_in_reps,
//     get_support_teams; with the limits of requests and their headers;
//   - /api/reporting: SupportSession, SupportTeam, SupportCustExitSurvey, SupportRepExitSurvey, LicenseUsage, VaultAccountActivity and JumpItem of
//     Remote Support; AccessSession, Team, VaultAccountActivity and JumpItem of Privileged Remote Access;
//   - GET /check_health: the health check without a token;
//   - /nw: the real-time state API, where the product is Remote Support and the appliance is not a backup.
//
// It was written from the documents alone and imports nothing of the exporter, so that it cannot share the exporter's mistakes. The
// support desk that it shows is package world's: pure, seeded, and with a book of what truly happened. An Appliance puts that desk into
// time and on a network; two of them in a failover relationship share one desk (NewPair).
//
// The appliance's clock is the machine's, set off by Config.ClockOffset. The desk may live faster than the clock (world.Config.Speed): then
// more happens in a second, but every timestamp on the wire stays the clock's.
//
// Faults, restarts and failovers come by methods, or by HTTP through the handler that Control returns, whose GET / describes
// itself.
package simulator
