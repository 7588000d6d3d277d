package __domain__.__slug__.request_test

import data.__domain__.__slug__.request

denied(text) := codes if {
	codes := {entry.code | some entry in request.deny} with input as {"object": {"spec": {"text": text}}}
}

test_a_text_is_allowed if denied("hello") == set()

test_a_blank_text_is_denied if denied(" ") == {"TextBlank"}
