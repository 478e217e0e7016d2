package export

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// prove exports a role that was allowed one policy and is allowed another, and proves it.
func prove(t *testing.T, was, is string) (map[string][]byte, Proof) {
	t.Helper()
	parse := func(statements string) *policy.Document {
		d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":` + statements + `}`))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	after := design(t, nil, nil, parse(is))
	holders, err := Policies(after, Options{Boundaries: true})
	if err != nil {
		t.Fatal(err)
	}
	p := &Proving{Before: design(t, nil, nil, parse(was)), After: after, Files: map[string][]byte{"app.json": []byte(text(t, holders[0].Inline[0])), "app.boundary.json": []byte(text(t, holders[0].Boundary.Document))}}
	if err := p.Prove(holders[0], []string{"app.json"}, "app.boundary.json"); err != nil {
		t.Fatal(err)
	}
	var proof Proof
	if err := json.Unmarshal(p.Files["app.proof.json"], &proof); err != nil {
		t.Fatal(err)
	}
	return p.Files, proof
}

const (
	wide   = `[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]`
	narrow = `[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]`
)

func fsOf(files map[string][]byte) fstest.MapFS {
	out := fstest.MapFS{}
	for name, data := range files {
		out["policies/"+name] = &fstest.MapFile{Data: data}
	}
	return out
}

// A proof says the same when it is worked out again from its files, and notices that one of them changed.
func TestProofIsRepeated(t *testing.T) {
	for _, c := range []struct{ was, is, answer string }{{wide, narrow, "yes"}, {narrow, wide, "no"}, {narrow, narrow, "yes"}} {
		files, proof := prove(t, c.was, c.is)
		if proof.Within.Answer != c.answer || proof.Boundary == nil || proof.Boundary.Cuts != "no" {
			t.Errorf("%s after %s: %+v, boundary %+v", c.is, c.was, proof.Within, proof.Boundary)
		}
		said, found, err := Verify(fsOf(files), "policies/app.proof.json")
		if err != nil || said != proof.Within || found.Answer != c.answer {
			t.Errorf("%s after %s: said %+v, found %+v, %v", c.is, c.was, said, found, err)
		}
		for _, f := range append(proof.After.Identity, proof.Before.Identity...) {
			changed := maps.Clone(files)
			changed[f.Path] = append([]byte(" "), files[f.Path]...)
			if _, _, err := Verify(fsOf(changed), "policies/app.proof.json"); !errors.Is(err, ErrDigest) {
				t.Errorf("%s changed, and the proof says %v", f.Path, err)
			}
			delete(changed, f.Path)
			if _, _, err := Verify(fsOf(changed), "policies/app.proof.json"); err == nil {
				t.Errorf("%s is gone, and the proof holds", f.Path)
			}
		}
	}
}

// What a proof says is not taken for the answer.
func TestProofIsWorkedOut(t *testing.T) {
	files, _ := prove(t, narrow, wide)
	files["app.proof.json"] = []byte(strings.Replace(string(files["app.proof.json"]), `"answer": "no"`, `"answer": "yes"`, 1))
	said, found, err := Verify(fsOf(files), "policies/app.proof.json")
	if err != nil || said.Answer != "yes" || found.Answer != "no" {
		t.Errorf("said %+v, found %+v, %v", said, found, err)
	}
}

func TestProofsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                 "is no proof",
		`[`:                                  "is no proof",
		`{"bulkhead":"proof/v9","after":{}}`: `is a "proof/v9"`,
		`{"bulkhead":"proof/v1","after":{"identity":[{"path":"../../../etc/passwd","sha256":""}]}}`: "etc/passwd",
	} {
		_, _, err := Verify(fsOf(map[string][]byte{"x.proof.json": []byte(text)}), "policies/x.proof.json")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// The boundary of a role that is new has a proof too, which says so.
func TestProofOfSomethingNew(t *testing.T) {
	d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":` + narrow + `}`))
	if err != nil {
		t.Fatal(err)
	}
	after := design(t, nil, nil, d)
	before, err := model.New(model.Info{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	holders, err := Policies(after, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &Proving{Before: before, After: after, Files: map[string][]byte{"app.json": []byte(text(t, holders[0].Inline[0]))}}
	if err := p.Prove(holders[0], []string{"app.json"}, ""); err != nil {
		t.Fatal(err)
	}
	_, found, err := Verify(fsOf(p.Files), "policies/app.proof.json")
	if err != nil || found.Answer != "new" {
		t.Errorf("%+v, %v", found, err)
	}
}
