//go:build helm && linux

package helm

import (
	"strings"
	"testing"
)

// localize makes the configuration scrape exporters that run on this machine: what Kubernetes
// would tell Prometheus of the Services and their pods is written out, with the addresses of
// these, and left to the relabelings; the addresses of /sd are replaced. It scrapes every second.
func localize(t *testing.T, configuration map[string]any, services []object, addresses map[string]string) {
	t.Helper()
	delete(configuration, "alerting")
	global, _ := configuration["global"].(map[string]any)
	global["evaluation_interval"] = "1s"
	for _, job := range jobs(configuration) {
		job["scrape_interval"], job["scrape_timeout"] = "1s", "1s"
		delete(job, "scrape_protocols")
		if _, ok := job["kubernetes_sd_configs"]; ok {
			delete(job, "kubernetes_sd_configs")
			job["static_configs"] = endpoints(services, addresses)
		}
		asked, _ := job["http_sd_configs"].([]any)
		for _, sd := range asked {
			fields, _ := sd.(map[string]any)
			url, _ := fields["url"].(string)
			fields["url"] = local(t, url, addresses)
			fields["refresh_interval"] = "1s"
		}
	}
}

// local replaces the name of a Service, or of a shard below the headless one, by the address of
// the pod that it would lead to.
func local(t *testing.T, url string, addresses map[string]string) string {
	t.Helper()
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	name, _, _ := strings.Cut(host, ".")
	for pod, address := range addresses {
		if pod == name || (len(addresses) == 1 && pod == name+"-0") {
			return "http://" + address + "/" + path
		}
	}
	t.Fatalf("%s leads to none of the pods %v", url, addresses)
	return ""
}

// endpoints returns what the discovery of Kubernetes tells of the pods behind Services.
func endpoints(services []object, addresses map[string]string) []any {
	var targets []any
	for _, service := range services {
		for pod, address := range addresses {
			const meta = "__meta_kubernetes_"
			labels := map[string]string{
				meta + "namespace":          namespace,
				meta + "service_name":       service.Metadata.Name,
				meta + "pod_name":           pod,
				meta + "pod_container_name": "exporter",
				meta + "pod_ready":          "true",
				meta + "pod_phase":          "Running",
			}
			for _, kind := range []string{"endpoint", "endpointslice"} {
				labels[meta+kind+"_port_name"] = "http"
				labels[meta+kind+"_address_target_kind"] = "Pod"
				labels[meta+kind+"_address_target_name"] = pod
			}
			for name, value := range service.Metadata.Labels {
				name = strings.NewReplacer(".", "_", "/", "_", "-", "_").Replace(name)
				labels[meta+"service_label_"+name], labels[meta+"service_labelpresent_"+name] = value, "true"
			}
			targets = append(targets, map[string]any{"targets": []string{address}, "labels": labels})
		}
	}
	return targets
}
