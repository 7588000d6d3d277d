package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// packageFacts describes one package: what it defines and what it reads.
type packageFacts struct {
	// Name is the path below data, joined by dots.
	Name  string   `json:"name"`
	Files []string `json:"files"`
	// Sound packages compiled, and so did all that they use.
	Sound bool   `json:"sound"`
	Rules []rule `json:"rules"`
	// Uses names the other packages that this one refers to, directly or not.
	Uses []string `json:"uses"`
	// Inputs are the top-level fields of input that this package refers to,
	// directly or through the packages that it uses; "*" is all of them.
	Inputs []string `json:"inputs"`
	// Data are the references below data, directly or not, that are no package.
	Data []string `json:"data"`
}

type rule struct {
	Name string `json:"name"`
	// Kind is complete, function, set or object.
	Kind string `json:"kind"`
	File string `json:"file"`
	Row  int    `json:"row"`
}

// packageSet is keyed by the name of the package.
type packageSet map[string]*packageFacts

func (p packageSet) of(name string) *packageFacts {
	if p[name] == nil {
		p[name] = &packageFacts{Name: name, Sound: true, Rules: []rule{}, Uses: []string{}, Inputs: []string{}, Data: []string{}}
	}
	return p[name]
}

func (p packageSet) ofFile(file string) *packageFacts {
	for _, each := range p {
		if slices.Contains(each.Files, file) {
			return each
		}
	}
	return nil
}

func (p *packageFacts) addFile(file string) {
	p.Files = append(p.Files, file)
	slices.Sort(p.Files)
}

// packageLine finds the package of a file that does not parse.
var packageLine = regexp.MustCompile(`(?m)^\s*package\s+([A-Za-z0-9_.]+)`)

// describe collects the facts of all modules; of a file that does not parse
// only its package is known. It resolves imports and local names with OPA's
// own first stage, which changes nothing else.
func describe(texts map[string]string, modules map[string]*ast.Module, allowed *ast.Capabilities) packageSet {
	compiler := newCompiler(allowed).WithOnlyStagesUpTo(ast.StageResolveRefs)
	compiler.Compile(modules)
	packages := packageSet{}
	for file, text := range texts {
		if match := packageLine.FindStringSubmatch(text); modules[file] == nil && match != nil {
			packages.of(match[1]).addFile(file)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(compiler.Modules)) {
		module := compiler.Modules[file]
		facts := packages.of(nameOf(module.Package.Path))
		facts.addFile(file)
		for _, each := range module.Rules {
			facts.addRule(file, each)
		}
	}
	for _, module := range compiler.Modules {
		packages.addReferences(packages.of(nameOf(module.Package.Path)), module)
	}
	for _, facts := range packages {
		facts.compact()
	}
	packages.close()
	return packages
}

// nameOf joins a ground reference by dots, without its root document.
func nameOf(ref ast.Ref) string {
	var parts []string
	for _, term := range ref[1:] {
		text, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		parts = append(parts, string(text))
	}
	return strings.Join(parts, ".")
}

func (p *packageFacts) addRule(file string, each *ast.Rule) {
	found := rule{Name: each.Head.Ref().GroundPrefix().String(), Kind: kindOf(each), File: file, Row: each.Location.Row}
	if !slices.ContainsFunc(p.Rules, func(other rule) bool { return other.Name == found.Name }) {
		p.Rules = append(p.Rules, found)
	}
}

func kindOf(each *ast.Rule) string {
	switch {
	case len(each.Head.Args) > 0:
		return "function"
	case each.Head.DocKind() == ast.PartialSetDoc:
		return "set"
	case each.Head.DocKind() == ast.PartialObjectDoc:
		return "object"
	}
	return "complete"
}

func (p packageSet) addReferences(facts *packageFacts, module *ast.Module) {
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(node any) bool {
		switch node := node.(type) {
		case *ast.Package, *ast.Import:
			return true
		case *ast.With:
			// The target is replaced, not read.
			visitor.Walk(node.Value)
			return true
		case ast.Ref:
			p.addReference(facts, node)
		}
		return false
	})
	visitor.Walk(module)
}

func (p packageSet) addReference(facts *packageFacts, ref ast.Ref) {
	name := nameOf(ref)
	switch {
	case ref[0].Equal(ast.InputRootDocument):
		field := "*"
		if len(ref) > 1 {
			if text, ok := ref[1].Value.(ast.String); ok {
				field = string(text)
			}
		}
		facts.Inputs = append(facts.Inputs, field)
	case ref[0].Equal(ast.DefaultRootDocument):
		used := p.matching(name)
		facts.Uses = append(facts.Uses, used...)
		if len(used) == 0 {
			facts.Data = append(facts.Data, name)
		}
	}
}

// matching gives the package that holds the named value, or else all packages
// below the name.
func (p packageSet) matching(name string) []string {
	for holder := name; holder != ""; holder = holder[:max(strings.LastIndex(holder, "."), 0)] {
		if p[holder] != nil {
			return []string{holder}
		}
	}
	var below []string
	for other := range p {
		if name == "" || strings.HasPrefix(other, name+".") {
			below = append(below, other)
		}
	}
	return below
}

// close adds to each package what the packages that it uses refer to.
func (p packageSet) close() {
	for grown := true; grown; {
		grown = false
		for _, facts := range p {
			before := len(facts.Uses) + len(facts.Inputs) + len(facts.Data)
			for _, used := range slices.Clone(facts.Uses) {
				facts.Uses = append(facts.Uses, p[used].Uses...)
				facts.Inputs = append(facts.Inputs, p[used].Inputs...)
				facts.Data = append(facts.Data, p[used].Data...)
			}
			facts.compact()
			grown = grown || len(facts.Uses)+len(facts.Inputs)+len(facts.Data) != before
		}
	}
}

// compact names each thing once, and the package itself not at all: left in,
// what a package refers to would double with each of its own references.
func (p *packageFacts) compact() {
	p.Uses, p.Inputs, p.Data = unique(p.Uses), unique(p.Inputs), unique(p.Data)
	p.Uses = slices.DeleteFunc(p.Uses, func(used string) bool { return used == p.Name })
}

func unique(names []string) []string {
	slices.Sort(names)
	return append([]string{}, slices.Compact(names)...)
}
