package session_test

import (
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model/edit"
)

// TestPartsWriteTheirOwnLogs: where a role may write to the log of its function alone, each part of a split may write to its own,
// and the template says so by the part's name.
func TestPartsWriteTheirOwnLogs(t *testing.T) {
	s, _ := onDisk(t, session.Options{Idle: true})
	if _, err := s.Do(&edit.OwnRole{Function: "fn/Shop", Needs: true}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Do(&edit.Split{Function: "fn/Shop", Parts: []edit.Part{
		{Name: "Shop", Keeps: true, Triggers: []string{"List"}},
		{Name: "Payment", Triggers: []string{"Buy"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(r.Warnings, "\n"); strings.Contains(text, "would stay empty") {
		t.Errorf("a part cannot write its log:\n%s", text)
	}
	p, err := s.Patch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Diff, "/aws/lambda/${Payment}") {
		t.Errorf("the patch does not let Payment write its own log:\n%s", p.Diff)
	}
}
