//go:build !headless

package app

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"bulkhead/app/view"
	"bulkhead/model/source"
)

// Preferences of the editor: the command that opens a file at a line.
const (
	prefEditor    = "editor"
	defaultEditor = "code -g {file}:{line}"
)

// editorCommand is the command line that opens a place: the words of a template, {file} and {line} filled in. A template
// without {file} gets it at its end. There is no shell between, so nothing in a path is anything but a path.
func editorCommand(template, file string, line int) []string {
	words := strings.Fields(template)
	named := false
	for i, w := range words {
		named = named || strings.Contains(w, "{file}")
		words[i] = strings.NewReplacer("{file}", file, "{line}", strconv.Itoa(max(1, line))).Replace(w)
	}
	if !named {
		words = append(words, file)
	}
	return words
}

// editor is the person's choice, else what the environment says, else VS Code.
func (w *window) editor() string {
	return cmp.Or(w.app.Preferences().String(prefEditor), os.Getenv("BULKHEAD_EDITOR"), defaultEditor)
}

// onDisk is the path of a source file, false where it is on no disk.
func (w *window) onDisk(name string) (string, bool) {
	if w.session == nil || w.state.Import == nil {
		return "", false
	}
	dir, within, ok := w.state.Import.Locate(name)
	if !ok || strings.HasPrefix(w.state.Path, "sample:") {
		return "", false
	}
	path, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(within)))
	return path, err == nil
}

// openEditor opens a source line in the person's editor.
func (w *window) openEditor(at source.Span) {
	path, ok := w.onDisk(at.File)
	if !ok {
		w.tell("Open in the editor", at.File+" is on no disk.")
		return
	}
	w.editFile(path, at.Line)
}

// editFile opens a line of a file on disk in the person's editor.
func (w *window) editFile(path string, line int) {
	words := editorCommand(w.editor(), path, line)
	cmd := exec.Command(words[0], words[1:]...) //nolint:gosec // the person's own editor, without a shell
	if err := cmd.Start(); err != nil {
		w.tell("Open in the editor", fmt.Sprintf("%s did not start: %v\nChoose another under View, Editor.", words[0], err))
		return
	}
	go func() { _ = cmd.Wait() }() // what it says is its own
	w.strip.Show(view.Remark{Text: "Opened: " + strings.Join(words, " "), Fine: true})
}

// chooseEditor asks for the command.
func (w *window) chooseEditor() {
	w.askText("Open source lines with", "A command; {file} and {line} stand for the place. "+defaultEditor+" is VS Code.", w.editor(), "Use", func(text string) {
		w.app.Preferences().SetString(prefEditor, text)
	})
}
