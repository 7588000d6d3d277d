package performer.performer.change_test

import data.performer.performer.change

desired(selector, port) := {"desired": {"resources": [
	{"wave": 0, "object": {
		"kind": "Pod",
		"metadata": {"name": "performer-a", "labels": {"app": "hourglass-performer", "performer": "a"}},
		"spec": {"containers": [{"ports": [{"name": "grpc", "containerPort": 9090}]}]},
	}},
	{"wave": 0, "object": {
		"kind": "Service",
		"metadata": {"name": "performer-a"},
		"spec": {"selector": selector, "ports": [{"port": 9090, "targetPort": port}]},
	}},
]}}

codes(selector, port) := found if {
	found := {entry.code | some entry in change.deny} with input as desired(selector, port)
}

test_a_service_in_front_of_its_pod_is_allowed if codes({"performer": "a"}, "grpc") == set()

test_a_service_that_selects_another_pod_is_denied if codes({"performer": "b"}, "grpc") == {"ServiceWithoutPod"}

test_a_service_for_a_port_that_no_pod_serves_is_denied if codes({"performer": "a"}, "http") == {"ServiceWithoutPod"}
