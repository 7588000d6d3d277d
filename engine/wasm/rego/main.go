//go:build js && wasm

// Command rego offers OPA's parser, checker, WebAssembly compiler, tester,
// coverage, formatter and interpreter to a JavaScript host.
//
// The host puts a function named ready on the global object that it gives to
// wasm_exec.js; main hands it call(operation, requestJSON). The answer is an
// object {json, bytes?}.
package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"syscall/js"
)

// maximumStack makes endless recursion a stack overflow before it is a lack
// of memory.
const maximumStack = 128 << 20

func main() {
	debug.SetMaxStack(maximumStack)
	object, uint8Array := js.Global().Get("Object"), js.Global().Get("Uint8Array")
	js.Global().Get("ready").Invoke(js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		answer := object.New()
		response := call(arguments[0].String(), []byte(arguments[1].String()))
		encoded, err := json.Marshal(response)
		if err != nil {
			encoded, _ = json.Marshal(failed(fmt.Errorf("encoding the response: %w", err)))
		}
		answer.Set("json", string(encoded))
		if response.bytes != nil {
			bytes := uint8Array.New(len(response.bytes))
			js.CopyBytesToJS(bytes, response.bytes)
			answer.Set("bytes", bytes)
		}
		return answer
	}))
	select {}
}
