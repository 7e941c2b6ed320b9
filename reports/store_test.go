package reports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// A process that is killed at any step of its writing has shown nothing that the next one counts
// again, and the next one goes on from one of two whole files.
func TestKilledBetweenSteps(t *testing.T) {
	for _, killed := range []string{"writing", "written", "renamed", "never"} {
		t.Run(killed, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &pretend{noError: true}
				var logged lines
				config := Config{Client: p, Info: p.info, Intervals: all(Vault), Directory: t.TempDir(), Logger: logged.logger()}
				total := func(r *Reports) uint64 { return sum(r.View().VaultEvents, 0)["Account Created"] }
				r := begin(t, config)
				for range 3 {
					time.Sleep(time.Minute)
					p.events = append(p.events, event{Event: happen(time.Now(), "Account Created", "x")})
					time.Sleep(time.Minute)
					if err := r.poll(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Minute)
				p.events = append(p.events, event{Event: happen(time.Now(), "Account Created", "y")})
				time.Sleep(time.Minute)
				whole := r.pollers[0].store.disk
				r.pollers[0].store.disk = disk{
					write: func(path string, data []byte) error {
						if got := total(r); got != 3 {
							t.Errorf("it shows %d before they are safe", got)
						}
						if killed == "writing" {
							return errors.Join(errKilled, whole.write(path, data[:len(data)/2]))
						}
						return whole.write(path, data)
					},
					rename: func(from, to string) error {
						if killed == "written" {
							return errKilled
						}
						return whole.rename(from, to)
					},
					sync: func(directory string) error {
						if killed == "renamed" {
							return errKilled
						}
						return whole.sync(directory)
					},
				}
				_ = r.poll(t.Context())
				if told := logged.count("Cannot keep") == 1; told != (killed != "never") {
					t.Errorf("the log: %s", logged.all.String())
				}
				r = begin(t, config)
				if got := total(r); got != 3 && got != 4 {
					t.Errorf("it starts with %d", got)
				}
				for range 2 {
					if err := r.poll(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if got := total(r); got != 4 || logged.count("starts over") > 0 {
					t.Errorf("it ends with %d; %s", got, logged.all.String())
				}
			})
		})
	}
}

// A file that cannot be used is told of and set aside, and counting starts over.
func TestUnusableFiles(t *testing.T) {
	valid := func(t *testing.T) ([]byte, string) {
		t.Helper()
		directory := t.TempDir()
		s, err := openStore(directory, "hq/a", (&lines{}).logger())
		if err != nil {
			t.Fatal(err)
		}
		b := newBook(Sessions)
		b.countSession(&appliance.Session{Team: "T", Start: time.Unix(1, 0), End: time.Unix(3, 0), PickedUp: time.Unix(2, 0)}, true)
		s.put(Sessions, b)
		data, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		return data, filepath.Base(s.path)
	}
	data, name := valid(t)
	if _, err := parseFile(data, "hq/a"); err != nil {
		t.Fatal(err)
	}
	resealed := func(was, is string) []byte {
		_, body, _ := bytes.Cut(data, []byte("\n"))
		if !bytes.Contains(body, []byte(was)) {
			t.Fatalf("there is no %s in %s", was, body)
		}
		return seal(bytes.Replace(body, []byte(was), []byte(is), 1))
	}
	tests := map[string][]byte{
		"empty":                         {},
		"torn":                          data[:len(data)-10],
		"a bit changed":                 bytes.Replace(data, []byte(`"T"`), []byte(`"U"`), 1),
		"a newer version":               bytes.Replace(data, []byte("reports 1 "), []byte("reports 2 "), 1),
		"something else":                []byte("root:x:0:0\n"),
		"another appliance's":           resealed(`"hq/a"`, `"hq/b"`),
		"a counter with other labels":   resealed(`["","","T","","served"]`, `["","T","","served"]`),
		"a histogram of other buckets":  resealed(`{"counts":[`, `{"counts":[0,`),
		"native buckets of others":      resealed(`"zero":0`, `"zero":1`),
		"a negative native bucket":      resealed(`"zero":0`, `"zero":2,"native":{"1":-1}`),
		"a histogram of a negative sum": resealed(`"sum":2`, `"sum":-2`),
		"a number that is none":         resealed(`"value":1`, `"value":-1`),
		"a series twice": resealed(`{"labels":["","","T","","served"],"value":1}`,
			`{"labels":["","","T","","served"],"value":1},{"labels":["","","T","","served"],"value":1}`),
		"no books": resealed(`"sessions":{`, `"x":null,"sessions":{`),
	}
	for test, content := range tests {
		t.Run(test, func(t *testing.T) {
			directory := t.TempDir()
			path := filepath.Join(directory, name)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			var logged lines
			p := &pretend{}
			r, err := New(Config{Client: p, Info: p.info, Intervals: all(), Directory: directory, Appliance: "hq/a", Logger: logged.logger()})
			if err != nil {
				t.Fatal(err)
			}
			if logged.count("starts over") != 1 || logged.count(path) == 0 || len(r.View().Sessions) != 0 {
				t.Errorf("log %s, sessions %v", logged.all.String(), r.View().Sessions)
			}
			if kept, err := os.ReadFile(path + setAside); err != nil || !bytes.Equal(kept, content) {
				t.Errorf("it was not set aside: %v", err)
			}
		})
	}
}

