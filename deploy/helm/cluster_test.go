//go:build helm && linux

package helm

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// cluster is a genuine API server with its etcd, on loopback, and nothing else: no controller, no
// scheduler, no node.
type cluster struct {
	kubeconfig string
}

// startCluster starts the API server and gives it the prometheus-operator's kinds and a namespace
// that admits restricted pods alone. Everything ends with the test.
func startCluster(t *testing.T) *cluster {
	t.Helper()
	etcd, err := exec.LookPath("etcd")
	if err != nil {
		t.Fatalf("there is no etcd, which the API server needs: install it, on Debian by apt-get install etcd-server (%v)", err)
	}
	directory := t.TempDir()
	client, peer, secure := freePort(t), freePort(t), freePort(t)
	clients, peers := "http://127.0.0.1:"+client, "http://127.0.0.1:"+peer
	processtest.Start(t, exec.CommandContext(t.Context(), etcd, "--data-dir="+filepath.Join(directory, "etcd"), "--log-level=error", "--unsafe-no-fsync",
		"--listen-client-urls="+clients, "--advertise-client-urls="+clients,
		"--listen-peer-urls="+peers, "--initial-advertise-peer-urls="+peers, "--initial-cluster=default="+peers))

	token, signing := rand.Text(), filepath.Join(directory, "sa.key")
	write(t, signing, key(t))
	write(t, filepath.Join(directory, "tokens.csv"), token+",admin,admin,system:masters\n")
	server := processtest.Start(t, exec.CommandContext(t.Context(), prometheustest.Tool(t, "kube-apiserver"),
		"--etcd-servers="+clients, "--bind-address=127.0.0.1", "--secure-port="+secure, "--advertise-address=127.0.0.1",
		"--cert-dir="+filepath.Join(directory, "certificates"), "--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+signing, "--service-account-signing-key-file="+signing,
		"--token-auth-file="+filepath.Join(directory, "tokens.csv"), "--authorization-mode=RBAC",
		// No controller makes the accounts that this would wait for.
		"--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none"))

	c := &cluster{kubeconfig: filepath.Join(directory, "kubeconfig")}
	write(t, c.kubeconfig, fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: admin, namespace: %s}}]
clusters: [{name: test, cluster: {server: "https://127.0.0.1:%s", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: %s}}]
`, namespace, secure, token))
	processtest.Eventually(t, "the API server is ready", func() (bool, string) {
		server.Alive(t)
		r := c.run(t, "", "kubectl", "get", "--raw=/readyz")
		return r.err == nil, r.stderr
	})
	c.must(t, "", "kubectl", "apply", "--server-side", "--filename", filepath.Join(root, ".tools", "operator-crds"))
	c.must(t, "", "kubectl", "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
	c.must(t, fmt.Sprintf(`apiVersion: v1
kind: Namespace
metadata:
  name: %s
  labels: {pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: latest}
`, namespace), "kubectl", "apply", "--filename=-")
	return c
}

// run runs a tool that talks to the cluster: kubectl or a Helm.
func (c *cluster) run(t *testing.T, input, tool string, arguments ...string) result {
	t.Helper()
	command := exec.CommandContext(t.Context(), prometheustest.Tool(t, tool), arguments...)
	command.Env = append(command.Environ(), "KUBECONFIG="+c.kubeconfig)
	return finish(t, command, input)
}

// must is run for what has to succeed. It returns what was written to stdout.
func (c *cluster) must(t *testing.T, input, tool string, arguments ...string) string {
	t.Helper()
	r := c.run(t, input, tool, arguments...)
	if r.err != nil {
		t.Fatalf("%s %s: %v\n%s%s", tool, strings.Join(arguments, " "), r.err, r.stdout, r.stderr)
	}
	return r.stdout
}

// freePort returns a port of loopback that is free.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// key returns a key, in PEM, with which the API server would sign tokens of service accounts. It
// does not start without.
func key(t *testing.T) string {
	t.Helper()
	made, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(made)}))
}
