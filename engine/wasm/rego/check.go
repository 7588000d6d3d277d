package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// check parses and strictly compiles all modules and says which packages are
// sound. OPA checks in stages, and a fault in one file hides the later stages
// of all others: so the faulty packages, and those that refer to them, are
// set aside and the rest is checked again until nothing new is found.
func check(r *request) (*response, error) {
	allowed, err := r.capabilities()
	if err != nil {
		return nil, err
	}
	modules, found := r.parse(allowed)
	packages := describe(r.Modules, modules, allowed)
	answer := &response{Diagnostics: found}
	fresh := found
	for {
		if !packages.reject(fresh) {
			return answer, nil
		}
		sound := packages.soundModules(modules)
		compiler := newCompiler(allowed).WithStrict(true)
		compiler.Compile(sound)
		if !compiler.Failed() {
			answer.Annotations = flatten(compiler.GetAnnotationSet())
			answer.Packages = packages.sorted()
			return answer, nil
		}
		fresh = diagnose(compiler.Errors)
		answer.Diagnostics = append(answer.Diagnostics, fresh...)
	}
}

// annotation is one METADATA block and what it stands on.
type annotation struct {
	// Name is the path below data of the package or rule, joined by dots.
	Name        string           `json:"name"`
	File        string           `json:"file"`
	Row         int              `json:"row"`
	Annotations *ast.Annotations `json:"annotations"`
}

func flatten(set *ast.AnnotationSet) []annotation {
	out := []annotation{}
	for _, each := range set.Flatten() {
		place := each.Annotations.Location
		out = append(out, annotation{nameOf(each.Path), place.File, place.Row, each.Annotations})
	}
	return out
}

// reject marks the packages of the diagnosed files, and all that refer to
// them, as not sound. It is false when a diagnostic belongs to no package, for
// then no package can be trusted.
func (p packageSet) reject(found []diagnostic) bool {
	for _, each := range found {
		owner := p.ofFile(each.File)
		if owner == nil {
			if !strings.HasSuffix(each.Code, "parse_error") {
				return false
			}
			continue
		}
		owner.Sound = false
	}
	for changed := true; changed; {
		changed = false
		for _, each := range p {
			if each.Sound && slices.ContainsFunc(each.Uses, func(used string) bool { return !p[used].Sound }) {
				each.Sound, changed = false, true
			}
		}
	}
	return true
}

func (p packageSet) soundModules(modules map[string]*ast.Module) map[string]*ast.Module {
	sound := map[string]*ast.Module{}
	for _, each := range p {
		if !each.Sound {
			continue
		}
		for _, file := range each.Files {
			sound[file] = modules[file]
		}
	}
	return sound
}

func (p packageSet) sorted() []*packageFacts {
	out := []*packageFacts{}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		out = append(out, p[name])
	}
	return out
}