// The directory may be full of another collector's books: they stay when it is switched off.
func TestOtherBooksStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		config := Config{Client: p, Info: p.info, Intervals: all(Vault, Teams), Directory: t.TempDir()}
		r := begin(t, config)
		time.Sleep(time.Minute)
		p.events = append(p.events, event{Event: happen(time.Now(), "Chat Message", "x")})
		time.Sleep(time.Minute)
		poll := func() {
			t.Helper()
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		poll()
		config.Intervals = all(Vault)
		r = begin(t, config)
		poll()
		if r.View().TeamEvents != nil {
			t.Error("a collector that is off shows something")
		}
		config.Intervals = all(Teams)
		r = begin(t, config)
		if got := sum(r.View().TeamEvents, 1)["Chat Message"]; got != 1 {
			t.Errorf("%d events were kept", got)
		}
		info, err := os.Stat(r.pollers[0].store.path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Error("others may read the file:", info.Mode(), err)
		}
	})
}

func TestFileNames(t *testing.T) {
	names := []string{
		"hq-a", "HQ.b_1", "../../etc/passwd", "..", ".", "a/b", "a%2Fb", "a b", "a\x00b", "Büro", "support.example.com:8443", "",
		strings.Repeat("x", 500), strings.Repeat("x", 501), strings.Repeat("ü", 300),
	}
	seen := make(map[string]string)
	for _, name := range names {
		made := fileName(name)
		if other, twice := seen[made]; twice {
			t.Errorf("%q and %q share %s", name, other, made)
		}
		seen[made] = name
		if len(made) > 200 || filepath.Base(made) != made || strings.HasPrefix(made, "..") || strings.ContainsAny(made, "/\\:\x00 ") {
			t.Errorf("%q makes %q", name, made)
		}
	}
	if got := fileName("support.example.com:8443"); got != "support.example.com%3A8443.reports.json" {
		t.Error(got)
	}
}

func FuzzParseFile(f *testing.F) {
	b := newBook(Sessions)
	b.Streams["x"] = &stream{Start: 1, Cursor: 2}
	b.Counted["x"] = ledger{identify("a"): {Bound: 1, N: 1}}
	b.countSession(&appliance.Session{Team: "T", Start: time.Unix(1, 0), End: time.Unix(3, 0)}, true)
	body, err := (&store{appliance: "a", books: map[Collector]*book{Sessions: b}}).encode()
	if err != nil {
		f.Fatal(err)
	}
	_, body, _ = bytes.Cut(body, []byte("\n"))
	f.Add(body)
	f.Add([]byte(`{"appliance":"a","collectors":{"surveys":{"counters":{"survey_answers_total":[]}},"x":{}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		books, err := parseFile(seal(body), "a")
		if err != nil {
			return
		}
		for c, b := range books {
			// Whatever was read can be counted on, written and read again.
			b.expect(c)
			if c == Sessions {
				b.countSession(&appliance.Session{Team: "new", Start: time.Unix(1, 0), End: time.Unix(3, 0), PickedUp: time.Unix(2, 0)}, true)
			}
		}
		again, err := (&store{appliance: "a", books: books}).encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseFile(again, "a"); err != nil {
			t.Fatal(fmt.Errorf("what was written cannot be read: %w", err))
		}
	})
}
