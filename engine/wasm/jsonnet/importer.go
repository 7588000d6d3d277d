package main

import (
	"fmt"
	"maps"
	"path"
	"strings"

	jsonnet "github.com/google/go-jsonnet"
)

// importer resolves imports in the virtual tree of the host: relative to the
// importing file first, then in the library folders. All paths are relative
// to the root of that tree; none leaves it.
type importer struct {
	engine    *engine
	libraries []string
	// go-jsonnet wants the same Contents for a path every time.
	contents map[string]jsonnet.Contents
}

func (i *importer) with(file, code string) *importer {
	contents := maps.Clone(i.contents)
	contents[path.Clean(file)] = jsonnet.MakeContents(code)
	return &importer{engine: i.engine, contents: contents}
}

// Import implements jsonnet.Importer.
func (i *importer) Import(from, wanted string) (jsonnet.Contents, string, error) {
	if strings.HasPrefix(wanted, "/") {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q refused: absolute paths are not allowed", wanted)
	}
	escaped := 0
	candidates := append([]string{path.Dir(from)}, i.libraries...)
	for _, folder := range candidates {
		file := path.Join(folder, wanted)
		if file == ".." || strings.HasPrefix(file, "../") || strings.HasPrefix(file, "/") {
			escaped++
			continue
		}
		if contents, ok := i.open(file); ok {
			return contents, file, nil
		}
	}
	if escaped == len(candidates) {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q refused: it leads out of the root folder", wanted)
	}
	return jsonnet.Contents{}, "", fmt.Errorf("import %q not found beside the file or in the library folders", wanted)
}

func (i *importer) open(file string) (jsonnet.Contents, bool) {
	if contents, ok := i.contents[file]; ok {
		return contents, true
	}
	text, ok := i.engine.read(file)
	if !ok {
		return jsonnet.Contents{}, false
	}
	contents := jsonnet.MakeContents(text)
	i.contents[file] = contents
	return contents, true
}
