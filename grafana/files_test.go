package grafana

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The files to import are what the code makes, and there are no others. UPDATE_GOLDEN=1 writes them anew.
func TestFiles(t *testing.T) {
	t.Parallel()
	var want []string
	for _, d := range Dashboards() {
		file := d.UID + ".json"
		want = append(want, file)
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v; write the files anew with UPDATE_GOLDEN=1", file, err)
			continue
		}
		if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Errorf("%s is not what the code makes; write it anew with UPDATE_GOLDEN=1:\n%s", file, diff)
		}
	}
	files, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("dashboards that there are (-), and files (+):\n%s", diff)
	}
}
