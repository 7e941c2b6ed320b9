//go:build helm && linux

package helm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCluster tries the chart in a cluster.
func TestCluster(t *testing.T) {
	c := startCluster(t)
	t.Run("schemas", c.testSchemas)
	for _, helm := range helms {
		for _, file := range valuesFiles(t) {
			t.Run("install/"+helm+"/"+short(file), func(t *testing.T) { c.testInstall(t, helm, file) })
		}
		t.Run("upgrade/"+helm, func(t *testing.T) { c.testUpgrade(t, helm) })
	}
	t.Run("privileged pod", c.testPrivilegedPod)
	t.Run("operator", c.testOperator)
}

// Every object is taken, the pods are admitted, and an uninstall leaves nothing but claims that
// are to stay.
func (c *cluster) testInstall(t *testing.T, helm, file string) {
	before := c.everything(t)
	defer c.purge(t, helm, before)
	c.must(t, "", helm, "install", release, chart, "--namespace", namespace, "--values", file)
	manifest := c.must(t, "", helm, "get", "manifest", release, "--namespace", namespace)
	c.must(t, manifest, "kubectl", "get", "--filename=-")
	all := objects(t, manifest+"\n---\n"+c.must(t, "", helm, "get", "hooks", release, "--namespace", namespace))
	for _, o := range all {
		if pod := c.pod(t, o); pod != nil {
			c.admit(t, o, encode(t, pod))
		}
	}
	c.must(t, "", helm, "uninstall", release, "--namespace", namespace)
	for _, left := range c.everything(t) {
		if !slices.Contains(before, left) && !strings.HasPrefix(left, "persistentvolumeclaim/") {
			t.Errorf("%s is left after the uninstall", left)
		}
	}
}

// pod returns the pod that a workload's controller would make, or a pod itself; nil for what makes
// none.
func (c *cluster) pod(t *testing.T, o object) map[string]any {
	t.Helper()
	tree := o.fields(t)
	if o.Kind == "Pod" {
		return tree
	}
	if o.Kind != "Deployment" && o.Kind != "StatefulSet" {
		return nil
	}
	template, _ := at(tree, "spec", "template").(map[string]any)
	pod := map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"]}
	fields, _ := pod["metadata"].(map[string]any)
	fields["name"], fields["namespace"] = o.Metadata.Name+"-0", o.Metadata.Namespace
	if o.Kind == "StatefulSet" {
		labels, _ := fields["labels"].(map[string]any)
		labels["apps.kubernetes.io/pod-index"] = "0"
		spec, _ := pod["spec"].(map[string]any)
		volumes, _ := spec["volumes"].([]any)
		for _, claim := range o.Spec.VolumeClaimTemplates {
			volumes = append(volumes, map[string]any{
				"name":                  claim.Metadata.Name,
				"persistentVolumeClaim": map[string]any{"claimName": claim.Metadata.Name + "-" + o.Metadata.Name + "-0"},
			})
		}
		spec["volumes"] = volumes
	}
	return pod
}

// admit has the API server say whether it would take a pod: whether it is restricted, and knows no
// field that does not exist.
func (c *cluster) admit(t *testing.T, o object, pod string) {
	t.Helper()
	r := c.run(t, pod, "kubectl", "create", "--dry-run=server", "--validate=strict", "--namespace", namespace, "--filename=-")
	if r.err != nil || strings.Contains(r.stderr, "Warning") {
		t.Errorf("the pod of %s is not admitted: %v\n%s", o, r.err, r.stderr)
	}
}

// A pod that is not restricted is refused, so that the pods before it were admitted for a reason.
func (c *cluster) testPrivilegedPod(t *testing.T) {
	all := rendered(t, "helm", "--values", valuesFile("minimal"), "--set", "securityContext.capabilities=null")
	deployment := one(t, all, "Deployment")
	r := c.run(t, encode(t, c.pod(t, deployment)), "kubectl", "create", "--dry-run=server", "--namespace", namespace, "--filename=-")
	if r.err == nil || !strings.Contains(r.stderr, `violates PodSecurity "restricted`) {
		t.Errorf("a pod without a security context is not refused for that: %v\n%s", r.err, r.stderr)
	}
}

