package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// mostSkew is how far the clocks may be apart before that is warned of. The appliance tells its
// own in whole seconds.
const mostSkew = 5 * time.Second

// token tells whether the appliance takes the client ID and secret.
func (i *inspection) token(ctx context.Context) Step {
	const tried = "POST /oauth2/token"
	if _, err := i.client.Token(ctx); err != nil {
		i.block(needToken, "there is no token")
		return failed(tried, err)
	}
	return Step{Status: OK, Tried: tried, Found: "the appliance takes the client ID and secret"}
}

// asked returns the failed step of a command, and keeps later ones back where they cannot do
// better.
func (i *inspection) asked(tried string, err error) Step {
	switch {
	case errors.Is(err, appliance.KindRateLimited):
		i.block(needToken, "the appliance asked for a pause")
	case errors.Is(err, appliance.KindPermission):
		i.block(needCommands, "the API account may not use the command API")
	}
	return failed(tried, err)
}

// commandAPI tells what the account may do with the command API.
func (i *inspection) commandAPI(ctx context.Context) Step {
	const tried = "get_api_info"
	info, err := i.client.APIInfo(ctx)
	if err != nil {
		return i.asked(tried, err)
	}
	i.info = &info
	i.facts.APIVersion = printable(info.Version)
	s := Step{Status: OK, Tried: tried}
	switch command, told := i.access("perm_command"); {
	case !told:
		s.Found = "answered, without naming perm_command"
	case command.Access == "deny":
		s.Status, s.Found, s.Remedy = Failed, "perm_command is deny", tick("Command API: Read-Only Access")
		i.block(needCommands, "the API account may not use the command API")
	case command.Access == "full_access":
		s.Found = "perm_command is full_access (read_only is enough: the exporter changes nothing)"
	default:
		s.Found = "perm_command is " + command.Access
	}
	return s
}

// clock compares the clocks.
func (i *inspection) clock(context.Context) Step {
	const tried = "compare the clocks"
	switch {
	case i.info == nil:
		return skipped("get_api_info was not answered")
	case i.info.ClockSkew == nil:
		return Step{
			Status: Warning, Tried: tried, Found: "get_api_info does not tell the appliance's time",
			Remedy: "see yourself that the clocks of the appliance and of this machine agree",
		}
	}
	i.facts.ClockSkew = i.info.ClockSkew
	// The appliance cuts its time off to whole seconds: on average it is half a second on.
	skew := *i.info.ClockSkew + time.Second/2
	ahead := "ahead of"
	if skew < 0 {
		ahead = "behind"
	}
	s := Step{Status: OK, Tried: tried, Found: fmt.Sprintf("the appliance's is about %.0f s %s this machine's", math.Round(skew.Abs().Seconds()), ahead)}
	switch {
	case skew.Abs() <= 2*time.Second:
		s.Found = "they agree, as far as whole seconds tell"
	case skew.Abs() > mostSkew:
		s.Status, s.Remedy = Warning, "see which of the two is wrong, and let both keep time by NTP"
	}
	return s
}

// checkHealth tells whether the appliance finds itself well.
func (i *inspection) checkHealth(ctx context.Context) Step {
	const tried = "check_health"
	health, err := i.client.CheckHealth(ctx)
	if err != nil {
		return i.asked(tried, err)
	}
	i.health = &health
	host := health.Hostname
	if host == "" {
		host = "the appliance"
	}
	switch {
	case health.Success == nil:
		return Step{
			Status: Warning, Tried: tried, Found: host + " does not say whether it is well",
			Remedy: "check that " + i.client.Names().URL + " is the address of a BeyondTrust site",
		}
	case !*health.Success:
		why := "and does not say why"
		if health.ErrorMessage != "" {
			why = "and says: " + health.ErrorMessage
		}
		return Step{
			Status: Warning, Tried: tried, Found: fmt.Sprintf("%s finds itself unwell, %s", host, why),
			Remedy: "see /login > Status on the appliance; the exporter shows it as beyondtrust_health_check_success 0",
		}
	}
	return Step{Status: OK, Tried: tried, Found: host + " finds itself well"}
}

