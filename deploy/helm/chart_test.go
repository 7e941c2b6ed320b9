//go:build helm

package helm

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// oneAppliance sets as little as the chart takes.
const oneAppliance = "appliances.a.url=https://a.example.com,appliances.a.client_id=x,appliances.a.existingSecret.name=s"

// Both Helms find nothing wrong with the chart, and make of each file of values objects that are
// YAML and have names.
func TestChartRenders(t *testing.T) {
	for _, helm := range helms {
		for _, file := range valuesFiles(t) {
			t.Run(helm+"/"+short(file), func(t *testing.T) {
				t.Parallel()
				must(t, "", helm, "lint", "--strict", "--kube-version", kubernetes, chart, "--values", file)
				all := rendered(t, helm, "--values", file)
				if len(all) == 0 {
					t.Fatal("nothing was rendered")
				}
				seen := make(map[string]bool)
				for _, o := range all {
					if o.Metadata.Name == "" || seen[o.String()] {
						t.Errorf("%s has no name of its own", o)
					}
					seen[o.String()] = true
				}
			})
		}
	}
}

// What the schema or the templates refuse is refused by both Helms, with words that tell the
// place.
func TestChartRefusesWrongValues(t *testing.T) {
	for _, test := range []struct {
		name, set string
		want      []string
	}{
		{"no appliance", "", []string{"appliances: no appliance is named"}},
		{"a key that does not exist", oneAppliance + ",appliances.a.ulr=x", []string{"appliances/a", "ulr"}},
		{"a value that does not exist", oneAppliance + ",replicas=2", []string{"replicas"}},
		{"no url", "appliances.a.client_id=x", []string{"appliances/a", "url"}},
		{"plain HTTP", "appliances.a.url=http://a.example.com", []string{"appliances/a/url", "https://"}},
		{"a name that is none", oneAppliance + ",appliances.-a.url=https://a.example.com", []string{"appliances.-a: ", "begins with a letter"}},
		{"a name with a blank", oneAppliance + ",appliances.head office.url=https://a.example.com", []string{"appliances.head office: ", `"head office"`}},
		{"a name that is too long", oneAppliance + ",appliances." + strings.Repeat("é", 65) + ".url=https://a.example.com", []string{"appliances.ééé", "128 bytes"}},
		{"a label that is taken", oneAppliance + ",appliances.a.labels.instance=x", []string{"appliances.a.labels.instance: "}},
		{"a label of Prometheus", oneAppliance + ",appliances.a.labels.__address__=x", []string{"appliances.a.labels.__address__: ", "underscores"}},
		{"a label that is none", oneAppliance + ",appliances.a.labels.cost-centre=x", []string{"appliances.a.labels.cost-centre: ", "digits and underscores"}},
		{"a collector that does not exist", oneAppliance + ",appliances.a.collectors.desk.enabled=true", []string{"desk"}},
		{"an interval of what does not poll", oneAppliance + ",appliances.a.collectors.state.interval=1m", []string{"interval"}},
		{"a duration without a unit", oneAppliance + ",appliances.a.timeout=10", []string{"appliances/a/timeout"}},
		{"a url for all", oneAppliance + ",defaults.url=https://x", []string{"defaults", "url"}},
		{"a secret", oneAppliance + ",appliances.a.client_secret=hunter2", []string{"appliances.a.client_secret", "existingSecret"}},
		{"a secret for all", oneAppliance + ",defaults.client_secret=hunter2", []string{"defaults.client_secret", "existingSecret"}},
		{"a proxy's password", oneAppliance + ",appliances.a.proxy_url=http://u:hunter2@proxy", []string{"appliances.a.proxy_url", "existingConfig.secret"}},
		{"no client ID", "appliances.a.url=https://a.example.com", []string{"appliances.a.client_id"}},
		{"no client secret", "appliances.a.url=https://a.example.com,appliances.a.client_id=x", []string{"appliances.a.existingSecret"}},
		{"no name of the Secret", oneAppliance + ",appliances.a.existingSecret.name=", []string{"appliances.a.existingSecret.name"}},
		{"two client secrets", oneAppliance + ",appliances.a.client_secret_env=X", []string{"appliances.a", "twice"}},
		{"two authorities", oneAppliance + ",appliances.a.existingCA.configMap=x,appliances.a.existingCA.secret=x", []string{"appliances.a.existingCA"}},
		{"two configurations", oneAppliance + ",existingConfig.configMap=x", []string{"existingConfig"}},
		{"no shard", oneAppliance + ",shards=0", []string{"shards"}},
		{"shards that Helm cannot place", oneAppliance + ",shards=2,serviceMonitor.enabled=true", []string{"serviceMonitor", "scrapeConfig.enabled=true"}},
		{"appliances that Helm cannot know", "existingConfig.configMap=x,serviceMonitor.enabled=true", []string{"serviceMonitor", "scrapeConfig.enabled=true"}},
		{"a claim for several", oneAppliance + ",shards=2,persistence.enabled=true,persistence.existingClaim=x", []string{"persistence.existingClaim"}},
		{"a job that no alert looks for", oneAppliance + ",scrape.job=support", []string{"scrape/job", "beyondtrust"}},
		{"a threshold that does not exist", oneAppliance + ",prometheusRule.enabled=true,prometheusRule.thresholds.patience=1", []string{"prometheusRule.thresholds.patience", "queue_wait_seconds"}},
		{"a threshold for a queue that is for all", oneAppliance + ",prometheusRule.enabled=true,prometheusRule.thresholds.clock_skew_seconds.queues.vip=1", []string{"prometheusRule.thresholds.clock_skew_seconds.queues"}},
		{"an alert that does not exist", oneAppliance + ",prometheusRule.enabled=true,prometheusRule.disabledAlerts={Nobody}", []string{"prometheusRule.disabledAlerts", "Nobody", "BeyondTrustNoPrimary"}},
		{"authentication by nothing", oneAppliance + ",web.authentication=true", []string{"web.existingSecret"}},
	} {
		for _, helm := range helms {
			t.Run(helm+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				refused(t, run(t, "", helm, "template", release, chart, "--kube-version", kubernetes, "--set", test.set), test.want...)
			})
		}
	}
	t.Run("shards in an old Kubernetes", func(t *testing.T) {
		r := run(t, "", "helm", "template", release, chart, "--kube-version", "1.27.0", "--set", oneAppliance+",shards=2")
		refused(t, r, "shards", "1.28")
	})
}

