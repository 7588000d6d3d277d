package platform.applicationclaim.request_test

import data.platform.applicationclaim.request

parameters := {
	"environments": ["dev", "staging", "prod"],
	"clusterTypes": ["nonprod", "prod"],
	"ownerRequired": ["prod"],
	"chartRepository": "oci://charts.example.com",
}

application := {"name": "shop", "image": {"repository": "shop", "tag": "v1"}, "chart": {"name": "microservice"}}

claim := {
	"environment": "dev",
	"clusterType": "nonprod",
	"owner": {"team": "shop", "email": "shop@example.com"},
	"applications": [application],
}

judged(spec) := {"stage": "request", "object": {"spec": spec}}

denied(patch) := codes if {
	codes := {entry.code | some entry in request.deny} with input as judged(object.union(claim, patch))
		with data.parameters as parameters
}

warned(spec) := codes if {
	codes := {entry.code | some entry in request.warn} with input as judged(spec)
		with data.parameters as parameters
}

with_application(patch) := {"applications": [object.union(application, patch)]}

test_a_plain_claim_passes_without_a_word if {
	denied({}) == set()
	warned(claim) == set()
}

test_an_unknown_environment_is_denied if denied({"environment": "kube-system"}) == {"EnvironmentUnknown"}

test_an_unknown_cluster_type_is_denied if denied({"clusterType": "moon"}) == {"ClusterTypeUnknown"}

test_a_chart_from_elsewhere_is_denied if {
	denied(with_application({"chart": {"repository": "oci://evil.example.com"}})) == {"ChartRepositoryForeign"}
	denied(with_application({"chart": {"repository": "oci://charts.example.com"}})) == set()
}

test_latest_is_denied_in_production_only if {
	latest := with_application({"image": {"tag": "latest"}})
	denied(latest) == set()
	denied(object.union(latest, {"environment": "prod"})) == {"LatestInProduction"}
	denied(object.union(latest, {"clusterType": "prod"})) == {"LatestInProduction"}
}

test_replicas_outside_autoscaling_are_denied_with_their_path if {
	autoscaling := {"enabled": true, "minReplicas": 2, "maxReplicas": 4}
	every replicas in [1, 5] {
		denied(with_application({"replicas": replicas, "autoscaling": autoscaling})) == {"ReplicasOutsideAutoscaling"}
	}
	every replicas in [2, 3, 4] {
		denied(with_application({"replicas": replicas, "autoscaling": autoscaling})) == set()
	}
	denied(with_application({"replicas": 9, "autoscaling": object.union(autoscaling, {"enabled": false})})) == set()
}

test_a_service_named_twice_is_denied if {
	first := object.union(application, {"serviceName": "api"})
	denied({"applications": [first, object.union(first, {"name": "b"})]}) == {"ServiceTwice"}
	denied({"applications": [first, object.union(first, {"name": "b", "serviceName": "web"})]}) == set()
	denied({"applications": [application, object.union(application, {"name": "b"})]}) == set()
}

test_a_missing_owner_is_denied_where_one_is_required if {
	ownerless := object.remove(claim, ["owner"])
	warned(ownerless) == {"OwnerMissing"}
	production := object.union(ownerless, {"environment": "prod"})
	warned(production) == set()
	codes := {entry.code | some entry in request.deny} with input as judged(production)
		with data.parameters as parameters
	codes == {"OwnerMissing"}
}

test_a_secret_in_clear_gives_a_warning if {
	reference := {"secretKeyRef": {"name": "smtp", "key": "password"}}
	warned(object.union(claim, with_application({"env": [{"name": "SMTP_PASSWORD", "value": "a"}]}))) == {"SecretInClear"}
	warned(object.union(claim, with_application({"env": [{"name": "SMTP_PASSWORD", "valueFrom": reference}]}))) == set()
	warned(object.union(claim, with_application({"env": [{"name": "TOKEN_URL", "value": "a"}]}))) == set()
}

test_fields_without_effect_give_a_warning if {
	warned(object.union(claim, {"namespace": "shop"})) == {"FieldUnused"}
	warned(object.union(claim, {"components": [{"type": "redis", "name": "cache"}]})) == {"FieldUnused"}
}
