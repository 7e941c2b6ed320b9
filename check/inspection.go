package check

import (
	"context"
	"slices"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// The collectors, by their names in flags and in the configuration file.
const (
	collectorHealth    = "health"
	collectorClients   = "clients"
	collectorState     = "state"
	collectorLicenses  = "licenses"
	collectorSessions  = "sessions"
	collectorSurveys   = "surveys"
	collectorTeams     = "teams"
	collectorVault     = "vault"
	collectorJumpItems = "jump_items"
)

// need is what a step cannot do without. Each is more than the one before it.
type need int

const (
	needNothing need = iota
	needConnection
	needToken
	needCommands
)

// planned is a step before it is tried. It runs where one of its collectors is on, or always
// where it names none.
type planned struct {
	name  string
	needs need
	// timed says that the step tells itself how long it took.
	timed      bool
	collectors []string
	try        func(context.Context) Step
}

// inspection is the check of one appliance. It belongs to one goroutine.
type inspection struct {
	appliance    Appliance
	pairs        *pairs // of all that are checked
	stateTimeout time.Duration

	client     *appliance.Client
	connection *connection
	info       *appliance.APIInfo     // nil where get_api_info failed
	health     *appliance.HealthCheck // nil where check_health failed
	facts      Facts

	// blocked says from which need on steps cannot work, and why.
	blocked    need
	blockedWhy string
	// noState says why the state is not subscribed to, where it would be in vain.
	noState string
}

// plan returns the steps in their order.
func (i *inspection) plan() []planned {
	steps := []planned{
		{name: "dns", timed: true, try: i.dns},
		{name: "tcp", needs: needConnection, timed: true, try: i.tcp},
		{name: "tls", needs: needConnection, timed: true, try: i.tls},
		{name: "token", needs: needConnection, try: i.token},
		{name: "command_api", needs: needToken, try: i.commandAPI},
		{name: "clock", needs: needToken, try: i.clock},
		{name: "health", needs: needCommands, try: i.checkHealth},
		{name: "version", needs: needToken, try: i.version},
		{name: "cluster", needs: needCommands, collectors: []string{collectorHealth}, try: i.cluster},
		{name: "clients", needs: needCommands, collectors: []string{collectorClients}, try: i.clients},
	}
	steps = append(steps, planned{name: "real_time_state_api", needs: needToken, collectors: []string{collectorState}, try: i.statePermission})
	for _, p := range reportPermissions() {
		steps = append(steps, planned{name: p.step, needs: needToken, collectors: p.collectors(), try: func(ctx context.Context) Step { return i.reports(ctx, p) }})
	}
	if i.appliance.Pair != "" {
		steps = append(steps, planned{name: "pair", needs: needCommands, try: i.pair})
	}
	return append(steps,
		planned{name: "role", needs: needToken, try: i.role},
		planned{name: "state", needs: needToken, collectors: []string{collectorState}, try: i.state},
		planned{name: "probe", needs: needConnection, timed: true, collectors: []string{collectorHealth}, try: i.probe},
	)
}

// run tries all steps and hands each out as it ends.
func (i *inspection) run(ctx context.Context, emit func(Step)) {
	client, err := appliance.New(i.appliance.Client)
	if err != nil {
		emit(Step{
			Name: "configuration", Status: Failed, Tried: "read the settings of the appliance",
			Found: err.Error(), Remedy: "correct the setting that it names",
		}.shown())
		i.block(needNothing, "the configuration will not do")
	} else {
		defer client.Close()
		i.client = client
	}
	for _, p := range i.plan() {
		start := time.Now()
		s := i.step(ctx, p)
		if !p.timed && s.Status != Skipped {
			s.Took = time.Since(start)
		}
		s.Name = p.name
		emit(s.shown())
	}
}

// step tries a step, unless there is no sense in it.
func (i *inspection) step(ctx context.Context, p planned) Step {
	isOn := func(name string) bool { return i.appliance.Collectors[name] }
	switch {
	case len(p.collectors) > 0 && !slices.ContainsFunc(p.collectors, isOn):
		return skipped(notNeeded)
	case i.blockedWhy != "" && p.needs >= i.blocked:
		return skipped(i.blockedWhy)
	case ctx.Err() != nil:
		i.block(needNothing, "the check was interrupted")
		return Step{Status: Failed, Tried: "go on", Found: "the check was interrupted", Remedy: "run it again and let it end"}
	}
	return p.try(ctx)
}

// block says that nothing works which needs as much as that, and why.
func (i *inspection) block(from need, why string) {
	if i.blockedWhy == "" || from < i.blocked {
		i.blocked, i.blockedWhy = from, why
	}
}

// notNeeded is why a step was skipped that nobody asked for.
const notNeeded = "no collector that is on needs it"

// skipped is a step that was not tried.
func skipped(why string) Step { return Step{Status: Skipped, Found: why} }
