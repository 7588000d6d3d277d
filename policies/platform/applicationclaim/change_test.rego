package platform.applicationclaim.change_test

import data.platform.applicationclaim.change

limited := {"replicaCount": 1, "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}, "autoscaling": {"enabled": false}}

judged(environment, path, values) := {
	"stage": "change",
	"object": {"spec": {"environment": environment, "clusterType": "nonprod"}},
	"desired": {"resources": [], "files": [{"path": path, "values": values}]},
}

denied(environment, path, values) := codes if {
	codes := {entry.code | some entry in change.deny} with input as judged(environment, path, values)
}

own_path := "environments/nonprod/prod/applications/shop/values.yaml"

test_files_of_the_environment_are_allowed if {
	denied("prod", own_path, limited) == set()
	denied("dev", "appsets/nonprod/apps/dev-appset.yaml", {}) == set()
}

test_files_of_another_environment_are_denied if {
	denied("dev", own_path, limited) == {"ForeignFile"}
	denied("dev", "appsets/nonprod/apps/prod-appset.yaml", {}) == {"ForeignFile"}
}

test_production_without_a_limit_is_denied if {
	denied("prod", own_path, {"resources": {"limits": {"cpu": "1"}}}) == {"LimitMissing"}
	denied("prod", own_path, {"resources": {}}) == {"LimitMissing"}
}

test_a_production_cluster_is_production_whatever_the_environment if {
	path := "environments/prod/dev/applications/shop/values.yaml"
	found := judged("dev", path, {"resources": {}})
	entries := change.deny with input as object.union(found, {"object": {"spec": {"clusterType": "prod"}}})
	{entry.code | some entry in entries} == {"LimitMissing"}
}

test_other_environments_need_no_limit if {
	denied("dev", "environments/nonprod/dev/applications/shop/values.yaml", {"resources": {}}) == set()
}

test_replicas_that_autoscaling_overrides_give_a_warning if {
	autoscaling := {"enabled": true, "minReplicas": 3, "maxReplicas": 10}
	warned(20, autoscaling) == {"ReplicasWithoutEffect"}
	warned(2, autoscaling) == {"ReplicasWithoutEffect"}
	warned(5, autoscaling) == set()
	warned(20, object.union(autoscaling, {"enabled": false})) == set()
}

test_replicas_of_the_profile_give_no_warning if {
	values := object.union(limited, {"autoscaling": {"enabled": true, "minReplicas": 6, "maxReplicas": 10}})
	claim := {"object": {"spec": {"applications": [{"name": "shop"}]}}}
	count(change.warn) == 0 with input as object.union(judged("prod", own_path, values), claim)
}

test_a_disruption_budget_that_leaves_no_room_gives_a_warning if {
	off := {"enabled": false}
	budgeted(2, off) == {"DrainBlocked"}
	budgeted(3, off) == set()
	budgeted(3, {"enabled": true, "minReplicas": 2, "maxReplicas": 4}) == {"DrainBlocked"}
	budgeted(3, {"enabled": true, "minReplicas": 3, "maxReplicas": 4}) == set()
}

warned(replicas, autoscaling) := verdicts(replicas, autoscaling, false)

budgeted(replicas, autoscaling) := verdicts(replicas, autoscaling, true)

verdicts(replicas, autoscaling, budget) := codes if {
	values := object.union(limited, {
		"replicaCount": replicas,
		"autoscaling": autoscaling,
		"podDisruptionBudget": {"enabled": budget, "minAvailable": 2},
	})
	asked := {"object": {"spec": {"applications": [{"name": "shop", "replicas": replicas}]}}}
	changed := object.union(judged("prod", own_path, values), asked)
	codes := {entry.code | some entry in change.warn} with input as changed
}
