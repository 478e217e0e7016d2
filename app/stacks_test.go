//go:build !headless

package app

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/render"
)

// TestStacksAreGroups: two templates as one design, grouped by a key; on the map a stack is a group that a click opens and
// closes; the map is saved for draw.io with what is open in it.
func TestStacksAreGroups(t *testing.T) {
	dir := t.TempDir()
	for stack, name := range map[string]string{"shop": "Order", "mail": "Letter"} {
		template := strings.ReplaceAll(`Transform: AWS::Serverless-2016-10-31
Resources:
  XFn: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: ., Policies: [{DynamoDBCrudPolicy: {TableName: !Ref XTable}}]}}
  XTable: {Type: AWS::Serverless::SimpleTable}
`, "X", name)
		if err := os.WriteFile(filepath.Join(dir, stack+".yaml"), []byte(template), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := openWindow(t, dir)
	defer do(func() bool { w.app.Preferences().RemoveValue(prefStacked); return true })
	key := func(r rune) { do(func() bool { w.win.Canvas().OnTypedRune()(r); return true }) }
	shows := func(id model.ID) bool {
		return w.look.chart == view.MapChart && w.canvas.Scene() != nil &&
			slices.ContainsFunc(w.canvas.Scene().Areas, func(a render.Area) bool { return a.Element == id && !a.Leads })
	}
	key('m')
	until(t, "the map by compartment", func() bool { return shows("fn/OrderFn") && !shows(render.BundleID("shop")) })
	key('g')
	until(t, "the map by stack", func() bool { return shows(render.BundleID("shop")) && shows(render.BundleID("mail")) })
	click := func(id model.ID) {
		do(func() bool {
			at, _ := w.canvas.Place(id)
			w.canvas.Tapped(&fyne.PointEvent{Position: at})
			return true
		})
	}
	click(render.BundleID("shop"))
	until(t, "what is in one of them", func() bool { return shows("fn/OrderFn") && shows(render.BundleID("mail")) })

	path := filepath.Join(dir, "map.drawio")
	do(func() bool {
		w.exportPicture()
		w.form.Name.SetText("map.drawio")
		w.form.Folder.SetText(dir)
		w.form.OnSubmit()
		return true
	})
	until(t, "the file", func() bool {
		_, err := os.Stat(path)
		return err == nil && w.opening == nil
	})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(data, new(struct{})); err != nil {
		t.Errorf("it is no XML: %v", err)
	}
	for _, want := range []string{"OrderFn", "OrderTable", "mail"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("the file lacks %s", want)
		}
	}

	click("fn/OrderFn")
	until(t, "a breach on the map", func() bool { return w.state.Start == "fn/OrderFn" })
	if g := do(func() string { return w.openGroupOf("fn/OrderFn") }); g != "shop" {
		t.Errorf("the menu folds %q", g)
	}
	do(func() bool { w.openBundle("shop"); return true })
	until(t, "it closed again", func() bool { return shows(render.BundleID("shop")) && !shows("fn/OrderFn") })
	key('g')
	until(t, "the map by compartment again", func() bool { return shows("fn/OrderFn") && shows("fn/LetterFn") })
}
