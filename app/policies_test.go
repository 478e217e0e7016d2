//go:build !headless

package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/render/code"
)

// TestPoliciesInEveryForm writes all forms and walls, as the form asks for them.
func TestPoliciesInEveryForm(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	dir := filepath.Join(t.TempDir(), "out")
	do(func() bool { w.exportPolicies(); w.policies.Folder.SetText(dir); w.escape(); return true })
	if got := w.policies.Path(); got != dir {
		t.Errorf("the folder is %q", got)
	}
	do(func() bool {
		w.writePolicies(w.session, dir, session.Export{Forms: code.Forms(), Boundaries: true, SCP: true})
		return true
	})
	until(t, "what was written", func() bool { return len(w.dialogs) == 1 })
	for _, name := range []string{"policies/ShopRole.json", "policies/ShopRole.boundary.json", "policies/ShopRole.proof.json", "cloudformation/policies.yaml", "sam/template.yaml",
		"cdk-ts/policies.ts", "cdk-python/policies.py", "terraform/policies.tf", "serverless/serverless.yml", "scp.json", "DEPLOY.md"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range code.Forms() {
		if code.Title(f) == "" {
			t.Errorf("%s has no name for people", f)
		}
	}
	do(func() bool { w.escape(); return true })
}

// TestBrokenFileIsShown opens a file that is no YAML: the dialog shows the line, and opens it again when it was mended.
func TestBrokenFileIsShown(t *testing.T) {
	w := openWindow(t, "sample:photos")
	path := filepath.Join(t.TempDir(), "bad.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("Resources:\n  A:\n    Type: AWS::SQS::Queue\n   B: [\n")
	do(func() bool { w.open(path); return true })
	until(t, "the fault", func() bool { return len(w.dialogs) == 1 })
	if from, to := w.pane.Marked(); from != 4 || to != 4 || !strings.Contains(w.pane.MarkedText(), "B: [") {
		t.Errorf("lines %d to %d are marked: %q", from, to, w.pane.MarkedText())
	}
	write("Resources:\n  A:\n    Type: AWS::SQS::Queue\n")
	do(func() bool { w.escape(); w.openWith([]string{path}, false); return true })
	until(t, "the mended file", func() bool { return w.state.Path == path && len(w.dialogs) == 0 })
}

// slowEdit is proven when it may.
type slowEdit struct {
	edit.Edit
	may chan struct{}
}

func (e slowEdit) Apply(d *model.Design) (*edit.Result, error) {
	<-e.may
	return e.Edit.Apply(d)
}

// TestEditsAreProvenAside: while an edit is proven the window goes on, says so and can cancel; what waits is done in order.
func TestEditsAreProvenAside(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	crown, none := true, false
	mark := func(id model.ID, on *bool) edit.Edit { return &edit.Mark{Resource: id, Crown: on} }
	may := make(chan struct{})
	do(func() bool {
		w.do(slowEdit{mark("res/Orders", &crown), may})
		w.do(mark("res/Carts", &crown))
		return true
	})
	until(t, "the progress", func() bool { return strings.HasPrefix(w.working, "Proving") })
	if n := do(func() int { return len(w.session.State().Steps) }); n != 0 {
		t.Errorf("%d steps before the proof", n)
	}
	close(may)
	until(t, "both edits", func() bool { return len(w.state.Steps) == 2 && w.working == "" })
	if first := w.state.Steps[0].Edit.String(); !strings.Contains(first, "Orders") {
		t.Errorf("%s came first", first)
	}
	never := make(chan struct{})
	do(func() bool {
		w.do(slowEdit{mark("res/Orders", &none), never})
		w.cancel()
		return true
	})
	if n := do(func() int { w.do(slowEdit{mark("res/Orders", &none), never}); w.escape(); return len(w.strip.Texts()) }); n != 1 {
		t.Errorf("Escape tells %d things of a proof that it stops", n)
	}
	do(func() bool { // what waits last is taken back first, then what is being proven, and no step that was done
		w.do(slowEdit{mark("res/Orders", &none), never})
		w.do(mark("res/Carts", &none))
		w.undo()
		if len(w.proofs.waiting) != 0 || w.proofs.cancel == nil {
			t.Error("undo does not take back what waits")
		}
		w.undo()
		if w.proofs.cancel != nil {
			t.Error("undo does not stop what is being proven")
		}
		return true
	})
	if n := do(func() int { return len(w.session.State().Steps) }); n != 2 {
		t.Errorf("after that %d steps are done", n)
	}
	close(never)
	if _, err := w.session.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	do(func() bool { w.do(mark("res/Carts", &none)); return true })
	until(t, "the edit after it", func() bool { return len(w.state.Steps) == 3 })
	if last := w.state.Steps[2].Edit.String(); !strings.Contains(last, "Carts") {
		t.Errorf("a cancelled edit was done: %s", last)
	}
}
