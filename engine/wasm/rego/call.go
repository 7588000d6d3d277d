package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

// request is what every operation takes; an operation ignores what it does
// not name. Modules are texts by file name.
type request struct {
	Modules             map[string]string `json:"modules"`
	Capabilities        json.RawMessage   `json:"capabilities"`
	Entrypoints         []string          `json:"entrypoints"`
	Data                map[string]any    `json:"data"`
	Input               json.RawMessage   `json:"input"`
	Queries             []string          `json:"queries"`
	Repeat              int               `json:"repeat"`
	Now                 string            `json:"now"`
	StrictBuiltinErrors bool              `json:"strictBuiltinErrors"`
	Coverage            bool              `json:"coverage"`
}

// response holds what the operations answer. Diagnostics are faults of the
// Rego code; Error is a fault of the request.
type response struct {
	bytes        []byte
	Error        string            `json:"error,omitempty"`
	Diagnostics  []diagnostic      `json:"diagnostics"`
	Annotations  []annotation      `json:"annotations,omitempty"`
	Packages     []*packageFacts   `json:"packages,omitempty"`
	Entrypoints  []string          `json:"entrypoints,omitempty"`
	Tests        []testResult      `json:"tests,omitempty"`
	Coverage     *coverage         `json:"coverage,omitempty"`
	Formatted    map[string]string `json:"formatted,omitempty"`
	Results      []evaluation      `json:"results,omitempty"`
	Capabilities *ast.Capabilities `json:"capabilities,omitempty"`
}

type diagnostic struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	File    string   `json:"file,omitempty"`
	Row     int      `json:"row,omitempty"`
	Column  int      `json:"column,omitempty"`
	Details []string `json:"details,omitempty"`
}

var operations = map[string]func(*request) (*response, error){
	"check":        check,
	"compile":      build,
	"test":         test,
	"fmt":          formatted,
	"eval":         eval,
	"capabilities": capabilities,
}

func call(operation string, body []byte) (answer *response) {
	defer func() {
		if reason := recover(); reason != nil {
			answer = failed(fmt.Errorf("panic: %v", reason))
		}
	}()
	run, ok := operations[operation]
	if !ok {
		return failed(fmt.Errorf("unknown operation %q", operation))
	}
	var r request
	if err := util.UnmarshalJSON(body, &r); err != nil {
		return failed(err)
	}
	answer, err := run(&r)
	if err != nil {
		return failed(err)
	}
	if answer.Diagnostics == nil {
		answer.Diagnostics = []diagnostic{}
	}
	return answer
}

func failed(err error) *response {
	return &response{Error: err.Error(), Diagnostics: []diagnostic{}}
}

func capabilities(*request) (*response, error) {
	return &response{Capabilities: ast.CapabilitiesForThisVersion()}, nil
}

// capabilities of the request, or else everything that this OPA has.
func (r *request) capabilities() (*ast.Capabilities, error) {
	if len(r.Capabilities) == 0 {
		return ast.CapabilitiesForThisVersion(), nil
	}
	return ast.LoadCapabilitiesJSON(bytes.NewReader(r.Capabilities))
}

// parse gives the modules that parse and a diagnostic for those that do not.
func (r *request) parse(allowed *ast.Capabilities) (map[string]*ast.Module, []diagnostic) {
	modules := map[string]*ast.Module{}
	var found []diagnostic
	options := ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: allowed}
	for _, file := range util.KeysSorted(r.Modules) {
		module, err := ast.ParseModuleWithOpts(file, r.Modules[file], options)
		switch {
		case err != nil:
			found = append(found, inFile(file, diagnose(err))...)
		case module == nil:
			found = append(found, diagnostic{Code: ast.ParseErr, Message: "empty module", File: file, Row: 1, Column: 1})
		default:
			modules[file] = module
		}
	}
	return modules, found
}

func newCompiler(allowed *ast.Capabilities) *ast.Compiler {
	return ast.NewCompiler().WithCapabilities(allowed).WithDefaultRegoVersion(ast.RegoV1).SetErrorLimit(0)
}

func formatted(r *request) (*response, error) {
	answer := &response{Formatted: map[string]string{}}
	options := format.Opts{RegoVersion: ast.RegoV1, ParserOptions: &ast.ParserOptions{RegoVersion: ast.RegoV1}}
	for _, file := range util.KeysSorted(r.Modules) {
		text, err := format.SourceWithOpts(file, []byte(r.Modules[file]), options)
		if err != nil {
			answer.Diagnostics = append(answer.Diagnostics, inFile(file, diagnose(err))...)
			continue
		}
		answer.Formatted[file] = string(text)
	}
	return answer, nil
}

// diagnose turns any error of OPA into diagnostics.
func diagnose(err error) []diagnostic {
	switch err := err.(type) {
	case ast.Errors:
		var all []diagnostic
		for _, each := range err {
			all = append(all, diagnose(each)...)
		}
		return all
	case *ast.Error:
		found := located(err.Code, err.Message, err.Location)
		if err.Details != nil {
			found.Details = err.Details.Lines()
		}
		return []diagnostic{found}
	case *topdown.Error:
		return []diagnostic{located(err.Code, err.Message, err.Location)}
	}
	return []diagnostic{{Code: "rego_error", Message: err.Error()}}
}

func located(code, message string, location *ast.Location) diagnostic {
	found := diagnostic{Code: code, Message: message}
	if location != nil {
		found.File, found.Row, found.Column = location.File, location.Row, location.Col
	}
	return found
}

// inFile names the file in diagnostics that lack it.
func inFile(file string, found []diagnostic) []diagnostic {
	for i := range found {
		if found[i].File == "" {
			found[i].File = file
		}
	}
	return found
}
