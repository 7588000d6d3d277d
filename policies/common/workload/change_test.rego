package common.workload.change_test

import data.common.workload.change

pod(spec) := {"desired": {"resources": [{
	"wave": 0,
	"object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec},
}]}}

codes(spec) := found if {
	found := {entry.code | some entry in change.deny} with input as pod(spec)
}

test_an_ordinary_pod_is_allowed if {
	codes({"containers": [{"name": "a", "securityContext": {"privileged": false}}], "hostNetwork": false}) == set()
}

test_a_privileged_container_is_denied_with_its_path if {
	spec := {"containers": [{"name": "a", "securityContext": {"privileged": true}}]}
	change.deny == {{
		"code": "Privileged",
		"msg": "Pod a: a workload may not use privileged",
		"path": "spec.containers[0].securityContext.privileged",
	}} with input as pod(spec)
}

test_namespaces_of_the_node_are_denied if {
	every field in ["hostNetwork", "hostPID", "hostIPC"] { codes({field: true}) == {"HostNamespace"} }
}

test_a_path_of_the_node_is_denied if {
	codes({"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}) == {"HostPath"}
}

test_a_port_of_the_node_is_denied if {
	codes({"containers": [{"ports": [{"hostPort": 80}]}]}) == {"HostPort"}
}

test_privilege_escalation_is_denied if {
	codes({"initContainers": [{"securityContext": {"allowPrivilegeEscalation": true}}]}) == {"PrivilegeEscalation"}
}

test_a_pod_template_is_judged_like_a_pod if {
	codes({"template": {"spec": {"hostNetwork": true}}}) == {"HostNamespace"}
}
