package main

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// evaluation is the answer to one query: the value of its first expression in
// its first result.
type evaluation struct {
	Query   string          `json:"query"`
	Defined bool            `json:"defined"`
	Value   json.RawMessage `json:"value,omitempty"`
	// Errors are those of built-ins; without strictBuiltinErrors they leave the
	// query undefined, with it the first one ends the query.
	Errors       []diagnostic `json:"errors,omitempty"`
	Milliseconds float64      `json:"milliseconds"`
}

// eval runs OPA's interpreter: all queries on one input, each repeated as
// asked for (time is the mean).
func eval(r *request) (*response, error) {
	allowed, err := r.capabilities()
	if err != nil {
		return nil, err
	}
	modules, found := r.parse(allowed)
	if len(found) > 0 {
		return &response{Diagnostics: found}, nil
	}
	compiler := newCompiler(allowed)
	compiler.Compile(modules)
	if compiler.Failed() {
		return &response{Diagnostics: diagnose(compiler.Errors)}, nil
	}
	options, err := r.evaluationOptions()
	if err != nil {
		return nil, err
	}
	if r.Data == nil {
		r.Data = map[string]any{}
	}
	store := inmem.NewFromObject(r.Data)
	answer := &response{}
	for _, query := range r.Queries {
		prepared, err := rego.New(rego.Query(query), rego.Compiler(compiler), rego.Store(store),
			rego.SetRegoVersion(ast.RegoV1), rego.StrictBuiltinErrors(r.StrictBuiltinErrors)).PrepareForEval(context.Background())
		if err != nil {
			answer.Diagnostics = append(answer.Diagnostics, diagnose(err)...)
			continue
		}
		answer.Results = append(answer.Results, evaluate(query, prepared, options, max(r.Repeat, 1)))
	}
	return answer, nil
}

func (r *request) evaluationOptions() ([]rego.EvalOption, error) {
	options := []rego.EvalOption{rego.EvalSortSets(true)}
	if len(r.Input) > 0 {
		input, err := ast.ValueFromReader(bytes.NewReader(r.Input))
		if err != nil {
			return nil, err
		}
		options = append(options, rego.EvalParsedInput(input))
	}
	if r.Now != "" {
		now, err := time.Parse(time.RFC3339Nano, r.Now)
		if err != nil {
			return nil, err
		}
		options = append(options, rego.EvalTime(now))
	}
	return options, nil
}

func evaluate(query string, prepared rego.PreparedEvalQuery, options []rego.EvalOption, repeat int) evaluation {
	out := evaluation{Query: query}
	var value any
	start := time.Now()
	for range repeat {
		var swallowed []topdown.Error
		results, err := prepared.Eval(context.Background(), append(options, rego.EvalBuiltinErrorList(&swallowed))...)
		out.Defined, out.Errors = false, nil
		for i := range swallowed {
			out.Errors = append(out.Errors, diagnose(&swallowed[i])...)
		}
		if err != nil {
			out.Errors = append(out.Errors, diagnose(err)...)
			break
		}
		if len(results) > 0 && len(results[0].Expressions) > 0 {
			out.Defined, value = true, results[0].Expressions[0].Value
		}
	}
	out.Milliseconds = time.Since(start).Seconds() * 1000 / float64(repeat)
	if out.Defined {
		encoded, err := json.Marshal(value)
		if err != nil {
			out.Errors = append(out.Errors, diagnose(err)...)
		}
		out.Value = encoded
	}
	return out
}
