{{/* What the pods of the Deployment, of the StatefulSet and of helm test have in common. */}}

{{- define "beyondtrust-exporter.sharded" -}}
{{- if gt (int .Values.shards) 1 }}true{{ end }}
{{- end }}

{{/* A volume of what was collected by path, all of it from Secrets and ConfigMaps. */}}
{{- define "beyondtrust-exporter.projected" -}}
- name: {{ .name }}
  projected:
    # The group of the pod may read it (fsGroup).
    defaultMode: 0440
    sources:
      {{- range $path := keys .sources | sortAlpha }}
      - {{ get $.sources $path | toYaml | nindent 8 | trim }}
      {{- end }}
{{- end }}

{{/* The volumes of the configuration and its secrets. None is mounted by subPath, so that a rotated secret arrives. */}}
{{- define "beyondtrust-exporter.volumes" -}}
{{- $watched := include "beyondtrust-exporter.watched" . | fromJson }}
- name: config
  {{- if .Values.existingConfig.secret }}
  secret:
    secretName: {{ .Values.existingConfig.secret }}
    defaultMode: 0440
  {{- else }}
  configMap:
    name: {{ .Values.existingConfig.configMap | default (include "beyondtrust-exporter.fullname" .) }}
  {{- end }}
{{- if $watched.secrets }}
{{ include "beyondtrust-exporter.projected" (dict "name" "secrets" "sources" $watched.secrets) | trim }}
{{- end }}
{{- if $watched.ca }}
{{ include "beyondtrust-exporter.projected" (dict "name" "ca" "sources" $watched.ca) | trim }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "beyondtrust-exporter.volumeMounts" -}}
{{- $watched := include "beyondtrust-exporter.watched" . | fromJson }}
- name: config
  mountPath: {{ include "beyondtrust-exporter.configDirectory" . }}
  readOnly: true
{{- if $watched.secrets }}
- name: secrets
  mountPath: {{ include "beyondtrust-exporter.secretsDirectory" . }}
  readOnly: true
{{- end }}
{{- if $watched.ca }}
- name: ca
  mountPath: {{ include "beyondtrust-exporter.caDirectory" . }}
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What a pod's spec says besides its containers and volumes. */}}
{{- define "beyondtrust-exporter.podSpec" -}}
serviceAccountName: {{ include "beyondtrust-exporter.serviceAccountName" . }}
automountServiceAccountToken: false
# The names of Services would become variables that begin with BEYONDTRUST_.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What a container says besides its arguments, ports and probes. */}}
{{- define "beyondtrust-exporter.container" -}}
image: {{ include "beyondtrust-exporter.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "beyondtrust-exporter.env" -}}
{{- if dig "limits" "memory" "" .Values.resources }}
- name: GOMEMLIMIT
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "beyondtrust-exporter.scheme" -}}
{{- ternary "https" "http" .Values.web.tls }}
{{- end }}

{{/* How a probe asks for a path. */}}
{{- define "beyondtrust-exporter.probe" -}}
{{- if .root.Values.web.authentication }}
tcpSocket:
  port: http
{{- else }}
httpGet:
  path: {{ .path }}
  port: http
  {{- if .root.Values.web.tls }}
  scheme: HTTPS
  {{- end }}
{{- end }}
{{- end }}

