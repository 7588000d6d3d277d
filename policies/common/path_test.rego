package common.path_test

import data.common.path

test_items_stand_in_brackets_and_fields_after_dots if {
	path.text(["spec", "containers", 0, "image"]) == "spec.containers[0].image"
	path.text([1, 2, "name"]) == "[1][2].name"
	path.text([]) == ""
}