// An upgrade with another appliance rolls the pods; one to shards makes the Deployment a
// StatefulSet, and the way back is open.
func (c *cluster) testUpgrade(t *testing.T, helm string) {
	before := c.everything(t)
	defer c.purge(t, helm, before)
	minimal := []string{release, chart, "--namespace", namespace, "--values", valuesFile("minimal")}
	template := func(kind string) string {
		return c.must(t, "", "kubectl", "get", kind, release+"-beyondtrust-exporter", "--output=jsonpath={.spec.template}")
	}
	c.must(t, "", helm, append([]string{"install"}, minimal...)...)
	first := template("deployment")

	c.must(t, "", helm, append([]string{"upgrade"}, minimal...)...)
	if template("deployment") != first {
		t.Error("an upgrade that changes nothing changes the pods")
	}
	c.must(t, "", helm, append([]string{"upgrade", "--set", "dashboards.enabled=true,prometheusRule.enabled=true,serviceMonitor.enabled=true"}, minimal...)...)
	if template("deployment") != first {
		t.Error("an upgrade that changes nothing of the exporter changes the pods")
	}
	c.must(t, "", helm, append([]string{"upgrade", "--set", "appliances.second.url=https://second.example.com,appliances.second.client_id=x,appliances.second.existingSecret.name=beyondtrust"}, minimal...)...)
	if template("deployment") == first {
		t.Error("another appliance does not roll the pods")
	}
	if text := c.must(t, "", "kubectl", "get", "configmap", release+"-beyondtrust-exporter", "--output=jsonpath={.data}"); !strings.Contains(text, "https://second.example.com") {
		t.Errorf("the configuration does not have the second appliance: %s", text)
	}
	for _, step := range []struct {
		shards     int
		want, gone string
	}{{2, "statefulset", "deployment"}, {1, "deployment", "statefulset"}} {
		c.must(t, "", helm, append([]string{"upgrade", "--set", fmt.Sprintf("shards=%d", step.shards)}, minimal...)...)
		if template(step.want) == "" {
			t.Errorf("there is no %s with %d shards", step.want, step.shards)
		}
		if left := c.must(t, "", "kubectl", "get", step.gone, "--output=name"); left != "" {
			t.Errorf("there still is %s with %d shards", left, step.shards)
		}
	}
	c.must(t, "", helm, "uninstall", release, "--namespace", namespace)
	if after := c.everything(t); !slices.Equal(after, before) {
		t.Errorf("after the uninstall there are %v, want %v as before the install", after, before)
	}
}

// everything returns all objects of the namespace, but for the events.
func (c *cluster) everything(t *testing.T) []string {
	t.Helper()
	kinds := strings.Fields(c.must(t, "", "kubectl", "api-resources", "--namespaced", "--verbs=list", "--output=name"))
	kinds = slices.DeleteFunc(kinds, func(kind string) bool { return strings.HasPrefix(kind, "events") })
	names := strings.Fields(c.must(t, "", "kubectl", "get", strings.Join(kinds, ","), "--output=name"))
	slices.Sort(names)
	return slices.Compact(names)
}

// purge removes what a release left, whether it was uninstalled or the test failed before. Claims
// keep a finalizer that only a controller would take away.
func (c *cluster) purge(t *testing.T, helm string, before []string) {
	t.Helper()
	c.run(t, "", helm, "uninstall", release, "--namespace", namespace, "--ignore-not-found")
	for _, name := range c.everything(t) {
		if slices.Contains(before, name) {
			continue
		}
		if strings.HasPrefix(name, "persistentvolumeclaim/") {
			c.must(t, "", "kubectl", "patch", name, "--type=merge", `--patch={"metadata":{"finalizers":null}}`)
		}
		c.must(t, "", "kubectl", "delete", name, "--ignore-not-found", "--timeout=30s")
	}
}

// valuesFile returns the path of one of the files of values.
func valuesFile(name string) string { return chart + "/ci/" + name + "-values.yaml" }
