{{/*
The configuration file, made of the values. What names objects of Kubernetes in
them becomes the path at which these are mounted; everything else goes into the
file as it is. Nothing secret does.
*/}}

{{- define "beyondtrust-exporter.ownConfig" -}}
{{- if not (or .Values.existingConfig.configMap .Values.existingConfig.secret) }}true{{ end }}
{{- end }}

{{- define "beyondtrust-exporter.configDirectory" -}}/etc/beyondtrust_exporter/config{{- end }}
{{- define "beyondtrust-exporter.secretsDirectory" -}}/etc/beyondtrust_exporter/secrets{{- end }}
{{- define "beyondtrust-exporter.caDirectory" -}}/etc/beyondtrust_exporter/ca{{- end }}
{{- define "beyondtrust-exporter.webDirectory" -}}/etc/beyondtrust_exporter/web{{- end }}
{{- define "beyondtrust-exporter.storageDirectory" -}}/var/lib/beyondtrust_exporter{{- end }}

{{- define "beyondtrust-exporter.configKey" -}}
{{- if include "beyondtrust-exporter.ownConfig" . }}beyondtrust.yml{{ else }}{{ .Values.existingConfig.key }}{{ end }}
{{- end }}

{{/*
What the exporter would say of the names of appliances and of their labels, said before it has them. The schema cannot:
of the names of keys Helm tells neither which one will not do nor where it is.
*/}}
{{- define "beyondtrust-exporter.checkNames" -}}
{{- range $name, $said := .Values.appliances }}
{{- if gt (len $name) 128 }}
{{- fail (printf "\n\nappliances.%s: it is longer than 128 bytes: give the appliance a shorter name" $name) }}
{{- else if not (regexMatch "^[\\p{L}\\p{Nd}][-\\p{L}\\p{Nd}._:]*$" $name) }}
{{- fail (printf "\n\nappliances.%s: %q is no name for an appliance: a name begins with a letter or a digit and goes on with those, dots, hyphens, underscores and colons" $name $name) }}
{{- end }}
{{- range $label, $value := ($said | default dict).labels }}
{{- if has $label (list "instance" "appliance" "job") }}
{{- fail (printf "\n\nappliances.%s.labels.%s: every series has a label %q already: call yours something else" $name $label $label) }}
{{- else if hasPrefix "__" $label }}
{{- fail (printf "\n\nappliances.%s.labels.%s: labels that begin with two underscores are Prometheus's own: call yours something else" $name $label) }}
{{- else if not (regexMatch "^[a-zA-Z_][a-zA-Z0-9_]*$" $label) }}
{{- fail (printf "\n\nappliances.%s.labels.%s: %q is no name for a label: one has letters from a to z, digits and underscores, and no digit at its beginning" $name $label $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/*
All that the values say of the appliances, as JSON:
  config       what the configuration file is to say
  secrets, ca  what is mounted for it: {path: projection of a Secret or ConfigMap}
  ports        where appliances and proxies listen
*/}}
{{- define "beyondtrust-exporter.watched" -}}
{{- include "beyondtrust-exporter.checkNames" . }}
{{- $secrets := dict }}
{{- $ca := dict }}
{{- $ports := list 443 }}
{{- $config := dict }}
{{- $named := dict }}
{{- $defaults := .Values.defaults | default dict }}
{{- $entries := list (dict "path" "defaults" "said" $defaults) }}
{{- range $name, $said := .Values.appliances }}
{{- $entries = append $entries (dict "path" (printf "appliances.%s" $name) "name" $name "said" ($said | default dict)) }}
{{- end }}
{{- range $entry := $entries }}
{{- $said := $entry.said }}
{{- $settings := omit (deepCopy $said) "existingSecret" "existingCA" }}

{{- if hasKey $said "client_secret" }}
{{- fail (printf "\n\n%s.client_secret: values are no place for a secret: put it into a Secret and name that in %s.existingSecret" $entry.path $entry.path) }}
{{- end }}
{{- if $said.existingSecret }}
{{- $reference := merge (deepCopy $said.existingSecret) ($defaults.existingSecret | default dict) (dict "key" "client-secret") }}
{{- if not $reference.name }}
{{- fail (printf "\n\n%s.existingSecret.name: it is not given: say which Secret has the client secret, here or in defaults.existingSecret.name" $entry.path) }}
{{- end }}
{{- if or $said.client_secret_file $said.client_secret_env }}
{{- fail (printf "\n\n%s: the client secret is given twice: keep one of existingSecret, client_secret_file and client_secret_env" $entry.path) }}
{{- end }}
{{- $path := printf "%s/%s" $reference.name $reference.key }}
{{- $_ := set $secrets $path (dict "secret" (dict "name" $reference.name "items" (list (dict "key" $reference.key "path" $path)))) }}
{{- $_ := set $settings "client_secret_file" (printf "%s/%s" (include "beyondtrust-exporter.secretsDirectory" $) $path) }}
{{- end }}

{{- with $said.existingCA }}
{{- if eq (empty .configMap) (empty .secret) }}
{{- fail (printf "\n\n%s.existingCA: give one of configMap and secret: the name of what has the certificates" $entry.path) }}
{{- end }}
{{- if dig "tls_config" "ca_file" "" $said }}
{{- fail (printf "\n\n%s: the authorities are given twice: keep one of existingCA and tls_config.ca_file" $entry.path) }}
{{- end }}
{{- $kind := ternary "configMap" "secret" (not (empty .configMap)) }}
{{- $key := .key | default "ca.crt" }}
{{- $path := printf "%s/%s/%s" (lower $kind) (get . $kind) $key }}
{{- $_ := set $ca $path (dict $kind (dict "name" (get . $kind) "items" (list (dict "key" $key "path" $path)))) }}
{{- $_ := set $settings "tls_config" (merge (dict "ca_file" (printf "%s/%s" (include "beyondtrust-exporter.caDirectory" $) $path)) ($said.tls_config | default dict)) }}
{{- end }}

{{- with $said.proxy_url }}
{{- if contains "@" . }}
{{- fail (printf "\n\n%s.proxy_url: there is a user name or a password in it, and a ConfigMap is no place for one: keep the whole configuration file in a Secret and name that in existingConfig.secret" $entry.path) }}
{{- end }}
{{- end }}
{{- range $url := list $said.url $said.proxy_url | compact }}
{{- $port := regexFind ":[0-9]+$" ((urlParse $url).host) | trimPrefix ":" }}
{{- if $port }}
{{- $ports = append $ports (int $port) }}
{{- else if hasPrefix "http://" $url }}
{{- $ports = append $ports 80 }}
{{- else if hasPrefix "socks5" $url }}
{{- $ports = append $ports 1080 }}
{{- end }}
{{- end }}

{{- if $entry.name }}
{{- if not (or $said.client_id $defaults.client_id) }}
{{- fail (printf "\n\n%s.client_id: it is not given: the OAuth client ID of the API account, here or in defaults.client_id" $entry.path) }}
{{- end }}
{{- if not (or $settings.client_secret_file $settings.client_secret_env $defaults.existingSecret $defaults.client_secret_file $defaults.client_secret_env) }}
{{- fail (printf "\n\n%s.existingSecret: it is not given: name the Secret that has the client secret, here or in defaults.existingSecret" $entry.path) }}
{{- end }}
{{- $_ := set $named $entry.name $settings }}
{{- else if $settings }}
{{- $_ := set $config "defaults" $settings }}
{{- end }}
{{- end }}
{{- $_ := set $config "appliances" $named }}
{{- dict "config" $config "secrets" $secrets "ca" $ca "ports" ($ports | uniq) | toJson }}
{{- end }}

{{/* The configuration file. */}}
{{- define "beyondtrust-exporter.configFile" -}}
{{- (include "beyondtrust-exporter.watched" . | fromJson).config | toYaml }}
{{- end }}

{{/* What cannot be, said before anything is made. */}}
{{- define "beyondtrust-exporter.validate" -}}
{{- if include "beyondtrust-exporter.ownConfig" . }}
{{- if not .Values.appliances }}
{{- fail "\n\nappliances: no appliance is named: give at least one name, with the url of its public site below it, or a configuration file of yours in existingConfig" }}
{{- end }}
{{- else if or .Values.appliances .Values.defaults }}
{{- fail "\n\nexistingConfig: appliances and defaults are given as well: keep them there or here" }}
{{- else if and .Values.existingConfig.configMap .Values.existingConfig.secret }}
{{- fail "\n\nexistingConfig: give one of configMap and secret" }}
{{- end }}
{{- if gt (int .Values.shards) 1 }}
{{- if semverCompare "<1.28.0-0" .Capabilities.KubeVersion.Version }}
{{- fail (printf "\n\nshards: Kubernetes %s does not tell a pod its index, which is its shard: that takes 1.28" .Capabilities.KubeVersion.Version) }}
{{- end }}
{{- if .Values.persistence.existingClaim }}
{{- fail "\n\npersistence.existingClaim: shards cannot share one: leave it out, and each gets a claim of its own" }}
{{- end }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled (not .Values.scrapeConfig.enabled) }}
{{- if gt (int .Values.shards) 1 }}
{{- fail "\n\nserviceMonitor: Helm does not know which shard watches which appliance: set scrapeConfig.enabled=true as well, by which Prometheus asks each of them" }}
{{- else if not (include "beyondtrust-exporter.ownConfig" .) }}
{{- fail "\n\nserviceMonitor: Helm does not know the appliances of an existingConfig: set scrapeConfig.enabled=true as well, by which Prometheus asks the exporter" }}
{{- end }}
{{- end }}
{{- if and (or .Values.web.tls .Values.web.authentication) (not .Values.web.existingSecret) }}
{{- fail "\n\nweb.existingSecret: it is not given: name the Secret with the web configuration file that turns on TLS or authentication" }}
{{- end }}
{{- end }}