// version tells what the appliance runs, and how that is known.
func (i *inspection) version(context.Context) Step {
	if i.info == nil && i.health == nil {
		return skipped("neither get_api_info nor check_health was answered")
	}
	var found []string
	if i.health != nil && i.health.Version != "" {
		i.facts.Version = printable(i.health.Version)
		found = append(found, strings.TrimSpace("version "+i.health.Version+" "+parenthesised(i.health.Build)))
	} else {
		found = append(found, "version not told")
	}
	if i.info != nil && i.info.Version != "" {
		found = append(found, "API "+i.info.Version)
	} else {
		found = append(found, "API version not told")
	}
	s := Step{Status: OK, Tried: "find out what the appliance runs"}
	product, by := i.client.ToldProduct()
	configured := i.appliance.Client.Product
	how := map[appliance.ProductSource]string{
		appliance.ByNamespace:   "by the namespace of its answers",
		appliance.ByPermissions: "by the permissions of the API account",
	}[by]
	switch {
	case configured != "" && product != "" && configured != product:
		found = append(found, fmt.Sprintf("%s as configured, but %s %s", configured, product, how))
		s.Status, s.Remedy = Warning, "leave "+i.client.Names().Product+" out"
	case configured != "":
		found = append(found, string(configured)+", as configured")
	case product != "":
		found = append(found, string(product)+", "+how)
	default:
		found = append(found, "and nothing says which product")
		s.Status, s.Remedy = Warning, "say with "+i.client.Names().Product+" which it is, remote_support or privileged_remote_access"
	}
	i.facts.Product = string(i.client.Product())
	s.Found = strings.Join(found, ", ")
	return s
}

func parenthesised(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

// cluster tells who is in the failover pair or the cluster.
func (i *inspection) cluster(ctx context.Context) Step {
	const tried = "get_appliances"
	members, err := i.client.Appliances(ctx)
	if err != nil {
		return i.asked(tried, err)
	}
	names := make([]string, 0, len(members))
	for _, m := range members {
		name := m.Name
		if name == "" {
			name = m.ApplianceID
		}
		names = append(names, strings.TrimSpace(name+" "+parenthesised(m.FailoverRole)))
	}
	return Step{Status: OK, Tried: tried, Found: strings.TrimSuffix(fmt.Sprintf("%s: %s", count(len(members), "appliance"), strings.Join(names, ", ")), ": ")}
}

// clients tells how many clients are connected.
func (i *inspection) clients(ctx context.Context) Step {
	const tried = "get_connected_client_list"
	counts, err := i.client.ClientSummary(ctx)
	if err != nil {
		return i.asked(tried, err)
	}
	var total uint64
	for _, c := range counts {
		total += c.Count
	}
	return Step{Status: OK, Tried: tried, Found: fmt.Sprintf("%d clients are connected", total)}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// role tells the failover role.
func (i *inspection) role(context.Context) Step {
	if i.health == nil {
		return skipped("check_health was not answered")
	}
	f := i.health.Failover
	i.facts.Role = printable(f.Role)
	s := Step{Status: OK, Tried: "read the failover role"}
	switch f.Role {
	case appliance.RoleNone:
		s.Found = "none: no failover is configured"
		return s
	case appliance.RolePrimary, appliance.RoleBackup:
		s.Found = f.Role
	case "":
		s.Status, s.Found = Warning, "check_health does not tell it"
		s.Remedy = "look on the appliance itself, in /login > Management > Failover"
		return s
	default:
		s.Status, s.Found = Warning, f.Role+", which the vendor's documents do not know"
		s.Remedy = "look on the appliance itself, in /login > Management > Failover"
	}
	if !f.LastDataSync.IsZero() {
		s.Found += ", last data sync " + f.LastDataSync.UTC().Format(time.RFC3339)
		if f.LastDataSyncStatus != "" {
			s.Found += ": " + f.LastDataSyncStatus
		}
	}
	return s
}
