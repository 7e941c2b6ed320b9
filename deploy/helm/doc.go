// Package helm has nothing but the tests of the chart that lies beside it, which need tools that
// take long to build and so the build tag helm:
//
//	make helm-check         the chart by itself: what Helm, its schema and its documents say
//	make kubernetes-check   the chart in a cluster: a genuine API server and prometheus-operator
//	                        take what it makes, and a pod of it runs by hand
package helm
