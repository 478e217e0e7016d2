//go:build !headless

package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/model/edit"
)

// TestTheSameForAll: after one function was given what it needs, the others that are like it can be given the same at once, a
// step of undo each.
func TestTheSameForAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "template.yaml")
	template := "Transform: AWS::Serverless-2016-10-31\nResources:\n"
	for _, n := range []string{"A", "B", "C"} {
		template += "  Q" + n + ": {Type: AWS::SQS::Queue}\n  F" + n + ":\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Runtime: python3.12\n      CodeUri: .\n" +
			"      Events:\n        Q: {Type: SQS, Properties: {Queue: !GetAtt Q" + n + ".Arn}}\n"
	}
	if err := os.WriteFile(path, []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, path)
	do(func() bool { w.do(&edit.OwnRole{Function: "fn/FA", Needs: true}); return true })
	until(t, "the offer", func() bool { return len(w.strip.Texts()) == 1 })
	if text := do(func() string { return w.strip.Texts()[0] }); !strings.Contains(text, "2 more functions") {
		t.Fatalf("it offers %q", text)
	}
	do(func() bool { w.alike(w.session.State().After.Design)[0].OnTap(); return true })
	until(t, "all three", func() bool { return len(w.state.Steps) == 3 && w.state.Analysed() })
	if more := do(func() int { return len(w.alike(w.state.After.Design)) }); more != 0 {
		t.Error("there is still something to offer")
	}
}
