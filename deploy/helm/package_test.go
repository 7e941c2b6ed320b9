//go:build helm

package helm

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The dashboards in the ConfigMaps are the files of grafana/, byte for byte, and all of them.
func TestChartDashboards(t *testing.T) {
	got := make(map[string]string)
	for _, o := range rendered(t, "helm", "--values", filepath.Join(chart, "ci", "pair-values.yaml"), "--show-only", "templates/dashboards.yaml") {
		if o.Metadata.Labels["grafana_dashboard"] != "1" {
			t.Errorf("%s has not the label that Grafana's sidecar looks for", o)
		}
		maps.Copy(got, o.Data)
	}
	compare(t, got, originals(t, root, "grafana/*.json"))
}

// The package that make chart leaves in dist/ has the rules and dashboards as files, each byte for
// byte that of its folder, and renders what the checkout renders.
func TestChartPackage(t *testing.T) {
	for _, helm := range helms {
		t.Run(helm, func(t *testing.T) {
			directory := t.TempDir()
			must(t, "", helm, "package", chart, "--destination", directory)
			archives, err := filepath.Glob(filepath.Join(directory, "*.tgz"))
			if err != nil || len(archives) != 1 {
				t.Fatalf("helm package made %v (%v), want one archive", archives, err)
			}
			files := unpack(t, archives[0])
			in := func(folder string) map[string]string {
				some := make(map[string]string)
				for name, text := range files {
					if inside, ok := strings.CutPrefix(name, chart+"/files/"+folder+"/"); ok {
						some[inside] = text
					}
				}
				return some
			}
			compare(t, in("rules"), originals(t, root, "deploy/prometheus/rules/*.yml"))
			compare(t, in("dashboards"), originals(t, root, "grafana/*.json"))
			for _, unwanted := range []string{"/ci/", "/tests/check_test.yaml", ".gotmpl"} {
				for name := range files {
					if strings.Contains(name, unwanted) {
						t.Errorf("%s is in the package", name)
					}
				}
			}
			values := filepath.Join(chart, "ci", "pair-values.yaml")
			packed := must(t, "", helm, "template", release, archives[0], "--namespace", namespace, "--kube-version", kubernetes, "--values", values)
			if packed != template(t, helm, "--values", values) {
				t.Error("the package renders something else than the checkout")
			}
		})
	}
}

// README.md is what helm-docs makes of the values and of README.md.gotmpl.
func TestChartReadme(t *testing.T) {
	directory := t.TempDir()
	for _, name := range []string{"Chart.yaml", "values.yaml", "README.md.gotmpl"} {
		write(t, filepath.Join(directory, chart, name), string(read(t, filepath.Join(chart, name))))
	}
	must(t, "", "helm-docs", "--chart-search-root", directory, "--log-level", "error")
	if string(read(t, filepath.Join(directory, chart, "README.md"))) != string(read(t, filepath.Join(chart, "README.md"))) {
		t.Errorf("%s/README.md is not current: run make chart-docs", chart)
	}
}

// What README.md says to write into a file of values is taken.
func TestChartReadmeValues(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(read(t, filepath.Join(chart, "README.md"))), -1)
	if len(blocks) == 0 {
		t.Fatal("README.md has no values")
	}
	for _, block := range blocks {
		file := filepath.Join(t.TempDir(), "values.yaml")
		write(t, file, block[1])
		if len(rendered(t, "helm", "--values", file, "--set", oneAppliance)) == 0 {
			t.Errorf("nothing comes of these values:\n%s", block[1])
		}
	}
}

// The chart's versions are that of the newest heading in CHANGELOG.md.
func TestChartVersion(t *testing.T) {
	var told struct {
		Version     string
		AppVersion  string `yaml:"appVersion"`
		Annotations map[string]string
	}
	if err := yaml.Unmarshal(read(t, filepath.Join(chart, "Chart.yaml")), &told); err != nil {
		t.Fatalf("reading Chart.yaml: %v", err)
	}
	newest := regexp.MustCompile(`(?m)^## (\S+)`).FindStringSubmatch(string(read(t, filepath.Join(root, "CHANGELOG.md"))))
	if newest == nil || told.Version != newest[1] || told.AppVersion != newest[1] {
		t.Errorf("version %s and appVersion %s, want the newest of CHANGELOG.md, %v", told.Version, told.AppVersion, newest)
	}
	if images := told.Annotations["artifacthub.io/images"]; !strings.Contains(images, "beyondtrust_exporter:"+told.AppVersion+"\n") {
		t.Errorf("the annotation artifacthub.io/images names another image: %s", images)
	}
}

// originals returns the files of a pattern below a folder, by their names.
func originals(t *testing.T, folder, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no files %s (%v)", pattern, err)
	}
	files := make(map[string]string)
	for _, path := range paths {
		files[filepath.Base(path)] = string(read(t, path))
	}
	return files
}

// compare says which files are missing, too many or other.
func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if copied, ok := got[name]; !ok {
			t.Errorf("%s is missing: link it into the chart's files/", name)
		} else if copied != text {
			t.Errorf("%s is not byte for byte the original", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s has no original", name)
		}
	}
}

// unpack returns the files of a chart's archive, by path.
func unpack(t *testing.T, archive string) map[string]string {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	compressed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatalf("reading %s: %v", archive, err)
	}
	files := make(map[string]string)
	reader := tar.NewReader(compressed)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatalf("reading %s: %v", archive, err)
		}
		if header.Typeflag != tar.TypeReg {
			t.Errorf("%s is no file", header.Name)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatalf("reading %s: %v", archive, err)
		}
		files[header.Name] = string(text)
	}
}
