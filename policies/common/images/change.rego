# METADATA
# title: Images stay the same
# description: What runs tomorrow is what was reviewed today.
package common.images.change

import data.common.path

# METADATA
# title: Images are pinned to a tag other than latest, or to a digest
deny contains {"code": "ImageNotPinned", "msg": msg, "path": path.text(place)} if {
	some resource in input.desired.resources
	walk(resource.object, [place, image])
	place[count(place) - 1] == "image"
	is_string(image)
	not pinned(image)
	msg := sprintf("%s %s: image %s has no fixed version", [
		resource.object.kind,
		resource.object.metadata.name,
		image,
	])
}

pinned(image) if contains(image, "@sha256:")

pinned(image) if {
	regex.match(`:[^/:]+$`, image)
	not endswith(image, ":latest")
}
