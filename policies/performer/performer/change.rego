# METADATA
# title: What a Performer may come to
# description: The Service must reach the Pod that stands beside it.
package performer.performer.change

objects := [resource.object | some resource in input.desired.resources]

# METADATA
# title: The Service has a Pod behind it
deny contains {"code": "ServiceWithoutPod", "msg": msg, "path": "spec.selector"} if {
	some service in objects
	service.kind == "Service"
	not served(service)
	msg := sprintf("Service %s selects no Pod that serves its ports", [service.metadata.name])
}

served(service) if {
	some pod in objects
	pod.kind == "Pod"
	object.subset(pod.metadata.labels, service.spec.selector)
	offered := {port.name | some port in pod.spec.containers[_].ports}
	every port in service.spec.ports { port.targetPort in offered }
}
