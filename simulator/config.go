package simulator

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// Product is which of the vendor's products an appliance runs.
type Product string

// The products. Privileged Remote Access has no real-time state API.
const (
	RemoteSupport          Product = "remote_support"
	PrivilegedRemoteAccess Product = "privileged_remote_access"
)

// Role is the part of an appliance in a failover relationship.
type Role string

// The roles, by the vendor's names.
const (
	RoleNone    Role = "none"
	RolePrimary Role = "primary"
	RoleBackup  Role = "backup"
)

// Echo is what the real-time state API answers to the sub-protocol that a client offers. Nobody has published what real appliances do.
type Echo int

// The answers that a client must be ready for.
const (
	EchoEncoded Echo = iota // ingredi%20state%20api
	EchoDecoded             // ingredi state api
	EchoNone                // no Sec-WebSocket-Protocol at all
)

// Permissions is what the API account may do, as /login shows it.
type Permissions struct {
	// NoCommand takes the command API away.
	NoCommand bool
	// ReadOnlyCommand gives read_only access to it. The simulator has no command that needs more.
	ReadOnlyCommand bool
	// NoState takes the real-time state API away.
	NoState bool
	// NoSessionReports takes away the reports of sessions, surveys and teams, NoLicenseReports those of licences and Jump Items, NoVaultReports
	// that of the vault.
	NoSessionReports bool
	NoLicenseReports bool
	NoVaultReports   bool
}

// Config says which appliance to simulate. The zero value is a Remote Support appliance without failover and with a desk of forty
// representatives in its busiest hour. Each field's zero value stands for the default that its comment names.
type Config struct {
	// World is the desk. Its Start is set to the appliance's clock, its Access by the Product. Its FlushEvery is 500 ms by default; a negative one is none.
	World world.Config

	// Now is the machine's clock: by default time.Now. ClockOffset is what the appliance's clock is ahead of it.
	Now         func() time.Time
	ClockOffset time.Duration

	// Product is Remote Support by default.
	Product Product
	// Hostname is support.example.com by default, ApplianceID a GUID made of the seed.
	Hostname    string
	ApplianceID string
	// Version and APIVersion are 24.3.2 and 1.25.0 by default, in the form that a check_health has.
	Version    string
	APIVersion string
	// CompanyName is in get_api_info up to RS 24.2: by default it is not.
	CompanyName string
	// Reports is how the reporting API spells what the documents leave open.
	Reports ReportDialect
	// NamespaceBase is the part of the XML namespace before "/command" and "/reporting": by default that of the product's newest documents. Old
	// appliances say http://www.bomgar.com/namespaces/API.
	NamespaceBase string

	// ClientID and ClientSecret are the API account's: by default some made of the seed.
	ClientID     string
	ClientSecret string
	Permissions  Permissions
	// TokenLifetime is an hour by default, MaxTokens 30.
	TokenLifetime time.Duration
	MaxTokens     int
	// LockoutAfter is how many wrong credentials in a row lock the account, by default 5, for LockoutFor, by default five minutes.
	LockoutAfter int
	LockoutFor   time.Duration
	// RequestsPerSecond and RequestsPerHour are the limits of the API account: by default 20 and 15 000. RetryAfter adds that header to
	// the refusals.
	RequestsPerSecond int
	RequestsPerHour   int
	RetryAfter        bool

	// CertificateLifetime is for how long from now the certificate is valid: by default 90 days. With a negative one it has ended.
	CertificateLifetime time.Duration

	// Echo is the answer to the sub-protocol: encoded by default.
	Echo Echo
	// MaxIntegrations is how many clients the real-time state API takes: 30 by default.
	MaxIntegrations int
	// FrameBytes is the size from which a message is always cut over several frames: 256 KiB by default. Smaller ones are cut sometimes.
	FrameBytes int
	// Backlog is how many bytes of updates may wait for a slow reader, by default 32 MiB; SlowReader is how long one frame may take, by
	// default 20 s. A reader who is slower is disconnected.
	Backlog    int
	SlowReader time.Duration

	// Role is the role in a failover relationship: none by default.
	Role Role
	// SharedIPs are the enabled shared addresses, where there is a failover relationship.
	SharedIPs []string
	// DataSyncEvery is how often the pair syncs: every 15 minutes by default.
	DataSyncEvery time.Duration

	// Logger is told of what clients do wrong; by default nobody is. Secrets and tokens are never in it.
	Logger *slog.Logger
}

