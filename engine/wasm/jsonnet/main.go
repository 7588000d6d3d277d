//go:build js && wasm

// Command jsonnet offers go-jsonnet's evaluator and formatter to a JavaScript
// host.
//
// The host puts a function named ready on the global object that it gives to
// wasm_exec.js; main hands it call(operation, requestJSON, importer), where
// importer is a synchronous function from a virtual path to the file's text,
// or undefined where there is none. The answer is an object {json, text?}.
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
	object := js.Global().Get("Object")
	engine := newEngine()
	js.Global().Get("ready").Invoke(js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		answer := object.New()
		engine.read = reader(arguments[2])
		response := engine.call(arguments[0].String(), []byte(arguments[1].String()))
		if response.Error == nil {
			answer.Set("text", response.text)
		}
		encoded, err := json.Marshal(response)
		if err != nil {
			encoded, _ = json.Marshal(response.failed(fmt.Errorf("encoding the response: %w", err)))
		}
		answer.Set("json", string(encoded))
		return answer
	}))
	select {}
}

// reader turns the host's importer into a Go function. A host without one has
// no files.
func reader(importer js.Value) func(string) (string, bool) {
	return func(file string) (string, bool) {
		if importer.Type() != js.TypeFunction {
			return "", false
		}
		text := importer.Invoke(file)
		if text.Type() != js.TypeString {
			return "", false
		}
		return text.String(), true
	}
}
