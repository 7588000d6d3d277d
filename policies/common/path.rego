# METADATA
# title: How verdicts name a place in an object
package common.path

# METADATA
# description: What `walk` gives as a path, written as `spec.containers[0].image`.
text(place) := trim_prefix(concat("", [written(segment) | some segment in place]), ".")

written(segment) := sprintf("[%d]", [segment]) if is_number(segment)

written(segment) := sprintf(".%s", [segment]) if is_string(segment)
