package compose

import (
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// Docker makes an empty folder of what is to be mounted and is not there, and says nothing.
func TestMountsExist(t *testing.T) {
	t.Parallel()
	all := readSetup(t)
	used := make(map[string]bool)
	for name, s := range all.Services {
		for _, m := range s.mounts(t, all) {
			if m.volume {
				used[m.source] = true
				if _, ok := all.Volumes[m.source]; !ok {
					t.Errorf("%s: there is no volume %s", name, m.source)
				}
				continue
			}
			if _, err := os.Stat(m.source); err != nil {
				t.Errorf("%s: what is mounted at %s does not exist: %v", name, m.target, err)
			}
			if !m.readOnly {
				t.Errorf("%s: it can write to %s, which belongs to the repository", name, m.source)
			}
		}
	}
	for volume := range all.Volumes {
		if !used[volume] {
			t.Errorf("nothing uses the volume %s", volume)
		}
	}
}

// Each service may do no more than it need, and nobody but this machine can reach it.
func TestHardened(t *testing.T) {
	t.Parallel()
	image := regexp.MustCompile(`^[a-z.]+/[a-z_/-]+:(v?\d+\.\d+\.\d+|compose)$`)
	user := regexp.MustCompile(`^[1-9]\d*:\d+$`)
	for name, s := range readSetup(t).Services {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
			t.Errorf("%s: it is not hardened as the others are", name)
		}
		if !user.MatchString(s.User) {
			t.Errorf("%s: its user is %q; want the number of one that is not root", name, s.User)
		}
		if !image.MatchString(s.Image) {
			t.Errorf("%s: the image %s is not one with a registry and a whole version", name, s.Image)
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: the port %s is published beyond loopback", name, port)
			}
		}
		for variable, value := range s.Environment {
			if regexp.MustCompile(`SECRET$|PASSWORD$|TOKEN$`).MatchString(variable) {
				t.Errorf("%s: the environment has a secret, %s=%s; give it as a file", name, variable, value)
			}
		}
	}
}

// Grafana finds Prometheus, and all dashboards, which find their data source.
func TestGrafana(t *testing.T) {
	t.Parallel()
	all := readSetup(t)
	grafana := all.Services["grafana"]
	mounted := make(map[string]mount) // by target
	for _, m := range grafana.mounts(t, all) {
		mounted[m.target] = m
	}

	var sources struct {
		Datasources []struct {
			UID, Type, URL string
			IsDefault      bool `yaml:"isDefault"`
			JSONData       struct {
				TimeInterval string `yaml:"timeInterval"`
			} `yaml:"jsonData"`
		}
	}
	readYAML(t, filepath.Join(mounted["/etc/grafana/provisioning/datasources"].source, "prometheus.yml"), &sources)
	if len(sources.Datasources) != 1 || !sources.Datasources[0].IsDefault || sources.Datasources[0].UID == "" {
		t.Fatalf("want one data source, with a uid, that is the default: %+v", sources)
	}
	source := sources.Datasources[0]
	address, err := url.Parse(source.URL)
	if err != nil {
		t.Fatal(err)
	}
	if ports := all.Services[address.Hostname()].Ports; len(ports) != 1 || !strings.HasSuffix(ports[0], ":"+address.Port()) {
		t.Errorf("the data source is %s, and no service has that name and port: %v", source.URL, ports)
	}
	var scraped struct {
		Global struct {
			ScrapeInterval string `yaml:"scrape_interval"`
		}
	}
	readYAML(t, "prometheus.yml", &scraped)
	if source.JSONData.TimeInterval != scraped.Global.ScrapeInterval {
		t.Errorf("the data source says that Prometheus scrapes every %q, and it does every %q", source.JSONData.TimeInterval, scraped.Global.ScrapeInterval)
	}

	var provided struct {
		Providers []struct {
			Type    string
			Options struct{ Path string }
		}
	}
	readYAML(t, filepath.Join(mounted["/etc/grafana/provisioning/dashboards"].source, "beyondtrust.yml"), &provided)
	if len(provided.Providers) != 1 || provided.Providers[0].Type != "file" {
		t.Fatalf("want one provider of dashboards, from files: %+v", provided)
	}
	folder := provided.Providers[0].Options.Path
	files, err := filepath.Glob("../../grafana/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no dashboards (%v)", err)
	}
	for _, file := range files {
		if at := path.Join(folder, filepath.Base(file)); mounted[at].source != filepath.ToSlash(file) {
			t.Errorf("%s is not mounted at %s, where Grafana looks for it", file, at)
		}
		if kinds := datasourceKinds(t, file); !slices.Equal(kinds, []string{source.Type}) {
			t.Errorf("%s asks for data sources of the types %v, and there is one of the type %s", file, kinds, source.Type)
		}
	}
	if home := grafana.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]; mounted[home].source == "" {
		t.Errorf("the first page is %s, which is not mounted", home)
	}
}

// datasourceKinds returns the types of data source that a dashboard lets one choose from.
func datasourceKinds(t *testing.T, file string) []string {
	t.Helper()
	var dashboard struct {
		Templating struct {
			List []struct{ Type, Query string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, file)), &dashboard); err != nil {
		t.Fatalf("reading %s: %v", file, err)
	}
	var kinds []string
	for _, variable := range dashboard.Templating.List {
		if variable.Type == "datasource" {
			kinds = append(kinds, variable.Query)
		}
	}
	return kinds
}

// What compose.appliance.yml must be told, the file to copy asks for; what that sets, something takes.
func TestExampleEnvironment(t *testing.T) {
	t.Parallel()
	names := func(file, pattern string) []string {
		var names []string
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, file), -1) {
			names = append(names, found[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	asked := names("compose.appliance.yml", `\$\{(\w+)`)
	set := slices.DeleteFunc(names(".env.example", `(?m)^(\w+)=`), func(name string) bool { return strings.HasPrefix(name, "COMPOSE_") })
	if len(asked) == 0 || !slices.Equal(asked, set) {
		t.Errorf("compose.appliance.yml asks for %v, .env.example sets %v", asked, set)
	}
}

// The exporter takes the file of several appliances that the README shows.
func TestExampleConfiguration(t *testing.T) {
	t.Parallel()
	shown := regexp.MustCompile("(?s)```yaml\n(defaults:.*?)```").FindStringSubmatch(read(t, "README.md"))
	if shown == nil {
		t.Fatal("the README shows no configuration file")
	}
	own := slices.Collect(maps.Keys(readSetup(t).Secrets))
	if len(own) != 1 || !strings.Contains(shown[1], ": /run/secrets/"+own[0]+"\n") {
		t.Errorf("the README's configuration file does not name what is mounted of the secrets %q", own)
	}
	file := filepath.Join(t.TempDir(), "beyondtrust.yml")
	text := regexp.MustCompile(`/run/secrets/\S+`).ReplaceAllString(shown[1], absolute(t, "demo-client-secret"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), processtest.Exporter(t), "--config.file="+file, "--config.check").CombinedOutput(); err != nil {
		t.Errorf("the exporter refuses the README's configuration file: %v\n%s", err, output)
	}
}
