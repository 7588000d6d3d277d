# METADATA
# title: Workloads keep to their container
# description: No Pod, and nothing that makes Pods, gets hold of the node it runs on.
package common.workload.change

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
deny contains {"code": code, "msg": msg, "path": concat(".", path)} if {
	some resource in input.desired.resources
	walk(resource.object, [place, value])
	code := forbidden[place[count(place) - 1]]
	not value in {false, 0, null}
	path := [sprintf("%v", [segment]) | some segment in place]
	msg := sprintf("%s %s: a workload may not use %s", [
		resource.object.kind,
		resource.object.metadata.name,
		path[count(path) - 1],
	])
}
