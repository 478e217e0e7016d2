package view

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func browser(t *testing.T, endings ...string) (*Browser, fyne.Window, *[]string) {
	t.Helper()
	newApp(t)
	b := NewBrowser(endings, []Spot{{"Home", "user", "/home/a"}})
	var got []string
	b.OnFolder = func(dir string) { got = append(got, "go "+dir) }
	b.OnChoose = func(path string) { got = append(got, "take "+path) }
	win := newWindow(t, b.Root, 760, 460)
	b.Show("/home/a/shop", []Entry{{Name: "template.yaml", Size: 4200}, {Name: "README.md"}, {Name: "src", Folder: true}, {Name: ".git", Folder: true}, {Name: "Deploy.yaml"}}, nil)
	return b, win, &got
}

func (b *Browser) names() []string {
	var out []string
	for _, e := range b.shown {
		out = append(out, e.Name)
	}
	return out
}

// TestBrowserFindsAFile by mouse: folders first, other files where they are asked for; the first click marks, the second takes.
func TestBrowserFindsAFile(t *testing.T) {
	b, _, got := browser(t, ".yaml")
	if n := b.names(); !slices.Equal(n, []string{"src", "Deploy.yaml", "template.yaml"}) {
		t.Fatalf("it lists %q", n)
	}
	can := ""
	b.OnChange = func(path string) { can = path }
	rows := all[*browserRow](b.Root)
	test.Tap(rows[0])
	if can != "" {
		t.Errorf("a folder can be opened as a file: %q", can)
	}
	test.Tap(rows[2])
	if want := filepath.Join("/home/a/shop", "template.yaml"); can != want || b.Path() != want || len(*got) != 0 {
		t.Errorf("marked is %q, %q was done", can, *got)
	}
	test.Tap(rows[2])
	test.Tap(rows[0])
	test.Tap(rows[0])
	test.Tap(button(t, b.Root, "Home"))
	if want := []string{"take /home/a/shop/template.yaml", "go /home/a/shop/src", "go /home/a"}; !slices.Equal(*got, want) {
		t.Errorf("done %q, want %q", *got, want)
	}
	b.others.SetChecked(true)
	if n := b.names(); !slices.Contains(n, "README.md") || slices.Contains(n, ".git") {
		t.Errorf("with others it lists %q", n)
	}
	links := all[*Link](b.Root)
	test.Tap(links[len(links)-2])
	if last := (*got)[len(*got)-1]; last != "go /home/a" {
		t.Errorf("the folder above is %q", last)
	}
}

// TestBrowserByKeys: words search, arrows mark, Enter opens, Backspace goes up, a path is gone to.
func TestBrowserByKeys(t *testing.T) {
	b, win, got := browser(t, ".yaml")
	win.Canvas().Focus(b.Search)
	press := func(k fyne.KeyName) { b.Search.TypedKey(&fyne.KeyEvent{Name: k}) }
	press(fyne.KeyBackspace)
	press(fyne.KeyDown)
	press(fyne.KeyReturn)
	test.Type(b.Search, "temp")
	if n := b.names(); !slices.Equal(n, []string{"template.yaml"}) {
		t.Errorf("“temp” finds %q", n)
	}
	press(fyne.KeyReturn)
	b.Search.SetText("/etc")
	press(fyne.KeyReturn)
	b.Search.SetText(".gi")
	if n := b.names(); !slices.Equal(n, []string{".git"}) {
		t.Errorf("“.gi” finds %q", n)
	}
	b.Search.SetText("none such")
	press(fyne.KeyReturn)
	if want := []string{"go /home/a", "go /home/a/shop/src", "take /home/a/shop/template.yaml", "go /etc"}; !slices.Equal(*got, want) {
		t.Errorf("done %q, want %q", *got, want)
	}
	if !strings.Contains(texts(b.Root), "Nothing here is called that.") {
		t.Error("it does not say that nothing is found")
	}
}

// TestBrowserFindsAFolder: the one that is shown, or the one that is marked in it.
func TestBrowserFindsAFolder(t *testing.T) {
	b, _, got := browser(t)
	if n := b.names(); !slices.Equal(n, []string{"src"}) || b.Path() != "/home/a/shop" {
		t.Fatalf("it lists %q and would take %q", n, b.Path())
	}
	test.Tap(all[*browserRow](b.Root)[0])
	if b.Path() != "/home/a/shop/src" {
		t.Errorf("marked, it would take %q", b.Path())
	}
	b.Show("/root", nil, errors.New("permission denied"))
	if !strings.Contains(texts(b.Root), "permission denied") || len(*got) != 0 {
		t.Errorf("it says %q", texts(b.Root))
	}
}
