# METADATA
# title: What a resource of kind __Kind__ may ask for
package __domain__.__slug__.request

# METADATA
# title: The text says something
deny contains {"code": "TextBlank", "msg": "text is blank", "path": "spec.text"} if {
	trim_space(input.object.spec.text) == ""
}
