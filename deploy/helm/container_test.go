//go:build helm && linux

package helm

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// ownedMode is what the kubelet gives an empty volume of a pod with an fsGroup, but for others.
const ownedMode = os.ModeSetgid | 0o770

// store is the ConfigMaps and Secrets that a pod's files come from: kind/name to keys.
type store map[string]map[string]string

// newStore takes in the ConfigMaps that the chart renders.
func newStore(all []object) store {
	s := make(store)
	for _, o := range of(all, "ConfigMap") {
		s["configMap/"+o.Metadata.Name] = o.Data
	}
	return s
}

// pod is a container of a pod that runs by hand: in a root of its own, which has nothing but the
// image's binary and what is mounted, as the pod's user and group, with its arguments and its
// environment.
type pod struct {
	*processtest.Process
	url string // of the exporter, where it serves
}

// runPod runs the container of a pod. It takes root, to change the root directory and the user.
func runPod(t *testing.T, exporter string, template podTemplate, files store) *pod {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("a pod's user and root directory can be taken by root alone: run this as root")
	}
	if len(template.Spec.Containers) != 1 {
		t.Fatalf("the pod has %d containers, want one", len(template.Spec.Containers))
	}
	c, security := template.Spec.Containers[0], template.Spec.SecurityContext
	rootfs := t.TempDir()
	if err := os.Chmod(rootfs, 0o755); err != nil {
		t.Fatal(err)
	}
	const entrypoint = "/bin/beyondtrust_exporter" // the image's
	write(t, rootfs+entrypoint, string(read(t, exporter)))
	if err := os.Chmod(rootfs+entrypoint, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, mount := range c.VolumeMounts {
		if mount.SubPath != "" {
			t.Errorf("%s is mounted by subPath: a rotated secret would not arrive", mount.Name)
		}
		fill(t, rootfs+mount.MountPath, template.Spec, mount.Name, files)
	}
	environment, variables := c.environment(t, template.Metadata, files)
	arguments := make([]string, len(c.Args))
	for i, argument := range c.Args {
		arguments[i] = variables.Replace(argument)
	}
	command := exec.CommandContext(t.Context(), entrypoint, arguments...)
	command.Err = nil // The path is one of the new root's.
	command.Env, command.Dir = environment, "/"
	command.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     rootfs,
		Credential: &syscall.Credential{Uid: security.RunAsUser, Gid: security.RunAsGroup, Groups: []uint32{security.FSGroup}},
	}
	if security.RunAsUser == 0 || security.FSGroup == 0 {
		t.Fatal("the pod runs as root")
	}
	return &pod{Process: processtest.Start(t, command)}
}

// fill puts the files of a volume where it is mounted, as the kubelet does.
func fill(t *testing.T, directory string, spec podSpec, name string, files store) {
	t.Helper()
	if err := os.MkdirAll(directory, 0o755); err != nil {
		t.Fatal(err)
	}
	owned := func(path string, mode os.FileMode) {
		if err := os.Chown(path, 0, int(spec.SecurityContext.FSGroup)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	put := func(kind string, from source, mode int) {
		from.Name += from.SecretName
		keys, ok := files[kind+"/"+from.Name]
		if !ok {
			t.Fatalf("the pod wants %s %s, which is not there", kind, from.Name)
		}
		paths := make(map[string]string)
		for key := range keys {
			paths[key] = key
		}
		if from.Items != nil {
			clear(paths)
			for _, item := range from.Items {
				paths[item.Key] = item.Path
			}
		}
		if mode == 0 {
			mode = 0o644 // Kubernetes's default
		}
		for key, path := range paths {
			text, ok := keys[key]
			if !ok {
				t.Fatalf("the pod wants the key %s of %s %s, which is not there", key, kind, from.Name)
			}
			write(t, filepath.Join(directory, path), text)
			owned(filepath.Join(directory, path), os.FileMode(mode))
		}
	}
	for _, v := range spec.Volumes {
		switch {
		case v.Name != name:
			continue
		case v.ConfigMap.Name != "":
			put("configMap", v.ConfigMap, v.ConfigMap.DefaultMode)
		case v.Secret.SecretName != "":
			put("secret", v.Secret, v.Secret.DefaultMode)
		case v.EmptyDir != nil:
			owned(directory, ownedMode)
		default:
			for _, s := range v.Projected.Sources {
				if s.ConfigMap.Name != "" {
					put("configMap", s.ConfigMap, v.Projected.DefaultMode)
				}
				if s.Secret.Name != "" {
					put("secret", s.Secret, v.Projected.DefaultMode)
				}
			}
		}
		return
	}
	owned(directory, ownedMode) // That of a claim template, which is no volume of the pod's yet.
}

// environment returns the container's variables, and what replaces $(NAME) in its arguments.
func (c container) environment(t *testing.T, pod metadata, files store) ([]string, *strings.Replacer) {
	t.Helper()
	var environment, replacements []string
	for _, v := range c.Env {
		value := v.Value
		switch from := v.ValueFrom; {
		case from.FieldRef.FieldPath != "":
			label := regexp.MustCompile(`^metadata\.labels\['(.*)'\]$`).FindStringSubmatch(from.FieldRef.FieldPath)
			if label == nil {
				t.Fatalf("%s: %s is no label", v.Name, from.FieldRef.FieldPath)
			}
			value = pod.Labels[label[1]]
		case from.ResourceFieldRef.Resource == "limits.memory":
			mebibytes, err := strconv.Atoi(strings.TrimSuffix(c.Resources.Limits["memory"], "Mi"))
			if err != nil {
				t.Fatalf("%s: the limit of memory is not in Mi: %v", v.Name, err)
			}
			value = strconv.Itoa(mebibytes << 20)
		case from.SecretKeyRef.Name != "":
			value = files["secret/"+from.SecretKeyRef.Name][from.SecretKeyRef.Key]
		}
		environment = append(environment, v.Name+"="+value)
		replacements = append(replacements, "$("+v.Name+")", value)
	}
	return environment, strings.NewReplacer(replacements...)
}

// serves waits until the exporter listens and its probes are answered with 200.
func (p *pod) serves(t *testing.T, c container) *pod {
	t.Helper()
	p.url = cmp.Or(strings.ToLower(c.ReadinessProbe.HTTPGet.Scheme), "http") + "://" + p.Stderr.Find(`msg="Listening on" address=(\S+)`)
	for _, probe := range []probe{c.LivenessProbe, c.ReadinessProbe} {
		if probe.HTTPGet.Path == "" {
			t.Fatal("there is a probe without a path")
		}
		processtest.Eventually(t, probe.HTTPGet.Path+" is answered", func() (bool, string) {
			status, text := get(t.Context(), p.url+probe.HTTPGet.Path)
			return status == http.StatusOK, text
		})
	}
	return p
}

// get asks for a page, as the kubelet does: with trust in any certificate. The status is 0 where there is no answer.
func get(ctx context.Context, url string) (status int, text string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err.Error()
	}
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	response, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}
