# METADATA
# title: What a Performer may ask for
# description: What the schema cannot say, because it concerns several fields or what a label may hold.
package performer.performer.request

spec := input.object.spec

hardware := object.get(spec, "hardwareRequirements", {})

# METADATA
# title: The performer works for somebody
deny contains {"code": "AvsAddressEmpty", "msg": "AVS address cannot be empty", "path": "spec.avsAddress"} if {
	not regex.match(`[0-9A-Za-z]`, spec.avsAddress)
}

# METADATA
# title: There is an image to run
deny contains {"code": "ImageEmpty", "msg": "image cannot be empty", "path": "spec.image"} if {
	trim_space(spec.image) == ""
}

# METADATA
# title: GPUs are of some type
deny contains {"code": "GpuTypeMissing", "msg": msg, "path": "spec.hardwareRequirements.gpuType"} if {
	hardware.gpuCount > 0
	not hardware.gpuType
	msg := "GPU type must be specified when GPU count > 0"
}

# METADATA
# title: A trusted execution environment is of some type
deny contains {"code": "TeeTypeMissing", "msg": msg, "path": "spec.hardwareRequirements.teeType"} if {
	hardware.teeRequired
	not hardware.teeType
	msg := "TEE type must be specified when TEE is required"
}

# METADATA
# title: Each environment variable has one value
deny contains {"code": "VariableTwice", "msg": msg, "path": path} if {
	some index, variable in spec.config.environmentFrom
	spec.config.environment[variable.name]
	msg := sprintf("%s is given in environment and in environmentFrom", [variable.name])
	path := sprintf("spec.config.environmentFrom[%d].name", [index])
}

# METADATA
# title: The address fits a label
# description: Upper case is not worth a warning, because the checksum of an address is written in its case.
warn contains {"code": "AvsAddressAltered", "msg": msg, "path": "spec.avsAddress"} if {
	not regex.match(`^[0-9A-Za-z]([0-9A-Za-z.-]{0,61}[0-9A-Za-z])?$`, spec.avsAddress)
	msg := sprintf("%q is no label value: label hourglass.eigenlayer.io/avs holds an altered one", [spec.avsAddress])
}

# METADATA
# title: Secrets come from a Secret
warn contains {"code": "SecretInClear", "msg": msg, "path": path} if {
	some name, _ in spec.config.environment
	regex.match(`(?i)(password|secret|token|private_?key|api_?key)$`, name)
	msg := sprintf("%s looks like a secret: environmentFrom keeps it in a Secret", [name])
	path := sprintf("spec.config.environment.%s", [name])
}

# METADATA
# title: A GPU type asks for at least one GPU
warn contains {"code": "GpuTypeUnused", "msg": msg, "path": "spec.hardwareRequirements.gpuType"} if {
	hardware.gpuType
	object.get(hardware, "gpuCount", 0) == 0
	msg := "GPU type has no effect without a GPU count"
}

# METADATA
# title: A TEE type asks for a trusted execution environment
warn contains {"code": "TeeTypeUnused", "msg": msg, "path": "spec.hardwareRequirements.teeType"} if {
	hardware.teeType
	not hardware.teeRequired
	msg := "TEE type has no effect unless TEE is required"
}
