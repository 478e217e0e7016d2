package cfn

import (
	"os"
	"path/filepath"
	"testing"

	"bulkhead/model"
)

// The logical ids that are worked out of the tree of each assembly of the corpus are those of its templates.
func TestConstructs(t *testing.T) {
	found, of := 0, 0
	for _, file := range templates(t) {
		dir := filepath.Dir(file)
		if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err != nil {
			continue
		}
		in := tryOpen(t, dir)
		if in == nil {
			t.Errorf("%s cannot be opened", dir)
			continue
		}
		for _, e := range in.Design.Elements() {
			switch e.(type) {
			case *model.Function, *model.Role, *model.Resource:
			default:
				continue
			}
			if of++; in.Design.Info().Constructs[e.ElementID()] != "" {
				found++
			} else {
				t.Logf("%s: no construct of %s", dir, e.ElementID())
			}
		}
	}
	if of < 50 || found*10 < of*9 {
		t.Errorf("constructs of %d of %d elements", found, of)
	}
}
