package session_test

import (
	"context"
	"path/filepath"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/reach"
)

// TestWallsHoldWhenTheyAreBuilt: the edits of a wall keep the breach from what it is a wall before, and take from others what it
// says and nothing else; undone, all is as it was.
func TestWallsHoldWhenTheyAreBuilt(t *testing.T) {
	built, left := 0, 0
	for _, sample := range []string{"webshop", "photos", "team"} {
		s, err := session.OpenSample(context.Background(), samplesFS(t), sample, sources(), session.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		st, err := s.Wait(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		from := session.WorstStart(st.After, false)
		a := st.After.Analysis
		var targets []model.ID
		for _, h := range a.Breach(from).Hits {
			if !h.Fed && !h.OwnLog && len(targets) < 8 {
				targets = append(targets, h.Target)
			}
		}
		for _, target := range targets {
			w, err := a.Wall(context.Background(), from, target)
			if err != nil {
				t.Fatal(err)
			}
			edits, rest := session.WallEdits(st.After.Design, w)
			if len(w.Statements) == 0 || len(rest) > 0 {
				left++
				continue
			}
			built++
			for _, e := range edits {
				if _, err := s.Do(e); err != nil {
					t.Fatalf("%s: the wall before %s: %v", sample, target, err)
				}
			}
			now, err := s.Wait(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			is := now.After.Analysis
			if b := is.Breach(from); b.Reaches(target) {
				t.Errorf("%s: the breach of %s still reaches %s", sample, from, target)
			}
			lost := map[[2]model.ID]bool{{from, target}: true}
			for _, l := range a.Losses(w) {
				for _, id := range l.From {
					lost[[2]model.ID{id, l.Target}] = true
				}
			}
			for _, f := range st.After.Design.Functions() {
				has := is.Breach(f.ID)
				for _, h := range a.Breach(f.ID).Hits {
					if _, kind := h.By(); kind == reach.Acts && !h.Fed && !h.OwnLog && !has.Reaches(h.Target) && !lost[[2]model.ID{f.ID, h.Target}] {
						t.Errorf("%s: the wall before %s takes %s from %s and does not say it", sample, target, h.Target, f.ID)
					}
				}
			}
			for range edits {
				s.Undo()
			}
		}
	}
	if built < 8 {
		t.Errorf("%d walls were built, %d stand in policies of resources and functions", built, left)
	}
}

// TestStartsWithoutFunctions: of a design without functions the breach starts with the role that newly reaches an administrator;
// who comes from outside starts one by being selected.
func TestStartsWithoutFunctions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "template.yaml")
	write(t, path, `Resources:
  Rules: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Climbs.Arn}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}]}}
  Reads: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: "999988887777"}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}]}}
  Climbs: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}]}}
  B: {Type: AWS::S3::Bucket}
`)
	s, err := session.Open(context.Background(), path, sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := session.WorstStart(st.After, false); got != "role/Climbs" {
		t.Errorf("the breach starts in %s", got)
	}
	if got := st.After.Analysis.Escalating(false); len(got) != 1 || got[0] != "role/Climbs" {
		t.Errorf("beside the known administrator %v reach one", got)
	}
	s.Select("outside/999988887777")
	if st = s.State(); st.Start != "outside/999988887777" || st.After.Breach == nil || st.After.Breach.Reach.May.Resources != 1 {
		t.Errorf("the other account starts %q: %+v", st.Start, st.After.Breach)
	}
	s.Select("outside/nobody")
	if st = s.State(); st.Start != "outside/999988887777" {
		t.Errorf("nobody starts %q", st.Start)
	}
}