{{/* The template of the exporter's pods. */}}
{{- define "beyondtrust-exporter.podTemplate" -}}
metadata:
  labels:
    {{- $version := dict "app.kubernetes.io/version" (.Chart.AppVersion | toString) }}
    {{- merge (include "beyondtrust-exporter.selectorLabels" . | fromYaml) .Values.podLabels .Values.commonLabels $version | toYaml | nindent 4 }}
  annotations:
    kubectl.kubernetes.io/default-container: exporter
    {{- if include "beyondtrust-exporter.ownConfig" . }}
    # Another configuration is another template, which is rolled out.
    checksum/config: {{ include "beyondtrust-exporter.configFile" . | sha256sum }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "beyondtrust-exporter.podSpec" . | trim | nindent 2 }}
  {{- if .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- $selector := dict "labelSelector" (dict "matchLabels" (include "beyondtrust-exporter.selectorLabels" . | fromYaml)) }}
    {{- range .Values.topologySpreadConstraints }}
    - {{ merge (deepCopy .) (ternary (dict) $selector (hasKey . "labelSelector")) | toYaml | nindent 6 | trim }}
    {{- end }}
  {{- end }}
  containers:
    - name: exporter
      {{- include "beyondtrust-exporter.container" . | trim | nindent 6 }}
      args:
        - --config.file={{ include "beyondtrust-exporter.configDirectory" . }}/{{ include "beyondtrust-exporter.configKey" . }}
        - --storage.directory={{ include "beyondtrust-exporter.storageDirectory" . }}
        {{- if include "beyondtrust-exporter.sharded" . }}
        - --shard=$(POD_INDEX)
        - --total-shards={{ .Values.shards }}
        {{- end }}
        {{- if .Values.web.existingSecret }}
        - --web.config.file={{ include "beyondtrust-exporter.webDirectory" . }}/{{ .Values.web.key }}
        {{- end }}
        - --log.level={{ .Values.log.level }}
        - --log.format={{ .Values.log.format }}
        {{- with .Values.extraArgs }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- $env := include "beyondtrust-exporter.env" . }}
      {{- if or (trim $env) (include "beyondtrust-exporter.sharded" .) }}
      env:
        {{- if include "beyondtrust-exporter.sharded" . }}
        - name: POD_INDEX
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
        {{- end }}
        {{- with trim $env }}
        {{- . | nindent 8 }}
        {{- end }}
      {{- end }}
      ports:
        - name: http
          containerPort: 10985
          protocol: TCP
      livenessProbe:
        {{- if .Values.livenessProbe }}
        {{- toYaml .Values.livenessProbe | nindent 8 }}
        {{- else }}
        {{- include "beyondtrust-exporter.probe" (dict "root" . "path" "/-/healthy") | trim | nindent 8 }}
        periodSeconds: 20
        timeoutSeconds: 5
        {{- end }}
      readinessProbe:
        {{- if .Values.readinessProbe }}
        {{- toYaml .Values.readinessProbe | nindent 8 }}
        {{- else }}
        {{- include "beyondtrust-exporter.probe" (dict "root" . "path" "/-/ready") | trim | nindent 8 }}
        periodSeconds: 10
        timeoutSeconds: 5
        {{- end }}
      volumeMounts:
        {{- include "beyondtrust-exporter.volumeMounts" . | trim | nindent 8 }}
        {{- if .Values.web.existingSecret }}
        - name: web
          mountPath: {{ include "beyondtrust-exporter.webDirectory" . }}
          readOnly: true
        {{- end }}
        - name: storage
          mountPath: {{ include "beyondtrust-exporter.storageDirectory" . }}
  volumes:
    {{- include "beyondtrust-exporter.volumes" . | trim | nindent 4 }}
    {{- if .Values.web.existingSecret }}
    - name: web
      secret:
        secretName: {{ .Values.web.existingSecret }}
        defaultMode: 0440
    {{- end }}
    {{- if not .Values.persistence.enabled }}
    - name: storage
      emptyDir: {}
    {{- else if not (include "beyondtrust-exporter.sharded" .) }}
    - name: storage
      persistentVolumeClaim:
        claimName: {{ .Values.persistence.existingClaim | default (include "beyondtrust-exporter.fullname" .) }}
    {{- end }}
{{- end }}

{{/* The spec of a claim. */}}
{{- define "beyondtrust-exporter.claim" -}}
accessModes:
  {{- toYaml .Values.persistence.accessModes | nindent 2 }}
{{- if eq .Values.persistence.storageClass "-" }}
storageClassName: ""
{{- else if .Values.persistence.storageClass }}
storageClassName: {{ .Values.persistence.storageClass }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size }}
{{- end }}
