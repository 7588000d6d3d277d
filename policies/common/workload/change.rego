# METADATA
# title: Workloads keep to their container
# description: No Pod, and nothing that makes Pods, gets hold of the node it runs on.
package common.workload.change

import data.common.path

forbidden := {
	"allowPrivilegeEscalation": "PrivilegeEscalation",
	"hostIPC": "HostNamespace",
	"hostNetwork": "HostNamespace",
	"hostPID": "HostNamespace",
	"hostPath": "HostPath",
	"hostPort": "HostPort",
	"privileged": "Privileged",
}

# METADATA
# title: No field that reaches the node
deny contains {"code": code, "msg": msg, "path": path.text(place)} if {
	some resource in input.desired.resources
	walk(resource.object, [place, value])
	field := place[count(place) - 1]
	code := forbidden[field]
	not value in {false, 0, null}
	msg := sprintf("%s %s: a workload may not use %s", [
		resource.object.kind,
		resource.object.metadata.name,
		field,
	])
}
