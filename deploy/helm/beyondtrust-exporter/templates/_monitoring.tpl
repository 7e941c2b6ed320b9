{{/*
How Prometheus scrapes. An appliance has the same labels whichever way it is
found: job, instance, appliance, namespace, and its own.
*/}}

{{/* What all endpoints say, a ScrapeConfig's included but for its names of things. */}}
{{- define "beyondtrust-exporter.tls" -}}
{{- with .Values.scrape.tlsConfig }}
tlsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.scrape.basicAuth }}
basicAuth:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What the spec of a ServiceMonitor or ScrapeConfig says of histograms. */}}
{{- define "beyondtrust-exporter.histograms" -}}
{{- range $key := list "scrapeClassicHistograms" "scrapeNativeHistograms" }}
{{- if kindIs "bool" (get $.Values.scrape $key) }}
{{ $key }}: {{ get $.Values.scrape $key }}
{{- end }}
{{- end }}
{{- end }}

{{/* An endpoint of a ServiceMonitor, but for its path and relabelings. */}}
{{- define "beyondtrust-exporter.endpoint" -}}
port: http
scheme: {{ include "beyondtrust-exporter.scheme" . }}
{{- with .Values.scrape.interval }}
interval: {{ . }}
{{- end }}
{{- with .Values.scrape.timeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- with include "beyondtrust-exporter.tls" . | trim }}
{{ . }}
{{- end }}
{{- with .Values.scrape.metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The relabelings of an appliance's endpoint: dict root, name, labels. A dollar sign in a replacement is written twice. */}}
{{- define "beyondtrust-exporter.applianceRelabelings" -}}
# What of the pod would make another series of the same appliance's when it moves.
- action: labeldrop
  regex: pod|container|endpoint|service
- targetLabel: job
  replacement: {{ .root.Values.scrape.job }}
- targetLabel: instance
  replacement: {{ .name | quote }}
- targetLabel: appliance
  replacement: {{ .name | quote }}
{{- range $label, $value := .labels }}
- targetLabel: {{ $label }}
  replacement: {{ $value | replace "$" "$$" | quote }}
{{- end }}
{{- with .root.Values.scrape.relabelings }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The addresses of all shards, or of the one exporter, one a line. */}}
{{- define "beyondtrust-exporter.addresses" -}}
{{- if include "beyondtrust-exporter.sharded" . }}
{{- range $index := until (int .Values.shards) }}
{{ printf "%s-%d.%s.%s.svc:10985" (include "beyondtrust-exporter.fullname" $) $index (include "beyondtrust-exporter.headless" $) $.Release.Namespace }}
{{- end }}
{{- else }}
{{ printf "%s.%s.svc:%d" (include "beyondtrust-exporter.fullname" .) .Release.Namespace (int .Values.service.port) }}
{{- end }}
{{- end }}
