package performer.performer.request_test

import data.performer.performer.request

performer := {"spec": {
	"avsAddress": "0x5FbDB2315678afecb367f032d93F642f64180aa3",
	"image": "avs:v1",
	"config": {"grpcPort": 9090},
}}

patched(patch) := {"stage": "request", "object": object.union(performer, {"spec": patch})}

denied(patch) := codes if {
	codes := {entry.code | some entry in request.deny} with input as patched(patch)
}

warned(patch) := codes if {
	codes := {entry.code | some entry in request.warn} with input as patched(patch)
}

test_a_plain_performer_passes_without_a_word if {
	denied({}) == set()
	warned({}) == set()
}

test_an_address_without_letter_or_digit_is_denied if denied({"avsAddress": " .."}) == {"AvsAddressEmpty"}

test_a_blank_image_is_denied if denied({"image": " "}) == {"ImageEmpty"}

test_gpus_without_a_type_are_denied_with_message_and_path if {
	request.deny == {{
		"code": "GpuTypeMissing",
		"msg": "GPU type must be specified when GPU count > 0",
		"path": "spec.hardwareRequirements.gpuType",
	}} with input as patched({"hardwareRequirements": {"gpuCount": 1}})
}

test_gpus_with_a_type_are_allowed if {
	denied({"hardwareRequirements": {"gpuCount": 1, "gpuType": "a100"}}) == set()
	denied({"hardwareRequirements": {"gpuCount": 0}}) == set()
}

test_a_tee_without_a_type_is_denied if {
	denied({"hardwareRequirements": {"teeRequired": true}}) == {"TeeTypeMissing"}
	denied({"hardwareRequirements": {"teeRequired": true, "teeType": "sgx"}}) == set()
	denied({"hardwareRequirements": {"teeRequired": false}}) == set()
}

test_a_variable_given_twice_is_denied if {
	variable := {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}
	denied({"config": {"environment": {"KEY": ""}, "environmentFrom": [variable]}}) == {"VariableTwice"}
	denied({"config": {"environment": {"OTHER": ""}, "environmentFrom": [variable]}}) == set()
}

test_an_address_that_is_no_label_value_gives_a_warning if {
	every address in ["0x123...", "avs_1", "avs/1", sprintf("0x%064d", [1])] {
		denied({"avsAddress": address}) == set()
		warned({"avsAddress": address}) == {"AvsAddressAltered"}
	}
}

test_a_secret_in_clear_gives_a_warning if {
	warned({"config": {"environment": {"DB_PASSWORD": "a", "operator_private_key": "b"}}}) == {"SecretInClear"}
	warned({"config": {"environment": {"TOKEN_URL": "a", "AVS_ADDRESS": "b"}}}) == set()
}

test_types_without_a_need_give_a_warning if {
	warned({"hardwareRequirements": {"gpuType": "a100"}}) == {"GpuTypeUnused"}
	warned({"hardwareRequirements": {"teeType": "sgx"}}) == {"TeeTypeUnused"}
	warned({"hardwareRequirements": {"gpuType": "a100", "gpuCount": 1, "teeType": "sgx", "teeRequired": true}}) == set()
}