// withDefaults returns the configuration with every default filled in, or an error that names what makes no sense.
func (c Config) withDefaults() (Config, error) {
	orDefault(&c.Product, RemoteSupport)
	orDefault(&c.Role, RoleNone)
	switch {
	case c.Product != RemoteSupport && c.Product != PrivilegedRemoteAccess:
		return c, fmt.Errorf("simulator: Product is %q; give %q or %q", c.Product, RemoteSupport, PrivilegedRemoteAccess)
	case c.Role != RoleNone && c.Role != RolePrimary && c.Role != RoleBackup:
		return c, fmt.Errorf("simulator: Role is %q; give %q, %q or %q", c.Role, RoleNone, RolePrimary, RoleBackup)
	case c.Echo < EchoEncoded || c.Echo > EchoNone:
		return c, fmt.Errorf("simulator: Echo is %d; give EchoEncoded, EchoDecoded or EchoNone", c.Echo)
	case !c.Reports.Language.known():
		return c, fmt.Errorf("simulator: Reports.Language is %q; give %q, %q or %q", c.Reports.Language, English, German, French)
	case c.Reports.Big.Sessions < 0 || c.Reports.Big.Events < 0 || c.Reports.Big.Bytes < 0:
		return c, fmt.Errorf("simulator: Sessions, Events and Bytes of Reports.Big must not be negative")
	case c.MaxTokens < 0 || c.LockoutAfter < 0 || c.RequestsPerSecond < 0 || c.RequestsPerHour < 0 || c.MaxIntegrations < 0 || c.FrameBytes < 0 || c.Backlog < 0:
		return c, fmt.Errorf("simulator: MaxTokens, LockoutAfter, RequestsPerSecond, RequestsPerHour, MaxIntegrations, FrameBytes and Backlog must not be negative")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	orDefault(&c.Hostname, "support.example.com")
	orDefault(&c.ApplianceID, fmt.Sprintf("50adeb59f0f04163%016x", c.World.Seed))
	orDefault(&c.Version, "24.3.2 (77071-1f0c9a52d4f3e1b7a8c65d90e2f4b1837d5a6c09)")
	orDefault(&c.APIVersion, "1.25.0")
	base := "https://www.beyondtrust.com/namespaces/API"
	if c.Product == PrivilegedRemoteAccess {
		base = "http://www.beyondtrust.com/sra/namespaces/API"
	}
	orDefault(&c.NamespaceBase, base)
	orDefault(&c.ClientID, fmt.Sprintf("%012x", 0xe52a9aa6fc05^c.World.Seed))
	orDefault(&c.ClientSecret, fmt.Sprintf("simulated-secret-%016x", c.World.Seed))
	orDefault(&c.TokenLifetime, time.Hour)
	orDefault(&c.MaxTokens, 30)
	orDefault(&c.LockoutAfter, 5)
	orDefault(&c.LockoutFor, 5*time.Minute)
	orDefault(&c.RequestsPerSecond, 20)
	orDefault(&c.RequestsPerHour, 15_000)
	orDefault(&c.CertificateLifetime, 90*24*time.Hour)
	orDefault(&c.MaxIntegrations, 30)
	orDefault(&c.FrameBytes, 256<<10)
	orDefault(&c.Backlog, 32<<20)
	orDefault(&c.SlowReader, 20*time.Second)
	orDefault(&c.DataSyncEvery, 15*time.Minute)
	orDefault(&c.World.FlushEvery, 500*time.Millisecond)
	c.World.FlushEvery = max(0, c.World.FlushEvery)
	c.World.Start = c.clock()
	c.World.Access = c.Product == PrivilegedRemoteAccess
	return c, nil
}

// clock is the appliance's clock.
func (c Config) clock() time.Time {
	return c.Now().Add(c.ClockOffset)
}

func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
