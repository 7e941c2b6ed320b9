package decoders

import (
	"bytes"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// sessions is how many support sessions the desk has.
const sessions = 10_000

// messages are messages of the real-time state API without their newlines.
type messages [][]byte

// ofDesk returns the full copy of a simulated desk, always the same one, and
// what it sends in the two minutes after.
func ofDesk(tb testing.TB) (full, changes messages) {
	tb.Helper()
	start := time.Date(2025, time.March, 4, 10, 0, 0, 0, time.UTC)
	w, err := world.New(world.Config{Seed: 1, Start: start, Representatives: sessions / 5, Sessions: sessions})
	if err != nil {
		tb.Fatal(err)
	}
	lines := func(sent []world.Message) (m messages) {
		for _, message := range sent {
			m = append(m, bytes.TrimSuffix(message.Line(nil), []byte("\n")))
		}
		return m
	}
	return lines(w.Copy()), lines(w.Run(start.Add(2 * time.Minute)))
}

func (m messages) bytes() (n int) {
	for _, text := range m {
		n += len(text)
	}
	return n
}

// update has those fields of a message that the exporter keeps, for decoders
// into structs. Ids come as strings.
type update struct {
	Type   string `json:"type"`
	Insert tables `json:"insert"`
	Update tables `json:"update"`
}

type tables struct {
	Attendee       map[string]attendee       `json:"attendee"`
	CustomerClient map[string]customerClient `json:"customer_client"`
	Queue          map[string]queue          `json:"queue"`
	Representative map[string]representative `json:"representative"`
	Membership     map[string]membership     `json:"representative_queue"`
	Participation  map[string]participation  `json:"representative_support_session"`
	Tool           map[string]tool           `json:"representative_support_session_tool"`
	SupportSession map[string]supportSession `json:"support_session"`
	Skill          map[string]skill          `json:"support_session_skill"`
}

type attendee struct {
	Connected int `json:"connected"`
}

type customerClient struct {
	SupportSessionID string `json:"support_session_id"`
	ClientType       string `json:"client_type"`
	Connected        int    `json:"connected"`
	Elevated         int    `json:"elevated"`
}

type queue struct {
	Type          string `json:"type"`
	CodeName      string `json:"code_name"`
	Name          string `json:"name"`
	SupportTeamID int    `json:"support_team_id"`
}

type representative struct {
	Created          float64 `json:"created_timestamp"`
	QueueID          string  `json:"queue_id"`
	UserID           string  `json:"user_id"`
	SelectedID       string  `json:"selected_support_session_id"`
	Type             string  `json:"type"`
	SkillCodeNames   string  `json:"skill_code_names"`
	Connected        int     `json:"connected"`
	ConsoleInFocus   int     `json:"console_in_focus"`
	RoutingAvailable int     `json:"routing_available"`
	RoutingBusy      int     `json:"routing_busy"`
	RoutingEnabled   int     `json:"routing_enabled"`
	RoutingIdle      int     `json:"routing_idle"`
}

type membership struct {
	QueueID          string `json:"queue_id"`
	RepresentativeID string `json:"representative_id"`
	Role             string `json:"role"`
}

type participation struct {
	Created          float64 `json:"created_timestamp"`
	RepresentativeID string  `json:"representative_id"`
	SupportSessionID string  `json:"support_session_id"`
}

type tool struct {
	Tool string `json:"tool"`
}

type supportSession struct {
	LSID               string  `json:"lsid"`
	QueueID            string  `json:"queue_id"`
	PrimaryTeamQueueID string  `json:"primary_team_queue_id"`
	Created            float64 `json:"created_timestamp"`
	QueueEntry         float64 `json:"queue_entry_timestamp"`
	EstimatedPickup    float64 `json:"estimated_pickup_timestamp"`
	StartMethod        string  `json:"start_method"`
	PublicSite         string  `json:"public_site_name"`
	Issue              string  `json:"issue_code_name"`
	Priority           int     `json:"priority"`
}

type skill struct {
	SupportSessionID string `json:"support_session_id"`
	CodeName         string `json:"code_name"`
}
