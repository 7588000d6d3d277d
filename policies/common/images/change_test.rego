package common.images.change_test

import data.common.images.change

denied(image) if {
	count(change.deny) == 1 with input as {"desired": {"resources": [{
		"wave": 0,
		"object": {"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"image": image}]}},
	}]}}
}

test_a_version_or_a_digest_is_allowed if {
	every image in ["app:v1.2.3", "localhost:5000/app:1", "app@sha256:0123456789abcdef"] { not denied(image) }
}

test_latest_and_no_tag_are_denied if {
	every image in ["app", "app:latest", "localhost:5000/app"] { denied(image) }
}
