package web

import (
	"encoding/json"
	"maps"
	"net/http"
)

// discovery is Prometheus's HTTP service discovery of the appliances (Prometheus documentation,
// "Writing HTTP service discovery"). Each is scraped where it was discovered: at the address by
// which Prometheus reached this page.
type discovery struct{ options Options }

// targetGroup is one element of what discovery answers.
type targetGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// ServeHTTP lists the appliances. An appliance that is scraped at the exporter's own path needs
// no discovery and is not in the list.
func (d discovery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	groups := []targetGroup{}
	if d.options.Discovered {
		for _, listing := range d.options.Fleet.Listings() {
			labels := map[string]string{
				"__metrics_path__": probePath,
				"__param_target":   listing.Name,
			}
			maps.Copy(labels, listing.Labels)
			// All are at one address: without these their series would collide.
			labels["instance"], labels["appliance"] = listing.Name, listing.Name
			groups = append(groups, targetGroup{Targets: []string{r.Host}, Labels: labels})
		}
	}
	text, err := json.MarshalIndent(groups, "", "  ")
	if err != nil {
		d.options.Logger.Error("Cannot list the appliances for discovery", "err", err)
		http.Error(w, "the appliances could not be listed, the log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(text, '\n'))
}
