// Faultproxy is a TCP proxy that does to connections what networks do: it is Shopify's toxiproxy as
// a library, with two toxics of our own. The end-to-end tests run the exporter through it.
//
//	faultproxy            prints the address of its control API, a port of its own on loopback
//
// The control API is toxiproxy's (its README describes it), as far as the tests use it. To toxiproxy's
// toxics it adds
//
//	corrupt    {"every": n}       flips one bit in every n-th byte
//	half_open  {"dead": true}     swallows what comes, on the connections there are and on new ones;
//	           {"dead": false}    new ones work again, those that were dead stay so
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "faultproxy:", err)
		os.Exit(1)
	}
}

// run serves the control API until the process is ended.
func run(stdout io.Writer) error {
	toxics.Register("corrupt", new(corrupt))
	toxics.Register("half_open", new(halfOpen))

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the control API: %w", err)
	}
	control := &http.Server{Handler: routes(), ReadHeaderTimeout: 10 * time.Second}
	if _, err := fmt.Fprintf(stdout, "control=http://%s\n", listener.Addr()); err != nil {
		return fmt.Errorf("printing the address of the control API: %w", err)
	}
	return fmt.Errorf("serving the control API: %w", control.Serve(listener))
}

// routes is toxiproxy's control API. Its own ApiServer.Listen does not tell which port it got.
func routes() http.Handler {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	r := mux.NewRouter()
	r.HandleFunc("/proxies", server.ProxyCreate).Methods(http.MethodPost)
	r.HandleFunc("/proxies/{proxy}", server.ProxyUpdate).Methods(http.MethodPost)
	r.HandleFunc("/proxies/{proxy}/toxics", server.ToxicCreate).Methods(http.MethodPost)
	r.HandleFunc("/proxies/{proxy}/toxics/{toxic}", server.ToxicUpdate).Methods(http.MethodPost)
	r.HandleFunc("/proxies/{proxy}/toxics/{toxic}", server.ToxicDelete).Methods(http.MethodDelete)
	return r
}
