# METADATA
# title: What an ApplicationClaim may ask for
# description: What only the installation knows, or what concerns several fields.
package platform.applicationclaim.request

spec := input.object.spec

production if spec.environment == "prod"

production if spec.clusterType == "prod"

at(index, field) := sprintf("spec.applications[%d].%s", [index, field])

# METADATA
# title: The environment exists
deny contains {"code": "EnvironmentUnknown", "msg": msg, "path": "spec.environment"} if {
	known := data.parameters.environments
	not spec.environment in known
	msg := sprintf("there is no environment %s, only %s", [spec.environment, concat(", ", known)])
}

# METADATA
# title: The cluster type exists
deny contains {"code": "ClusterTypeUnknown", "msg": msg, "path": "spec.clusterType"} if {
	known := data.parameters.clusterTypes
	not spec.clusterType in known
	msg := sprintf("there is no cluster type %s, only %s", [spec.clusterType, concat(", ", known)])
}

# METADATA
# title: Charts come from the installation's repository
deny contains {"code": "ChartRepositoryForeign", "msg": msg, "path": at(index, "chart.repository")} if {
	some index, application in spec.applications
	application.chart.repository != data.parameters.chartRepository
	msg := sprintf("%s: charts come from %s", [application.name, data.parameters.chartRepository])
}

# METADATA
# title: Production runs a version that does not move
deny contains {"code": "LatestInProduction", "msg": msg, "path": at(index, "image.tag")} if {
	production
	some index, application in spec.applications
	application.image.tag == "latest"
	msg := sprintf("%s: production needs an image tag other than latest", [application.name])
}

# METADATA
# title: The number of replicas lies within the limits of autoscaling
deny contains {"code": "ReplicasOutsideAutoscaling", "msg": msg, "path": at(index, "replicas")} if {
	some index, application in spec.applications
	application.autoscaling.enabled
	outside(application.replicas, application.autoscaling)
	msg := sprintf("%s: %d replicas are outside of minReplicas and maxReplicas", [application.name, application.replicas])
}

outside(replicas, autoscaling) if replicas < autoscaling.minReplicas

outside(replicas, autoscaling) if replicas > autoscaling.maxReplicas

# METADATA
# title: No two applications share a Service
deny contains {"code": "ServiceTwice", "msg": msg, "path": at(index, "serviceName")} if {
	some index, application in spec.applications
	some other in array.slice(spec.applications, 0, index)
	application.serviceName == other.serviceName
	msg := sprintf("%s and %s both name their Service %s", [other.name, application.name, application.serviceName])
}

owner_missing := "nobody answers for these applications: spec.owner is missing"

# METADATA
# title: Somebody answers for the applications, where that is required
deny contains {"code": "OwnerMissing", "msg": owner_missing, "path": "spec.owner"} if {
	not spec.owner
	spec.environment in data.parameters.ownerRequired
}

# METADATA
# title: Somebody answers for the applications
warn contains {"code": "OwnerMissing", "msg": owner_missing, "path": "spec.owner"} if {
	not spec.owner
	not spec.environment in data.parameters.ownerRequired
}

# METADATA
# title: Secrets come from a Secret
# description: What env gives as a value is committed to Git.
warn contains {"code": "SecretInClear", "msg": msg, "path": at(index, sprintf("env[%d].value", [position]))} if {
	some index, application in spec.applications
	some position, variable in application.env
	variable.value
	regex.match(`(?i)(password|secret|token|private_?key|api_?key)$`, variable.name)
	msg := sprintf("%s: %s looks like a secret: valueFrom keeps it out of Git", [application.name, variable.name])
}

# METADATA
# title: Every field has an effect
warn contains {"code": "FieldUnused", "msg": msg, "path": sprintf("spec.%s", [field])} if {
	some field in ["components", "namespace"]
	spec[field]
	msg := sprintf("spec.%s has no effect", [field])
}
