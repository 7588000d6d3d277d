package main

import (
	"context"
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
	"github.com/open-policy-agent/opa/v1/util"
)

// build compiles all modules into one WebAssembly module with the given
// entrypoints, each a path such as "a/b/deny". The modules go in sorted order,
// so that equal requests give equal bytes.
func build(r *request) (*response, error) {
	allowed, err := r.capabilities()
	if err != nil {
		return nil, err
	}
	modules, found := r.parse(allowed)
	if len(found) > 0 {
		return &response{Diagnostics: found}, nil
	}
	if len(r.Entrypoints) == 0 {
		return nil, errors.New("compile needs at least one entrypoint")
	}
	policies := &bundle.Bundle{Data: map[string]any{}}
	policies.SetRegoVersion(ast.RegoV1)
	policies.Manifest.Init()
	for _, file := range util.KeysSorted(modules) {
		policies.Modules = append(policies.Modules, bundle.ModuleFile{
			URL: file, Path: file, Parsed: modules[file], Raw: []byte(r.Modules[file]),
		})
	}
	compiler := compile.New().WithTarget(compile.TargetWasm).WithBundle(policies).
		WithEntrypoints(r.Entrypoints...).WithCapabilities(allowed).
		WithRegoVersion(ast.RegoV1).WithPruneUnused(true)
	if err := compiler.Build(context.Background()); err != nil {
		return &response{Diagnostics: diagnose(err)}, nil
	}
	answer := &response{bytes: compiler.Bundle().WasmModules[0].Raw}
	for _, resolver := range compiler.Bundle().Manifest.WasmResolvers {
		answer.Entrypoints = append(answer.Entrypoints, resolver.Entrypoint)
	}
	return answer, nil
}
