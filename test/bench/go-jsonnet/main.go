// Command go-jsonnet evaluates a template again and again, as a native program would that embeds go-jsonnet: one virtual
// machine, whose parsed files are kept. It prints the milliseconds of one evaluation.
//
//	go-jsonnet <folder> <template> <facts.json: an array of inputs> <rounds>
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/go-jsonnet"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 4 {
		return fmt.Errorf("usage: go-jsonnet <folder> <template> <facts.json> <rounds>")
	}
	folder, template := arguments[0], arguments[1]
	rounds, err := strconv.Atoi(arguments[3])
	if err != nil {
		return err
	}
	text, err := os.ReadFile(arguments[2])
	if err != nil {
		return err
	}
	var inputs []json.RawMessage
	if err := json.Unmarshal(text, &inputs); err != nil {
		return err
	}
	vm := jsonnet.MakeVM()
	program := fmt.Sprintf("function(facts) (import %q).desired(facts)", filepath.Join(folder, template))
	evaluate := func() error {
		for _, input := range inputs {
			vm.TLACode("facts", string(input))
			if _, err := vm.EvaluateAnonymousSnippet("call.jsonnet", program); err != nil {
				return err
			}
		}
		return nil
	}
	if err := evaluate(); err != nil {
		return err
	}
	start := time.Now()
	for round := 0; round < rounds; round++ {
		if err := evaluate(); err != nil {
			return err
		}
	}
	operations := float64(rounds * len(inputs))
	fmt.Println(float64(time.Since(start).Nanoseconds()) / 1e6 / operations)
	return nil
}
