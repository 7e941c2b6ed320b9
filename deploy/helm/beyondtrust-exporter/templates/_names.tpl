{{/* Names, labels and versions. */}}

{{- define "beyondtrust-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/*
The name of most objects. 52 characters at most: a StatefulSet's controller puts
a hash of ten behind it, into a label.
*/}}
{{- define "beyondtrust-exporter.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "beyondtrust-exporter.headless" -}}
{{ include "beyondtrust-exporter.fullname" . }}-headless
{{- end }}

{{/* What all pods of the release have in common, the one of helm test included. */}}
{{- define "beyondtrust-exporter.releaseLabels" -}}
app.kubernetes.io/name: {{ include "beyondtrust-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* What only the exporter's own pods have. */}}
{{- define "beyondtrust-exporter.selectorLabels" -}}
{{ include "beyondtrust-exporter.releaseLabels" . }}
app.kubernetes.io/component: exporter
{{- end }}

{{/* The labels of every object; what selects is not the user's to change. */}}
{{- define "beyondtrust-exporter.labels" -}}
{{- $labels := dict
      "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
      "app.kubernetes.io/version" (.Chart.AppVersion | toString)
      "app.kubernetes.io/managed-by" .Release.Service
      "app.kubernetes.io/part-of" (include "beyondtrust-exporter.name" .) }}
{{- merge (include "beyondtrust-exporter.releaseLabels" . | fromYaml) .Values.commonLabels $labels | toYaml }}
{{- end }}

{{- define "beyondtrust-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "beyondtrust-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "beyondtrust-exporter.image" -}}
{{- $repository := list .Values.image.registry .Values.image.repository | compact | join "/" }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion | toString) }}
{{- end }}
{{- end }}
