{{- define "edict.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* At most 28 characters: the longest name made of it, that of a Service, has 63. */}}
{{- define "edict.fullname" -}}
{{- $name := include "edict.name" . }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 28 | trimSuffix "-" }}
{{- end }}

{{- define "edict.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (printf "%s-controller-manager" (include "edict.fullname" .)) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name: the account that serviceAccount.create=false leaves to you" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "edict.selectorLabels" -}}
app.kubernetes.io/name: {{ include "edict.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
control-plane: controller-manager
{{- end }}

{{- define "edict.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{ include "edict.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "edict.certificateSecret" -}}
{{- $own := printf "%s-webhook-server-cert" (include "edict.fullname" .) }}
{{- ternary $own (default $own .Values.webhook.certificate.secretName) (eq .Values.webhook.certificate.provider "Engine") }}
{{- end }}

{{- define "edict.webhookConfiguration" -}}
{{ include "edict.fullname" . }}-validating-webhook-configuration
{{- end }}

{{/* Rules of a Role; there may be none. */}}
{{- define "edict.rules" -}}
{{- if . -}}
rules:
{{ toYaml . }}
{{- else -}}
rules: []
{{- end }}
{{- end }}
