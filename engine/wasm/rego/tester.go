package main

import (
	"context"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

type testResult struct {
	Package string `json:"package"`
	Name    string `json:"name"`
	// Outcome is pass, fail, error or skip.
	Outcome      string  `json:"outcome"`
	Error        string  `json:"error,omitempty"`
	Output       string  `json:"output,omitempty"`
	File         string  `json:"file"`
	Row          int     `json:"row"`
	Milliseconds float64 `json:"milliseconds"`
}

type coverage struct {
	Percent float64                 `json:"percent"`
	Files   map[string]fileCoverage `json:"files"`
}

type fileCoverage struct {
	Covered    []int   `json:"covered"`
	NotCovered []int   `json:"notCovered"`
	Percent    float64 `json:"percent"`
}

// test runs every test_ rule of the modules. Errors of built-ins fail a test.
func test(r *request) (*response, error) {
	allowed, err := r.capabilities()
	if err != nil {
		return nil, err
	}
	modules, found := r.parse(allowed)
	if len(found) > 0 {
		return &response{Diagnostics: found}, nil
	}
	if r.Data == nil {
		r.Data = map[string]any{}
	}
	store := inmem.NewFromObject(r.Data)
	compiler := newCompiler(allowed).WithEnablePrintStatements(true).WithRewriteTestRules(true)
	runner := tester.NewRunner().SetDefaultRegoVersion(ast.RegoV1).SetCompiler(compiler).SetStore(store).
		SetModules(modules).CapturePrintOutput(true).RaiseBuiltinErrors(true).SetParallel(1)
	tracer := cover.New()
	if r.Coverage {
		runner = runner.SetCoverageQueryTracer(tracer).SetCoverageRuns([]cover.Kind{})
	}
	answer := &response{Tests: []testResult{}}
	ctx := context.Background()
	err = storage.Txn(ctx, store, storage.TransactionParams{}, func(transaction storage.Transaction) error {
		results, err := runner.RunTests(ctx, transaction)
		if err != nil {
			return err
		}
		for result := range results {
			answer.Tests = append(answer.Tests, describeTest(result))
		}
		return nil
	})
	if err != nil {
		return &response{Diagnostics: diagnose(err)}, nil
	}
	if r.Coverage {
		answer.Coverage = describeCoverage(tracer.Report(modules))
	}
	return answer, nil
}

func describeTest(result *tester.Result) testResult {
	out := testResult{
		Package: strings.TrimPrefix(result.Package, "data."), Name: result.Name, Outcome: "pass", Output: string(result.Output),
		File: result.Location.File, Row: result.Location.Row, Milliseconds: result.Duration.Seconds() * 1000,
	}
	switch {
	case result.Error != nil:
		out.Outcome, out.Error = "error", result.Error.Error()
	case result.Skip:
		out.Outcome = "skip"
	case result.Fail:
		out.Outcome = "fail"
	}
	return out
}

// describeCoverage gives lines: one that is covered in part counts as covered.
func describeCoverage(report cover.Report) *coverage {
	out := &coverage{Percent: report.Coverage, Files: map[string]fileCoverage{}}
	for file, each := range report.Files {
		covered := rows(each.Covered)
		missed := slices.DeleteFunc(rows(each.NotCovered), func(row int) bool {
			return slices.Contains(covered, row)
		})
		out.Files[file] = fileCoverage{Covered: covered, NotCovered: missed, Percent: each.Coverage}
	}
	return out
}

func rows(ranges []cover.Range) []int {
	out := []int{}
	for _, each := range ranges {
		for row := each.Start.Row; row <= each.End.Row; row++ {
			out = append(out, row)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
