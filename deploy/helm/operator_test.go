//go:build helm && linux

package helm

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// prometheus is a Prometheus that takes what scrapes and rules there are in any namespace.
const prometheus = `apiVersion: v1
kind: Namespace
metadata: {name: monitoring}
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: monitoring}
spec:
  version: v3.5.0
  scrapeInterval: 1m
  serviceMonitorSelector: {}
  serviceMonitorNamespaceSelector: {}
  scrapeConfigSelector: {}
  scrapeConfigNamespaceSelector: {}
  ruleSelector: {}
  ruleNamespaceSelector: {}
`

// testOperator lets the genuine prometheus-operator make a configuration of what the chart makes,
// and a genuine Prometheus scrape genuine exporters by it. Each appliance must come out under the
// labels that rules and dashboards go by, however it is found.
func (c *cluster) testOperator(t *testing.T) {
	c.must(t, prometheus, "kubectl", "apply", "--filename=-")
	command := exec.CommandContext(t.Context(), prometheustest.Tool(t, "prometheus-operator"),
		"--web.listen-address=127.0.0.1:"+freePort(t))
	command.Env = append(command.Environ(), "KUBECONFIG="+c.kubeconfig)
	operator := processtest.Start(t, command)
	exporter := processtest.Exporter(t)
	appliances := simulate(t, "hq-a", "hq-b")
	file, named := values(t, appliances)
	rules := "prometheusRule.enabled=true,prometheusRule.thresholds.queue_wait_seconds.value=600,prometheusRule.thresholds.queue_wait_seconds.queues.vip=60"

	for _, test := range []struct {
		name, set string
		shards    int
	}{
		{"ServiceMonitor", "serviceMonitor.enabled=true", 1},
		{"ScrapeConfig", "serviceMonitor.enabled=true,scrapeConfig.enabled=true", 1},
		{"shards", "serviceMonitor.enabled=true,scrapeConfig.enabled=true,shards=2", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := c.everything(t)
			defer c.purge(t, "helm", before)
			c.must(t, "", "helm", "install", release, chart, "--namespace", namespace, "--values", file, "--set", test.set+","+rules)
			all := objects(t, c.must(t, "", "helm", "get", "manifest", release, "--namespace", namespace))
			files := newStore(all)
			maps.Copy(files, named)

			addresses := make(map[string]string) // of each pod
			for _, o := range all {
				if o.Kind != "Deployment" && o.Kind != "StatefulSet" {
					continue
				}
				for index := range test.shards {
					template := o.Spec.Template
					template.Metadata.Labels["apps.kubernetes.io/pod-index"] = strconv.Itoa(index)
					p := runPod(t, exporter, template, files).serves(t, template.Spec.Containers[0])
					addresses[fmt.Sprintf("%s-%d", o.Metadata.Name, index)] = strings.TrimPrefix(p.url, "http://")
				}
			}

			configuration := c.generated(t, operator, len(of(all, "ServiceMonitor")), len(of(all, "ScrapeConfig")))
			directory := t.TempDir()
			configuration["rule_files"] = []string{c.ruleFiles(t, directory)}
			checkConfig(t, filepath.Join(directory, "generated.yml"), configuration)
			localize(t, configuration, of(all, "Service"), addresses)
			text, err := yaml.Marshal(configuration)
			if err != nil {
				t.Fatalf("writing the configuration of Prometheus: %v", err)
			}
			c.scraped(t, prometheustest.Start(t, string(text)), addresses)
		})
	}
	t.Run("TLS and a password", func(t *testing.T) { c.testSecured(t, operator) })
}

// With TLS and a password the configuration has both for every job, and for /sd too. promtool does
// not look for the files, which the operator mounts into its pods.
func (c *cluster) testSecured(t *testing.T, operator *processtest.Process) {
	before := c.everything(t)
	defer c.purge(t, "helm", before)
	c.must(t, "", "kubectl", "create", "secret", "generic", "beyondtrust-web", "--from-literal=ca.crt="+certificate(t))
	c.must(t, "", "kubectl", "create", "secret", "generic", "beyondtrust-scrape", "--from-literal=username=prometheus", "--from-literal=password=hunter2")
	c.must(t, "", "helm", "install", release, chart, "--namespace", namespace, "--values", valuesFile("everything"), "--set", "scrapeConfig.enabled=true")
	configuration := c.generated(t, operator, 1, 1)
	for _, job := range jobs(configuration) {
		secured := []any{job}
		discovery, _ := job["http_sd_configs"].([]any)
		for _, asking := range append(secured, discovery...) {
			if at(asking, "basic_auth", "password") != "hunter2" || at(asking, "tls_config", "server_name") != "beyondtrust" {
				t.Errorf("%s asks without a password or TLS: %v", job["job_name"], asking)
			}
		}
		if job["scheme"] != "https" {
			t.Errorf("%s scrapes by %v", job["job_name"], job["scheme"])
		}
	}
	checkConfig(t, filepath.Join(t.TempDir(), "generated.yml"), configuration, "--syntax-only")
}