// refused says that Helm did not take values, and told why without the secrets in them.
func refused(t *testing.T, r result, why ...string) {
	t.Helper()
	if r.err == nil {
		t.Fatal("it is taken")
	}
	for _, want := range why {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("%q is not in what it says:\n%s", want, r.stderr)
		}
	}
	if strings.Contains(r.stderr, "hunter2") {
		t.Errorf("it repeats the secret:\n%s", r.stderr)
	}
}

// The exporter takes the configuration file that the chart makes of each file of values.
func TestChartConfigurations(t *testing.T) {
	exporter := processtest.Exporter(t)
	for _, file := range valuesFiles(t) {
		t.Run(short(file), func(t *testing.T) {
			t.Parallel()
			all := rendered(t, "helm", "--values", file)
			configMaps := of(all, "ConfigMap")
			if len(configMaps) == 0 || configMaps[0].Data["beyondtrust.yml"] == "" {
				if short(file) != "existing-config" {
					t.Fatal("there is no configuration file")
				}
				return
			}
			// The files that it names are those of the pod: here they are below a folder.
			directory := t.TempDir()
			configuration := strings.ReplaceAll(configMaps[0].Data["beyondtrust.yml"], "/etc/beyondtrust_exporter", directory)
			authority := certificate(t)
			named := regexp.MustCompile(`(?m)_file: (\S+)$`).FindAllStringSubmatch(configuration, -1)
			for _, name := range named {
				write(t, name[1], "secret")
				if strings.Contains(name[1], "/ca/") {
					write(t, name[1], authority)
				}
			}
			path := filepath.Join(directory, "beyondtrust.yml")
			write(t, path, configuration)
			checked := check(t, exporter, path)
			if checked.err != nil {
				t.Errorf("the exporter refuses it: %v\n%s", checked.err, checked.stderr)
			}
		})
	}
}

// promtool takes the rules of the PrometheusRule, and where the values say nothing they are those
// of the rule files.
func TestChartRules(t *testing.T) {
	for _, file := range valuesFiles(t) {
		rules := of(rendered(t, "helm", "--values", file), "PrometheusRule")
		if len(rules) == 0 {
			continue
		}
		t.Run(short(file), func(t *testing.T) {
			groups, err := yaml.Marshal(map[string]any{"groups": rules[0].Spec.Groups})
			if err != nil {
				t.Fatalf("writing the groups: %v", err)
			}
			path := filepath.Join(t.TempDir(), "rules.yml")
			write(t, path, string(groups))
			if output, err := prometheustest.Promtool(t, "", "check", "rules", "--lint=all", "--lint-fatal", path); err != nil {
				t.Errorf("promtool check rules: %v\n%s", err, output)
			}
		})
	}
	t.Run("unchanged", func(t *testing.T) {
		all := rendered(t, "helm", "--set", oneAppliance+",prometheusRule.enabled=true")
		var want []any
		files, err := filepath.Glob("../prometheus/rules/*.yml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			var rules struct{ Groups []any }
			if err := yaml.Unmarshal(read(t, file), &rules); err != nil {
				t.Fatalf("reading %s: %v", file, err)
			}
			want = append(want, rules.Groups...)
		}
		if got, want := encode(t, one(t, all, "PrometheusRule").Spec.Groups), encode(t, want); got != want {
			t.Errorf("the groups are\n%s\nwant those of the rule files:\n%s", got, want)
		}
	})
}

// The suites of the chart's tests/ pass.
func TestChartUnits(t *testing.T) {
	t.Log(must(t, "", "helm-unittest", "--color=false", "--strict", chart))
}
