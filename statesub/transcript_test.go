package statesub

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var rewrite = flag.Bool("rewrite", false, "write what the model does into the transcripts, to be read before it is believed")

// TestTranscripts plays the transcripts in testdata to a model. A transcript is
// blocks of a command, ----, and what follows from it. A command is a time in
// seconds, a word, and for some the text of a message:
//
//	0 subscribed            a subscribe_response
//	0.2 message {...}       a message, decoded
//	3 receiving             a message has come in part
//	3 heard                 a message that changes nothing
//	3 arriving 2.5          bytes came from 2.5 to 3 that nobody can read yet
//	3 read                  they have been read
//	4 look                  somebody looks
//	9 disconnected          the connection ends
//
// The appliance's clock is 1000 seconds ahead of these times.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playTranscript(t, string(text))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(text); got != want && !*rewrite {
				gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
				for i := range gotLines {
					if i >= len(wantLines) || gotLines[i] != wantLines[i] {
						t.Fatalf("%s:%d: got %q\nthe whole of it:\n%s", file, i+1, gotLines[i], got)
					}
				}
				t.Fatalf("%s: lines are missing:\n%s", file, got)
			}
		})
	}
}

func playTranscript(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	model := NewModel(&reporter{out: &out})
	decoder, message := NewDecoder(), new(Message)
	answer := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
			answer = false
			out.WriteByte('\n')
		case answer:
		case strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		case line == "----":
			answer = true
		default:
			out.WriteString(line + "\n----\n")
			command(t, &out, model, decoder, message, line)
		}
	}
	return out.String()
}

func command(t *testing.T, out *strings.Builder, model *Model, decoder *Decoder, message *Message, line string) {
	t.Helper()
	when, what, _ := strings.Cut(line, " ")
	seconds, err := strconv.ParseFloat(when, 64)
	if err != nil {
		t.Fatalf("%q does not begin with a time", line)
	}
	at := Instant{Appliance: 1000 + seconds, Elapsed: time.Duration(seconds * float64(time.Second))}
	what, rest, _ := strings.Cut(what, " ")
	switch what {
	case "subscribed":
		model.Subscribed(at)
	case "receiving":
		model.Receiving(at)
	case "heard":
		model.Heard(at)
	case "arriving":
		since, err := strconv.ParseFloat(rest, 64)
		if err != nil {
			t.Fatalf("%q does not end with a time", line)
		}
		model.Arriving(at.Add(time.Duration((since-seconds)*float64(time.Second))), at)
	case "read":
		model.Arriving(Instant{}, Instant{})
	case "disconnected":
		model.Disconnected(at)
	case "look":
		model.Advance(at)
		fmt.Fprintf(out, "in sync: %v; rows:", model.Synced())
		for table := range Table(NumTables) {
			if n := model.Rows(table); n > 0 || model.Named(table) {
				fmt.Fprintf(out, " %s %d", table, n)
			}
		}
		out.WriteByte('\n')
	case "message":
		if err := decoder.Decode([]byte(rest), message); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch message.Kind {
		case MessageModelUpdate:
			model.Apply(at, &message.Update)
		case MessageTruncateModel:
			model.Truncate(at)
		default:
			model.Heard(at)
		}
	default:
		t.Fatalf("%q is no command", line)
	}
}

// reporter is a Watcher that writes down what it is told.
type reporter struct{ out *strings.Builder }

func (r *reporter) say(at Instant, format string, args ...any) {
	fmt.Fprintf(r.out, "%.10g: "+format+"\n", append([]any{at.Appliance - 1000}, args...)...)
}

func (r *reporter) CopyBegan(at Instant, truncated bool) {
	r.say(at, "copy began, truncated: %v", truncated)
}
func (r *reporter) CopyIn(at Instant) { r.say(at, "copy in") }
func (r *reporter) Lost(at Instant)   { r.say(at, "lost") }
func (r *reporter) Advance(Instant)   {}

func (r *reporter) Changed(at Instant, c *Changes) {
	r.say(at, "changed")
	showChanges(r.out, &c.Upserts)
	showChanges(r.out, &c.Deletes)
}

func showChanges(out *strings.Builder, rows *Rows) {
	show(out, TableAttendee, rows.Attendees)
	show(out, TableCustomerClient, rows.CustomerClients)
	show(out, TableQueue, rows.Queues)
	show(out, TableRepresentative, rows.Representatives)
	show(out, TableRepresentativeQueue, rows.RepresentativeQueues)
	show(out, TableRepresentativeSupportSession, rows.RepresentativeSupportSessions)
	show(out, TableRepresentativeSupportSessionTool, rows.RepresentativeSupportSessionTools)
	show(out, TableSupportSession, rows.SupportSessions)
	show(out, TableSupportSessionSkill, rows.SupportSessionSkills)
}

func show[R any](out *strings.Builder, table Table, changes []Change[R]) {
	for _, c := range changes {
		fmt.Fprintf(out, "  %s %d:%s ->%s\n", table, c.ID, showRow(c.Old), showRow(c.New))
	}
}
