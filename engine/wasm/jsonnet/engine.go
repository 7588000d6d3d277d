package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jsonnet "github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/google/go-jsonnet/formatter"
)

// maximumFrames bounds the trace of one error; the middle of a longer one is
// left out.
const maximumFrames = 40

// crash begins the error of a panic inside go-jsonnet; a Go stack follows.
const crash = "(CRASH) "

// request is what every operation takes; an operation ignores what it does
// not name.
type request struct {
	File         string            `json:"file"`
	Code         *string           `json:"code"`
	ExtStr       map[string]string `json:"extStr"`
	ExtCode      map[string]string `json:"extCode"`
	TLAStr       map[string]string `json:"tlaStr"`
	TLACode      map[string]string `json:"tlaCode"`
	Libraries    []string          `json:"libraries"`
	MaxStack     int               `json:"maxStack"`
	StringOutput bool              `json:"stringOutput"`
}

// response carries the text of a successful operation beside its JSON form,
// so that a large result is not quoted twice.
type response struct {
	text  string
	Trace string   `json:"trace,omitempty"`
	Error *failure `json:"error,omitempty"`
}

// failure is an error of the evaluated program. Frames run from the place of
// the error outwards.
type failure struct {
	Message string  `json:"message"`
	Frames  []frame `json:"frames"`
}

type frame struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Name   string `json:"name,omitempty"`
}

// engine keeps parsed files from one evaluation to the next; reset forgets
// them.
type engine struct {
	read    func(string) (string, bool)
	vm      *jsonnet.VM
	imports *importer
}

func newEngine() *engine {
	e := &engine{}
	e.reset()
	return e
}

func (e *engine) reset() {
	e.imports = &importer{engine: e, contents: map[string]jsonnet.Contents{}}
	e.vm = newVM(e.imports)
}

func newVM(imports *importer) *jsonnet.VM {
	vm := jsonnet.MakeVM()
	vm.Importer(imports)
	return vm
}

func (e *engine) call(operation string, body []byte) *response {
	answer := &response{}
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return answer.failed(err)
	}
	switch operation {
	case "evaluate":
		return e.evaluate(&r, answer)
	case "fmt":
		return format(&r, answer)
	case "reset":
		e.reset()
	case "version":
		answer.text = jsonnet.Version()
	default:
		return answer.failed(fmt.Errorf("unknown operation %q", operation))
	}
	return answer
}

// evaluate manifests a file of the importer. Code, when given, stands in for
// the text of that file, for this evaluation only.
func (e *engine) evaluate(r *request, answer *response) *response {
	vm, imports := e.vm, e.imports
	if r.Code != nil {
		imports = e.imports.with(r.File, *r.Code)
		vm = newVM(imports)
	}
	imports.libraries = r.Libraries
	last := &lastError{}
	vm.ErrorFormatter = last
	vm.MaxStack = 500
	if r.MaxStack > 0 {
		vm.MaxStack = r.MaxStack
	}
	vm.StringOutput = r.StringOutput
	var trace strings.Builder
	vm.SetTraceOut(&trace)
	bind(vm, r)
	text, err := vm.EvaluateFile(r.File)
	answer.Trace = trace.String()
	if err == nil {
		answer.text = text
		return answer
	}
	if last.err != nil {
		err = last.err
	}
	if strings.HasPrefix(err.Error(), crash) {
		e.reset()
	}
	return answer.failed(err)
}

func bind(vm *jsonnet.VM, r *request) {
	vm.ExtReset()
	vm.TLAReset()
	for name, value := range r.ExtStr {
		vm.ExtVar(name, value)
	}
	for name, code := range r.ExtCode {
		vm.ExtCode(name, code)
	}
	for name, value := range r.TLAStr {
		vm.TLAVar(name, value)
	}
	for name, code := range r.TLACode {
		vm.TLACode(name, code)
	}
}

func format(r *request, answer *response) *response {
	if r.Code == nil {
		return answer.failed(errors.New("fmt needs code"))
	}
	text, err := formatter.Format(r.File, *r.Code, formatter.DefaultOptions())
	if err != nil {
		return answer.failed(err)
	}
	answer.text = text
	return answer
}

func (r *response) failed(err error) *response {
	message, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), crash), "\ngoroutine ")
	r.Error = &failure{Message: message, Frames: []frame{}}
	var runtime jsonnet.RuntimeError
	var static interface{ Loc() ast.LocationRange }
	switch {
	case errors.As(err, &runtime):
		r.Error.Message = runtime.Msg
		r.Error.Frames = frames(runtime.StackTrace)
	case errors.As(err, &static):
		location := static.Loc()
		r.Error.Message = strings.TrimPrefix(err.Error(), location.String()+" ")
		r.Error.Frames = append(r.Error.Frames, frameOf(location, ""))
	}
	return r
}

// frames turns go-jsonnet's trace, outermost first, around and drops its
// frames without a place in a file.
func frames(trace []jsonnet.TraceFrame) []frame {
	out := []frame{}
	for i := len(trace) - 1; i >= 0; i-- {
		if trace[i].Loc.IsSet() {
			out = append(out, frameOf(trace[i].Loc, trace[i].Name))
		}
	}
	if len(out) <= maximumFrames {
		return out
	}
	half := maximumFrames / 2
	return append(out[:half:half], out[len(out)-half:]...)
}

func frameOf(location ast.LocationRange, name string) frame {
	file := location.FileName
	if location.File != nil {
		file = string(location.File.DiagnosticFileName)
	}
	return frame{File: file, Line: location.Begin.Line, Column: location.Begin.Column, Name: name}
}

// lastError is an ErrorFormatter that keeps the error itself: the VM returns
// only its text.
type lastError struct{ err error }

func (l *lastError) Format(err error) string {
	l.err = err
	return err.Error()
}

func (l *lastError) SetMaxStackTraceSize(int) {}

func (l *lastError) SetColorFormatter(jsonnet.ColorFormatter) {}