// scraped waits until Prometheus has scraped the exporters and their appliances, and says under
// which labels it should have them.
func (c *cluster) scraped(t *testing.T, server *prometheustest.Server, pods map[string]string) {
	t.Helper()
	appliance := func(name string) map[string]string {
		return map[string]string{
			"job": "beyondtrust", "instance": name, "appliance": name, "namespace": namespace, "pair": "hq", "site": "$1-of-" + name,
		}
	}
	query := func(expression string, want ...map[string]string) {
		t.Helper()
		processtest.Eventually(t, expression, func() (bool, string) {
			series, err := server.Query(expression)
			if err != nil {
				return false, err.Error()
			}
			got := make([]map[string]string, 0, len(series))
			for _, s := range series {
				got = append(got, s.Labels)
			}
			return encode(t, ordered(got)) == encode(t, ordered(want)), encode(t, got)
		})
	}
	query(`label_replace(beyondtrust_up == 1, "__name__", "", "", "")`, appliance("hq-a"), appliance("hq-b"))
	query(`label_replace(up{appliance!=""} == 1, "__name__", "", "", "")`, appliance("hq-a"), appliance("hq-b"))
	// The exporter itself, once for each pod and not once more by another Service.
	var exporters []map[string]string
	for _, pod := range slices.Sorted(maps.Keys(pods)) {
		exporters = append(exporters, map[string]string{"job": "beyondtrust", "instance": pod})
	}
	query(`count by (job, instance) (up{appliance=""} == 1)`, exporters...)
	query(`count by (job, instance) (beyondtrust_exporter_build_info)`, exporters...)
	// Classic histograms are there, and the rules are loaded and see the targets.
	query(`group by (appliance) (beyondtrust_support_session_pickup_seconds_bucket)`, map[string]string{"appliance": "hq-a"}, map[string]string{"appliance": "hq-b"})
	query(`label_replace(beyondtrust:threshold:queue_wait_seconds{queue=""} == 600, "__name__", "", "", "")`, map[string]string{})
	query(`label_replace(beyondtrust:threshold:queue_wait_seconds == 60, "__name__", "", "", "")`, map[string]string{"queue": "vip"})
	query(`ALERTS{alertname=~"BeyondTrust(ExporterAbsent|ThresholdUnusable)"}`)
}

// ordered sorts sets of labels.
func ordered(sets []map[string]string) []map[string]string {
	return slices.SortedFunc(slices.Values(sets), func(a, b map[string]string) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
}

// generated waits until the operator has turned so many ServiceMonitors and ScrapeConfigs into a
// configuration, and returns that.
func (c *cluster) generated(t *testing.T, operator *processtest.Process, serviceMonitors, scrapeConfigs int) map[string]any {
	t.Helper()
	var configuration map[string]any
	processtest.Eventually(t, "the operator has made the configuration", func() (bool, string) {
		operator.Alive(t)
		r := c.run(t, "", "kubectl", "get", "secret", "prometheus-main", "--namespace=monitoring", "--output=json")
		if r.err != nil {
			return false, r.stderr
		}
		var secret struct{ Data map[string][]byte }
		if err := json.Unmarshal([]byte(r.stdout), &secret); err != nil {
			return false, err.Error()
		}
		compressed, err := gzip.NewReader(bytes.NewReader(secret.Data["prometheus.yaml.gz"]))
		if err != nil {
			return false, err.Error()
		}
		text, err := io.ReadAll(compressed)
		if err != nil {
			return false, err.Error()
		}
		// What the operator's config-reloader fills in beside the first Prometheus.
		replaced := strings.NewReplacer("$(SHARD)", "0", "$(POD_NAME)", "prometheus-main-0").Replace(string(text))
		configuration = nil
		if err := yaml.Unmarshal([]byte(replaced), &configuration); err != nil {
			return false, err.Error()
		}
		found := map[string]bool{}
		for _, job := range jobs(configuration) {
			// serviceMonitor/NAMESPACE/NAME/ENDPOINT or scrapeConfig/NAMESPACE/NAME
			found[strings.Join(strings.Split(job["job_name"].(string), "/")[:3], "/")] = true
		}
		kinds := map[string]int{}
		for name := range found {
			kinds[strings.Split(name, "/")[0]]++
		}
		files, _ := configuration["rule_files"].([]any)
		return kinds["serviceMonitor"] == serviceMonitors && kinds["scrapeConfig"] == scrapeConfigs && len(files) > 0, string(text)
	})
	return configuration
}

// jobs returns the scrape configurations.
func jobs(configuration map[string]any) []map[string]any {
	list, _ := configuration["scrape_configs"].([]any)
	all := make([]map[string]any, 0, len(list))
	for _, job := range list {
		fields, _ := job.(map[string]any)
		all = append(all, fields)
	}
	return all
}

// ruleFiles writes the rule files that the operator made into a directory, and returns the pattern
// of them.
func (c *cluster) ruleFiles(t *testing.T, directory string) string {
	t.Helper()
	processtest.Eventually(t, "the operator has made the rule files", func() (bool, string) {
		r := c.run(t, "", "kubectl", "get", "configmap", "--namespace=monitoring", "--selector=prometheus-name=main", "--output=json")
		if r.err != nil {
			return false, r.stderr
		}
		var list struct{ Items []object }
		if err := json.Unmarshal([]byte(r.stdout), &list); err != nil {
			return false, err.Error()
		}
		written := false
		for _, o := range list.Items {
			for name, text := range o.Data {
				if strings.Contains(text, "BeyondTrustNoPrimary") {
					write(t, filepath.Join(directory, "rules", name), text)
					written = true
				}
			}
		}
		return written, r.stdout
	})
	return filepath.Join(directory, "rules", "*.yaml")
}

// checkConfig has promtool check a configuration.
func checkConfig(t *testing.T, path string, configuration map[string]any, flags ...string) {
	t.Helper()
	text, err := yaml.Marshal(configuration)
	if err != nil {
		t.Fatalf("writing the configuration of Prometheus: %v", err)
	}
	write(t, path, string(text))
	if output, err := prometheustest.Promtool(t, "", append([]string{"check", "config", path}, flags...)...); err != nil {
		t.Errorf("promtool check config: %v\n%s\n%s", err, output, text)
	}
}
