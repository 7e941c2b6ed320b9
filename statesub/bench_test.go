package statesub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
)

// fullCopy returns a full copy of a desk with so many sessions, with every
// field that the vendor documents.
func fullCopy(sessions int) []byte {
	var b bytes.Buffer
	row := 0
	table := func(name string, rows int, fields func(i int) string) {
		if row > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"%s":{`, name)
		for i := range rows {
			if i > 0 {
				b.WriteByte(',')
			}
			row++
			fmt.Fprintf(&b, `"%d":{%s}`, 10_000_000_000+row, fields(i))
		}
		b.WriteByte('}')
	}
	const created = 1_763_800_000
	names := []string{"Jürgen Groß", "Amélie Lefèvre", "John Smith", "佐藤 さくら", "Maria Fernández"}
	b.WriteString(`{"type":"model_update","insert":{`)
	table("queue", 40, func(i int) string {
		return fmt.Sprintf(`"code_name":"team_%d","created_timestamp":%d,"name":"Équipe %d","support_team_id":%d,"type":"team"`, i, created+i, i, i)
	})
	table("representative", sessions/5, func(i int) string {
		return fmt.Sprintf(`"connected":1,"console_in_focus":0,"created_timestamp":%d,"hostname":"DESK-%d","operating_system":"Windows 11 (x64)","private_display_name":"%s","private_ip":"10.0.%d.%d","public_display_name":"%s","public_ip":"203.0.113.7:51812","queue_id":"%d","routing_available":1,"routing_busy":0,"routing_enabled":1,"routing_idle":0,"selected_support_session_id":"","skill_code_names":"vpn,windows,printing","type":"normal","user_id":"%d","username":"user%d@example.com"`,
			created+i, i, names[i%5], i/250%250, i%250, names[i%5], 10_000_000_001+i%40, i, i)
	})
	table("representative_queue", sessions/5, func(i int) string {
		return fmt.Sprintf(`"created_timestamp":%d,"queue_id":"%d","representative_id":"%d","role":"member"`, created+i, 10_000_000_001+i%40, 10_000_000_041+i)
	})
	table("support_session", sessions, func(i int) string {
		return fmt.Sprintf(`"created_timestamp":%d,"customer_company":"Exämple & Söhne GmbH","customer_company_code":"EX%d","customer_description":"Der Drucker im 2. Stock druckt nicht mehr. \"Fehler 0x%x\" erscheint,\nseit gestern.","customer_name":"%s","estimated_pickup_timestamp":%d,"issue_code_name":"printing","issue_description":"Printers and scanners","lsid":"%032x","primary_team_queue_id":"%d","priority":2,"public_site_id":"1","public_site_name":"Default","queue_entry_timestamp":%d,"queue_id":"%d","start_method":"issue_submission"`,
			created+i, i, i, names[i%5], created+i+60, i*7919, 10_000_000_001+i%40, created+i+3, 10_000_000_001+i%40)
	})
	table("customer_client", sessions, func(i int) string {
		return fmt.Sprintf(`"client_type":"desktop","connected":1,"created_timestamp":%d,"elevated":0,"hostname":"LAPTOP-%08d","operating_system":"Windows 11 Enterprise (x64)","support_session_id":"%d"`, created+i, i, 10_000_000_041+i)
	})
	table("representative_support_session", sessions*3/4, func(i int) string {
		return fmt.Sprintf(`"created_timestamp":%d,"representative_id":"%d","selected_support_session_service_tool":"screen_sharing","support_session_id":"%d"`, created+i, 10_000_000_041+i, 10_000_000_041+i)
	})
	table("support_session_attribute", sessions, func(i int) string {
		return fmt.Sprintf(`"code_name":"ticket","created_timestamp":%d,"support_session_id":"%d","value":"INC%07d"`, created+i, 10_000_000_041+i, i)
	})
	b.WriteString(`}}`)
	return b.Bytes()
}

// BenchmarkDecodeFullCopy decodes a full copy and applies it to a model,
// beside what encoding/json takes to decode it alone.
func BenchmarkDecodeFullCopy(b *testing.B) {
	text := fullCopy(10_000)
	b.Run("statesub", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		d, m := NewDecoder(), new(Message)
		for b.Loop() {
			if err := d.Decode(text, m); err != nil {
				b.Fatal(err)
			}
			model := NewModel(ignore{})
			model.Subscribed(Instant{})
			model.Apply(Instant{}, &m.Update)
			if model.Rows(TableSupportSession) != 10_000 {
				b.Fatal("the sessions are not all there")
			}
		}
	})
	b.Run("encoding-json-map", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			if err := json.Unmarshal(text, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json-struct", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			var m struct {
				Type   string
				Insert struct {
					Queue map[string]struct {
						Type          string
						CodeName      string `json:"code_name"`
						Name          string
						SupportTeamID int `json:"support_team_id"`
					}
					Representative map[string]struct {
						Created   float64 `json:"created_timestamp"`
						QueueID   uint64  `json:"queue_id,string"`
						UserID    uint64  `json:"user_id,string"`
						Type      string
						Skills    string `json:"skill_code_names"`
						Connected int
						Available int `json:"routing_available"`
						Busy      int `json:"routing_busy"`
						Enabled   int `json:"routing_enabled"`
						Idle      int `json:"routing_idle"`
					}
					SupportSession map[string]struct {
						LSID            string
						QueueID         uint64  `json:"queue_id,string"`
						PrimaryQueueID  uint64  `json:"primary_team_queue_id,string"`
						Created         float64 `json:"created_timestamp"`
						QueueEntry      float64 `json:"queue_entry_timestamp"`
						EstimatedPickup float64 `json:"estimated_pickup_timestamp"`
						StartMethod     string  `json:"start_method"`
						PublicSite      string  `json:"public_site_name"`
						Issue           string  `json:"issue_code_name"`
						Priority        int
					} `json:"support_session"`
					CustomerClient map[string]struct {
						SupportSessionID uint64 `json:"support_session_id,string"`
						ClientType       string `json:"client_type"`
						Connected        int
						Elevated         int
					} `json:"customer_client"`
				}
			}
			if err := json.Unmarshal(text, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUpdate decodes and applies a change of one session.
func BenchmarkUpdate(b *testing.B) {
	text := []byte(`{"type":"model_update","update":{"support_session":{"10000000042":{"queue_id":"10000000001","queue_entry_timestamp":1763800100}}}}`)
	d, m := NewDecoder(), new(Message)
	model := NewModel(ignore{})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(text, m); err != nil {
			b.Fatal(err)
		}
		model.Apply(Instant{}, &m.Update)
	}
}

// BenchmarkHeapPerSession reports the live heap that a row of support_session
// takes in a model, and the whole desk divided by its sessions.
func BenchmarkHeapPerSession(b *testing.B) {
	const sessions = 50_000
	measure := func(b *testing.B, text func() []byte, metric string) {
		for b.Loop() {
			before := liveHeap()
			d, m := NewDecoder(), new(Message)
			model := NewModel(ignore{})
			if err := d.Decode(text(), m); err != nil {
				b.Fatal(err)
			}
			model.Apply(Instant{}, &m.Update)
			m.reset()
			after := liveHeap()
			b.ReportMetric(float64(after-before)/sessions, metric)
			runtime.KeepAlive(d)
			runtime.KeepAlive(model)
		}
	}
	b.Run("row", func(b *testing.B) {
		measure(b, func() []byte {
			var t bytes.Buffer
			t.WriteString(`{"type":"model_update","insert":{"support_session":{`)
			for i := range sessions {
				if i > 0 {
					t.WriteByte(',')
				}
				fmt.Fprintf(&t, `"%d":{"lsid":"%032x","queue_id":"%d","created_timestamp":1763800000,"start_method":"issue_submission","customer_name":"Jane Roe"}`, i, i, i%40)
			}
			t.WriteString(`}}}`)
			return t.Bytes()
		}, "live-B/row")
	})
	b.Run("desk", func(b *testing.B) {
		measure(b, func() []byte { return fullCopy(sessions) }, "live-B/session")
	})
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
