package session

import (
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"bulkhead/model"
	"bulkhead/model/edit"
)

// maxCode is how much of a code file is looked at for a handler, in bytes.
const maxCode = 4 << 20

// handlerFiles are the endings of the files that hold a handler, by the beginning of the runtime.
var handlerFiles = map[string][]string{
	"python": {".py", "/__init__.py"},
	"nodejs": {".js", ".mjs", ".cjs", ".ts", ".mts"},
	"ruby":   {".rb"},
}

// handlerCheck looks for handlers in the code beside the source; nil where the source is not on disk.
// https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html, nodejs-handler.html, ruby-handler.html
func (s *Session) handlerCheck() edit.HandlerCheck {
	if !s.onDisk() {
		return nil
	}
	in := s.State().Import
	return func(f *model.Function) (exists, known bool) {
		dir, code, ok := in.Locate(f.Code)
		if f.Code == "" || !ok {
			return false, false
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return false, false
		}
		defer root.Close() //nolint:errcheck // it was only read
		return hasHandler(root, f, code)
	}
}

// hasHandler looks for a function's handler in its code, a folder within root.
func hasHandler(root *os.Root, f *model.Function, code string) (exists, known bool) {
	if strings.HasSuffix(code, ".zip") || strings.HasSuffix(code, ".jar") {
		return false, false
	}
	if _, err := root.Stat(filepath.FromSlash(code)); err != nil {
		return false, false // built elsewhere
	}
	dot := strings.LastIndexByte(f.Handler, '.')
	if dot <= 0 {
		return false, false
	}
	module, name := f.Handler[:dot], f.Handler[dot+1:]
	for runtime, endings := range handlerFiles {
		if !strings.HasPrefix(f.Runtime, runtime) {
			continue
		}
		if runtime == "python" {
			module = strings.ReplaceAll(module, ".", "/")
		}
		for _, ending := range endings {
			if defines(root, path.Join(code, module)+ending, name) {
				return true, true
			}
		}
		return false, true
	}
	return false, false
}

// defines reports whether a code file has a name in it that is defined or exported.
func defines(root *os.Root, file, name string) bool {
	f, err := root.Open(filepath.FromSlash(file))
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxCode))
	if err != nil {
		return false
	}
	word, err := regexp.Compile(`\b` + regexp.QuoteMeta(name) + `\b`)
	return err == nil && word.Match(text)
}
