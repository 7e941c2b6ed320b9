//go:build helm && linux

package helm

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// appliance is a simulated appliance with a name, and how the chart is told of it.
type appliance struct {
	name string
	*simulator.Appliance
	url string
}

// simulate puts appliances of these names on ports of their own, and ends them with the test.
func simulate(t *testing.T, names ...string) []appliance {
	t.Helper()
	var all []appliance
	for i, name := range names {
		simulated, address := simulatortest.New(t, simulator.Config{
			ClientID:     "id-of-" + name,
			ClientSecret: "secret-of-" + name,
			World:        world.Config{Seed: uint64(i), Speed: 10, FlushEvery: 1200 * time.Millisecond},
		})
		all = append(all, appliance{name, simulated, address.String()})
	}
	return all
}

// values are the values by which the chart watches the appliances, and the Secrets and ConfigMaps
// that these name. The exporter listens on a free port of loopback.
func values(t *testing.T, appliances []appliance) (file string, named store) {
	t.Helper()
	named = make(store)
	named["secret/beyondtrust"], named["configMap/authorities"] = map[string]string{}, map[string]string{}
	var text strings.Builder
	text.WriteString("extraArgs: [\"--web.listen-address=127.0.0.1:0\"]\ndefaults: {existingSecret: {name: beyondtrust}, existingCA: {configMap: authorities}}\nappliances:\n")
	for _, a := range appliances {
		fmt.Fprintf(&text, `  %s:
    url: %s
    client_id: %s
    existingSecret: {key: %s}
    existingCA: {configMap: authorities, key: %s.crt}
    labels: {pair: hq, site: $1-of-%s}
`, a.name, a.url, a.ClientID(), a.name, a.name, a.name)
		named["secret/beyondtrust"][a.name] = a.ClientSecret() + "\n"
		named["configMap/authorities"][a.name+".crt"] = string(a.CACertificatePEM())
	}
	named["configMap/authorities"]["ca.crt"] = string(appliances[0].CACertificatePEM())
	named["secret/beyondtrust"]["client-secret"] = "of no appliance"
	file = filepath.Join(t.TempDir(), "values.yaml")
	write(t, file, text.String())
	return file, named
}

// The container of the Deployment's pod serves: with its own arguments, environment, files and
// user, and it watches what the values name. So does that of helm test.
func TestPod(t *testing.T) {
	exporter := processtest.Exporter(t)
	appliances := simulate(t, "hq-a", "hq-b")
	file, named := values(t, appliances)
	all := rendered(t, "helm", "--values", file)
	files := newStore(all)
	maps.Copy(files, named)
	deployment := one(t, all, "Deployment").Spec.Template
	p := runPod(t, exporter, deployment, files).serves(t, deployment.Spec.Containers[0])
	for _, a := range appliances {
		processtest.Eventually(t, a.name+" is watched", func() (bool, string) {
			status, text := get(t.Context(), p.url+"/probe?target="+a.name)
			return status == http.StatusOK && strings.Contains(text, "\nbeyondtrust_up 1\n") && strings.Contains(text, "\nbeyondtrust_state_synced 1\n"), text
		})
	}
	_, own := get(t.Context(), p.url+"/metrics")
	t.Logf("with two appliances: %s", regexp.MustCompile(`(?m)^process_resident_memory_bytes .*|^go_memstats_heap_inuse_bytes .*`).FindAllString(own, -1))

	test := podTemplate{}
	for _, o := range of(all, "Pod") {
		if err := o.decodePod(&test); err != nil {
			t.Fatalf("reading %s: %v", o, err)
		}
	}
	checked := runPod(t, exporter, test, files)
	if status := checked.Wait(processtest.Patience); status != 0 {
		t.Errorf("helm test would end with %d", status)
	}
}

// Of the pods of a StatefulSet each watches its own appliances, and no other does.
func TestPodShards(t *testing.T) {
	exporter := processtest.Exporter(t)
	names := []string{"north", "east", "south", "west"}
	appliances := simulate(t, names...)
	file, named := values(t, appliances)
	all := rendered(t, "helm", "--values", file, "--set", "shards=2")
	files := newStore(all)
	maps.Copy(files, named)
	watchers := make(map[string]int)
	for index := range 2 {
		shard := one(t, all, "StatefulSet").Spec.Template
		shard.Metadata.Labels["apps.kubernetes.io/pod-index"] = strconv.Itoa(index)
		p := runPod(t, exporter, shard, files).serves(t, shard.Spec.Containers[0])
		for _, name := range names {
			processtest.Eventually(t, name+" is answered for", func() (bool, string) {
				status, text := get(t.Context(), p.url+"/probe?target="+name)
				watched := status == http.StatusOK && strings.Contains(text, "\nbeyondtrust_up 1\n")
				if watched {
					watchers[name]++
				}
				return watched || status == http.StatusNotFound, text
			})
		}
	}
	for _, name := range names {
		if watchers[name] != 1 {
			t.Errorf("%s is watched by %d shards, want one", name, watchers[name])
		}
	}
}

// With a web configuration file in a Secret the pod serves by HTTPS, and so it is probed.
func TestPodTLS(t *testing.T) {
	exporter := processtest.Exporter(t)
	file, named := values(t, simulate(t, "hq-a"))
	all := rendered(t, "helm", "--values", file, "--set", "web.existingSecret=web,web.tls=true")
	files := newStore(all)
	maps.Copy(files, named)
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	files["secret/web"] = map[string]string{
		"web-config.yml": "tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n",
		"tls.crt":        string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
		"tls.key":        string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
	}
	deployment := one(t, all, "Deployment").Spec.Template
	p := runPod(t, exporter, deployment, files).serves(t, deployment.Spec.Containers[0])
	if !strings.HasPrefix(p.url, "https://") {
		t.Errorf("the pod is probed at %s, want HTTPS", p.url)
	}
}
