//go:build !headless

package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/app/theme"
	"bulkhead/model/source"
	"bulkhead/render"
)

func TestEditorCommand(t *testing.T) {
	for template, want := range map[string][]string{
		"code -g {file}:{line}":     {"code", "-g", "/a b/t.yaml:7"},
		"vim +{line}":               {"vim", "+7", "/a b/t.yaml"},
		"idea --line {line} {file}": {"idea", "--line", "7", "/a b/t.yaml"},
	} {
		if got := editorCommand(template, "/a b/t.yaml", 7); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", template, got, want)
		}
	}
}

// TestSourceLinesOpenInTheEditor runs the command that was chosen.
func TestSourceLinesOpenInTheEditor(t *testing.T) {
	dir := t.TempDir()
	template, err := os.ReadFile(filepath.FromSlash("../assets/samples/webshop/template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	path, log := filepath.Join(dir, "template.yaml"), filepath.Join(dir, "log")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "editor")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$@\" >"+log+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	w := openWindow(t, path)
	do(func() bool {
		w.app.Preferences().SetString(prefEditor, script+" {file}:{line}")
		w.openEditor(source.Span{File: "template.yaml", Line: 12})
		return true
	})
	until(t, "the editor", func() bool {
		data, err := os.ReadFile(log)
		return err == nil && strings.TrimSpace(string(data)) == path+":12"
	})
	do(func() bool {
		w.app.Preferences().SetString(prefEditor, filepath.Join(dir, "nothing"))
		w.openEditor(source.Span{File: "template.yaml", Line: 1})
		return true
	})
	if n := do(func() int { return len(w.dialogs) }); n != 1 {
		t.Errorf("an editor that is not there is told of in %d dialogs", n)
	}
	do(func() bool { w.escape(); w.app.Preferences().RemoveValue(prefEditor); return true })
}

// TestHighContrastAndTextSize changes both and goes back.
func TestHighContrastAndTextSize(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	was := do(func() float32 { return w.win.Canvas().Scale() })
	do(func() bool { w.setTheme(theme.ContrastDark); w.setTextSize(150); return true })
	until(t, "everything larger", func() bool { return w.win.Canvas().Scale() > was*1.4 })
	if p := do(theme.Palette); p != render.ContrastDark {
		t.Errorf("the palette is %s", p.Name)
	}
	do(func() bool { w.toggleTheme(); return true })
	if p := do(theme.Palette); p != render.ContrastLight {
		t.Errorf("the other high contrast is %s", p.Name)
	}
	do(func() bool { w.setTextSize(100); w.setTheme(theme.Light); return true })
	until(t, "everything as it was", func() bool { return w.win.Canvas().Scale() == was })
}

// TestTablesOfThePicture shows them, and puts them on the clipboard.
func TestTablesOfThePicture(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	do(func() bool { w.showTwins(); return true })
	if n := do(func() int { return len(w.dialogs) }); n != 1 {
		t.Fatalf("%d dialogs", n)
	}
	do(func() bool { w.escape(); return true })
	text := do(func() string { return twinText(w.canvas.Scene(), w.twins) })
	for _, want := range []string{"Compartments\n", "PaymentKey\tShop\tsecret", "Steps onward", "chooses the input of\tMailer"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
}
