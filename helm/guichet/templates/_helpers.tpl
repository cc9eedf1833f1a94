{{- define "guichet.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 28 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 28 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "guichet.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "guichet.labels" -}}
{{ include "guichet.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "guichet.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* What each Deployment is: its name, what --roles says, and its role's values over the defaults. */}}
{{- define "guichet.components" -}}
{{- $all := list -}}
{{- $defaults := .Values.defaults -}}
{{- if .Values.gateway.enabled -}}
{{- $all = append $all (dict "name" "gateway" "roles" "gateway" "settle" 5
      "is" (mergeOverwrite (deepCopy $defaults) .Values.gateway)) -}}
{{- end -}}
{{- if .Values.cases.enabled -}}
{{- $all = append $all (dict "name" "cases" "roles" "cases,payments" "settle" 15
      "is" (mergeOverwrite (deepCopy $defaults) .Values.cases)) -}}
{{- end -}}
{{- range .Values.adapters -}}
{{- $all = append $all (dict "name" (printf "adapters-%s" .name) "settle" 15
      "roles" (printf "adapters:%s" (join ",adapters:" .programs))
      "is" (mergeOverwrite (deepCopy $defaults) .)) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* What would not work, or not be safe, is refused before anything is rendered. */}}
{{- define "guichet.refuse" -}}
{{- if not .Values.kafka.brokers -}}
{{- fail "kafka.brokers is missing: write Kafka's addresses, such as --set 'kafka.brokers={kafka-0.kafka:9093}'" -}}
{{- end -}}
{{- if .Values.gateway.enabled -}}
{{- if not .Values.keys.secret -}}
{{- fail "keys.secret is missing: gateways need a Secret with ids.key and clients.key; make them once with `guichet keys create ./keys` and `kubectl create secret generic guichet-keys --from-file=./keys`, then say --set keys.secret=guichet-keys" -}}
{{- end -}}
{{- $exposed := list -}}
{{- if .Values.gateway.service.enabled -}}{{- $exposed = append $exposed "gateway.service.enabled" -}}{{- end -}}
{{- if .Values.gateway.ingress.enabled -}}{{- $exposed = append $exposed "gateway.ingress.enabled" -}}{{- end -}}
{{- if not (regexMatch "^(127(\\.[0-9]+){3}|localhost|\\[::1\\])$" .Values.gateway.host) -}}{{- $exposed = append $exposed "gateway.host" -}}{{- end -}}
{{- if $exposed -}}
{{- fail (printf "%s: a gateway that others reach needs authentication, which this version does not have: whoever reaches it may read and write every application. Leave it on loopback and put the front end into the same pod with gateway.sidecars" (join ", " $exposed)) -}}
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.adapters -}}
{{- if has .name $names -}}{{- fail (printf "adapters: the name %s stands twice; each group has its own" .name) -}}{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- if and .Values.programs.claim .Values.programs.configMaps -}}
{{- fail "programs: write either claim or configMaps, not both" -}}
{{- end -}}
{{- $cases := mergeOverwrite (deepCopy .Values.defaults) .Values.cases -}}
{{- if gt (int $cases.replicas) (int .Values.kafka.partitions) -}}
{{- fail (printf "cases.replicas is %d, but kafka.partitions is %d: a replica without a partition does nothing" (int $cases.replicas) (int .Values.kafka.partitions)) -}}
{{- end -}}
{{- end -}}

{{/* What every pod of Guichet has: no token, no root. */}}
{{- define "guichet.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- with .Values.user }}
  runAsUser: {{ int64 . }}
  runAsGroup: {{ int64 . }}
  fsGroup: {{ int64 . }}
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "guichet.container" -}}
image: {{ include "guichet.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Where Kafka is and which programs there are: of the processes and of the job alike. */}}
{{- define "guichet.env" -}}
- name: GUICHET_KAFKA
  value: {{ join "," .root.Values.kafka.brokers }}
- name: GUICHET_TOPIC_PREFIX
  value: {{ .root.Values.kafka.topicPrefix | quote }}
- name: GUICHET_PARTITIONS
  value: {{ .root.Values.kafka.partitions | quote }}
{{- if .secret }}
- name: GUICHET_KAFKA_PROPERTIES
  value: /etc/guichet/kafka/kafka.properties
{{- end }}
{{- if or .root.Values.programs.claim .root.Values.programs.configMaps }}
- name: GUICHET_PROGRAMS
  value: /etc/guichet/programs
{{- end }}
{{- end -}}

{{- define "guichet.mounts" -}}
{{- if .secret }}
- name: kafka
  mountPath: /etc/guichet/kafka
  readOnly: true
{{- end }}
{{- if .root.Values.programs.claim }}
- name: programs
  mountPath: /etc/guichet/programs
  readOnly: true
{{- end }}
{{- range $id, $_ := .root.Values.programs.configMaps }}
- name: program-{{ $id }}
  mountPath: /etc/guichet/programs/{{ $id }}
  readOnly: true
{{- end }}
{{- end -}}

{{- define "guichet.volumes" -}}
{{- if .secret }}
- name: kafka
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
{{- end }}
{{- with .root.Values.programs.claim }}
- name: programs
  persistentVolumeClaim:
    claimName: {{ . }}
    readOnly: true
{{- end }}
{{- range $id, $name := .root.Values.programs.configMaps }}
- name: program-{{ $id }}
  configMap:
    name: {{ $name }}
{{- end }}
{{- end -}}

{{/* Out to Kafka and to the names of its brokers, and nowhere else. */}}
{{- define "guichet.egress" -}}
{{- $ports := .Values.networkPolicy.kafkaPorts -}}
{{- range .Values.kafka.brokers -}}
{{- $ports = append $ports (splitList ":" . | last | int) -}}
{{- end -}}
- ports:
    {{- range $ports | uniq }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .Values.networkPolicy.kafka }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
  {{- with .Values.networkPolicy.dns }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
