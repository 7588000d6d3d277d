{{- define "microservice.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "microservice.fullname" -}}
{{- default (printf "%s-%s" .Release.Name (include "microservice.name" .)) .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "microservice.serviceName" -}}
{{- default (include "microservice.fullname" .) .Values.service.name }}
{{- end }}

{{- define "microservice.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "microservice.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "microservice.selectorLabels" -}}
app.kubernetes.io/name: {{ include "microservice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "microservice.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{ include "microservice.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.image.tag | trunc 63 | trimAll "-_." | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "microservice.probe" -}}
httpGet:
  path: {{ .path | quote }}
  port: {{ .port | default .portName }}
initialDelaySeconds: {{ .initialDelaySeconds }}
periodSeconds: {{ .periodSeconds }}
timeoutSeconds: {{ .timeoutSeconds }}
failureThreshold: {{ .failureThreshold }}
{{- end }}

{{- define "microservice.affinity" -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "microservice.selectorLabels" . | fromYaml)) }}
{{- $rule := dict }}
{{- if eq .Values.podAntiAffinity "Required" }}
{{- $rule = dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term) }}
{{- else if eq .Values.podAntiAffinity "Preferred" }}
{{- $rule = dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100 "podAffinityTerm" $term)) }}
{{- end }}
{{- $spread := ternary (dict "podAntiAffinity" $rule) (dict) (not (empty $rule)) }}
{{- with merge (deepCopy .Values.affinity) $spread }}
{{- toYaml . }}
{{- end }}
{{- end }}
