{{/* The groups of the rule files, with what the values change of them. */}}

{{/*
The thresholds that thresholds.yml knows, as JSON: {name: whether it takes a
value for one queue}.
*/}}
{{- define "beyondtrust-exporter.thresholds" -}}
{{- $known := dict }}
{{- range (.Files.Get "files/rules/thresholds.yml" | fromYaml).groups }}
{{- range .rules }}
{{- $_ := set $known (.record | trimPrefix "beyondtrust:threshold:") (contains "by (queue)" .expr) }}
{{- end }}
{{- end }}
{{- $known | toJson }}
{{- end }}

{{/* A threshold as PromQL: a number is a vector of it. */}}
{{- define "beyondtrust-exporter.threshold" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}vector({{ toJson . }}){{ end }}
{{- end }}

{{- define "beyondtrust-exporter.siteRules" -}}
{{- $known := include "beyondtrust-exporter.thresholds" . | fromJson }}
{{- range $name, $given := .Values.prometheusRule.thresholds }}
{{- if not (hasKey $known $name) }}
{{- fail (printf "\n\nprometheusRule.thresholds.%s: there is no such threshold: give one of %s" $name (keys $known | sortAlpha | join ", ")) }}
{{- end }}
{{- $record := printf "beyondtrust:site:%s" $name }}
{{- $value := $given }}
{{- if kindIs "map" $given }}
{{- $value = $given.value }}
{{- if and $given.queues (not (get $known $name)) }}
{{- fail (printf "\n\nprometheusRule.thresholds.%s.queues: it is one for all queues: give value alone" $name) }}
{{- end }}
{{- range $queue, $queueValue := $given.queues }}
- record: {{ $record }}
  labels:
    queue: {{ $queue | quote }}
  expr: {{ include "beyondtrust-exporter.threshold" $queueValue | quote }}
{{- end }}
{{- end }}
{{- if not (kindIs "invalid" $value) }}
- record: {{ $record }}
  expr: {{ include "beyondtrust-exporter.threshold" $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* All groups: the site's thresholds first, then file by file. */}}
{{- define "beyondtrust-exporter.ruleGroups" -}}
{{- with include "beyondtrust-exporter.siteRules" . | trim }}
- name: beyondtrust_site
  rules:
    {{- . | nindent 4 }}
{{- end }}
{{- $disabled := .Values.prometheusRule.disabledAlerts }}
{{- $alerts := list }}
{{- range $path, $_ := .Files.Glob "files/rules/*.yml" }}
{{- range ($.Files.Get $path | fromYaml).groups }}
{{- $rules := list }}
{{- range $rule := .rules }}
{{- if $rule.alert }}
{{- $alerts = append $alerts $rule.alert }}
{{- with $.Values.prometheusRule.alertLabels }}
{{- $_ := set $rule "labels" (merge (deepCopy .) $rule.labels) }}
{{- end }}
{{- end }}
{{- if not (has $rule.alert $disabled) }}
{{- $rules = append $rules $rule }}
{{- end }}
{{- end }}
{{- if $rules }}
- {{ set . "rules" $rules | toYaml | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- end }}
{{- range $disabled }}
{{- if not (has . $alerts) }}
{{- fail (printf "\n\nprometheusRule.disabledAlerts: there is no alert %s: give some of %s" . (sortAlpha $alerts | join ", ")) }}
{{- end }}
{{- end }}
{{- end }}
