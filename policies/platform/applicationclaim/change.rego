# METADATA
# title: What an ApplicationClaim may come to
# description: Judges the values that Argo CD will deploy, after all layers are merged.
package platform.applicationclaim.change

spec := input.object.spec

folder := sprintf("environments/%s/%s/applications/", [spec.clusterType, spec.environment])

application_set := sprintf("appsets/%s/apps/%s-appset.yaml", [spec.clusterType, spec.environment])

production if spec.environment == "prod"

production if spec.clusterType == "prod"

values[file.path] := file.values if {
	some file in input.desired.files
	endswith(file.path, "/values.yaml")
}

# METADATA
# title: Files stay within the environment
deny contains {"code": "ForeignFile", "msg": msg, "path": file.path} if {
	some file in input.desired.files
	file.path != application_set
	not startswith(file.path, folder)
	msg := sprintf("%s belongs to another environment than %s", [file.path, spec.environment])
}

# METADATA
# title: Production workloads have limits
deny contains {"code": "LimitMissing", "msg": msg, "path": path} if {
	production
	some path, merged in values
	some resource in ["cpu", "memory"]
	not merged.resources.limits[resource]
	msg := sprintf("%s: production needs resources.limits.%s", [path, resource])
}

# METADATA
# title: The number of replicas that was asked for comes true
warn contains {"code": "ReplicasWithoutEffect", "msg": msg, "path": path} if {
	some index, application in spec.applications
	autoscaling := values[sprintf("%s%s/values.yaml", [folder, application.name])].autoscaling
	autoscaling.enabled
	outside(application.replicas, autoscaling)
	path := sprintf("spec.applications[%d].replicas", [index])
	msg := sprintf("%s: autoscaling keeps %d to %d replicas, so %d has no effect", [
		application.name,
		autoscaling.minReplicas,
		autoscaling.maxReplicas,
		application.replicas,
	])
}

# METADATA
# title: Nodes can be drained
warn contains {"code": "DrainBlocked", "msg": msg, "path": path} if {
	some path, merged in values
	merged.podDisruptionBudget.enabled
	is_number(merged.podDisruptionBudget.minAvailable)
	fewest(merged) <= merged.podDisruptionBudget.minAvailable
	msg := sprintf("%s: the disruption budget wants %d of %d replicas, so no node can be drained", [
		path,
		merged.podDisruptionBudget.minAvailable,
		fewest(merged),
	])
}

fewest(merged) := merged.autoscaling.minReplicas if merged.autoscaling.enabled

fewest(merged) := merged.replicaCount if not merged.autoscaling.enabled

outside(replicas, autoscaling) if replicas < autoscaling.minReplicas

outside(replicas, autoscaling) if replicas > autoscaling.maxReplicas
