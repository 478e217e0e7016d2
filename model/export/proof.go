package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
)

// proofVersion is the format of proofs that is written, and the newest that is read.
const proofVersion = "proof/v1"

// The answers of a Proof beside those of policy.Answer.
const answerNew = "new" // nothing was there before

// A Proof says of the policies that a role, user or group is exported with whether they allow nothing that it was not allowed
// before, and from which files that can be worked out again. Its JSON is a contract: keys are added, none is renamed.
type Proof struct {
	Version     string     `json:"bulkhead"`
	Holder      model.ID   `json:"holder"`
	ARN         string     `json:"arn"`
	Before      *Documents `json:"before"` // null: it is new
	After       *Documents `json:"after"`
	Within      Within     `json:"within"`
	Required    []Required `json:"required"` // what AWS itself does with it
	HitsRemoved []Hit      `json:"hitsRemoved"`
	HitsAdded   []Hit      `json:"hitsAdded"`
	Unproven    []string   `json:"unproven"`           // edits that were confirmed without a proof
	ToFill      []string   `json:"toFill"`             // what stands in the documents for names that the source does not tell
	Boundary    *Wall      `json:"boundary,omitempty"` // that is exported with it
}

// Documents are the policies of one side. A principal is allowed what its identity policies allow within its boundary.
type Documents struct {
	Of       []model.ID `json:"of"` // whose they are; before a split the whole's
	Identity []File     `json:"identity"`
	Boundary []File     `json:"boundary,omitempty"`
}

// A File is a policy in IAM's JSON, beside the proof.
type File struct {
	Path   string `json:"path"` // from the proof's folder, with slashes
	SHA256 string `json:"sha256"`
}

// Within is the answer to "do the policies after allow nothing that those before did not?".
type Within struct {
	Answer string `json:"answer"` // yes, no, unknown; new: there is nothing before
	Why    string `json:"why,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Required is access that AWS itself uses.
type Required struct {
	For      string   `json:"for"`
	Actions  []string `json:"actions"`
	AnyOf    bool     `json:"anyOf,omitempty"` // one of them is enough
	Resource string   `json:"resource,omitempty"`
	Kept     bool     `json:"kept"` // what was allowed of it still is
	Lost     []string `json:"lost,omitempty"`
}

// A Hit is a capability on a resource that a breach has on one side alone.
type Hit struct {
	From       model.ID `json:"from"`
	Target     model.ID `json:"target"`
	Capability string   `json:"capability"`
}

// A Wall is a boundary that is exported, and whether it leaves the role all that it may do.
type Wall struct {
	File
	Cuts  string `json:"cuts"`            // no, yes, unknown
	Loose string `json:"loose,omitempty"` // in which way it allows more
}

// A Proving makes the proofs of one export, and the files that they are about.
type Proving struct {
	Before, After *model.Design
	Comparison    *reach.Comparison // nil: nothing changed
	Unproven      []string
	Files         map[string][]byte // by path from the proofs' folder; proofs are added
}

// Prove adds the proof of a holder, whose policies stand in files of the proofs' folder, and what else it takes: the documents
// before, and those of AWS. It adds OrdersRole.proof.json.
func (p *Proving) Prove(h *Holder, own []string, boundary string) error {
	proof := &Proof{Version: proofVersion, Holder: h.ID, ARN: h.ARN(), Required: []Required{}, HitsRemoved: []Hit{}, HitsAdded: []Hit{}, Unproven: p.Unproven, ToFill: []string{}}
	if proof.Unproven == nil {
		proof.Unproven = []string{}
	}
	proof.After = &Documents{Of: []model.ID{h.ID}, Identity: []File{}}
	for _, name := range own {
		proof.After.Identity = append(proof.After.Identity, p.file(name))
	}
	_, ids, bound := attached(h.Element)
	for _, id := range ids {
		if d := p.After.Policy(id); d != nil && isAWS(d) && d.Document != nil {
			f, err := p.ofAWS(d)
			if err != nil {
				return err
			}
			proof.After.Identity = append(proof.After.Identity, f)
		}
	}
	var err error
	if proof.After.Boundary, err = p.bound(p.After, bound, h.Name+".boundary.now.json"); err != nil {
		return err
	}
	if proof.Before, err = p.before(h); err != nil {
		return err
	}
	was, is, err := p.answer(proof)
	if err != nil {
		return err
	}
	if r := h.Role(); r != nil && was != nil {
		for _, n := range edit.Required(p.After, r, was, is) {
			proof.Required = append(proof.Required, Required{n.For, n.Actions, n.AnyOf, n.Resource, len(n.Lost) == 0, n.Lost})
		}
	}
	p.hits(h, proof)
	proof.ToFill = slices.DeleteFunc(ToFill(p.After, h), func(s string) bool { return s == "" })
	if boundary != "" && h.Boundary != nil && h.Boundary.Document != nil {
		proof.Boundary = &Wall{File: p.file(boundary), Cuts: "unknown", Loose: h.Boundary.Loose}
		program, err := stack(h.Boundary.Document)
		if err != nil {
			return err
		}
		within := &policy.Stack{Identity: is.Identity, Boundary: program.Identity}
		switch is.Within(within).Answer {
		case policy.Yes:
			proof.Boundary.Cuts = "no"
		case policy.No:
			proof.Boundary.Cuts = "yes"
		case policy.Unknown:
		}
	}
	data, err := json.MarshalIndent(proof, "", "  ")
	if err != nil {
		return fmt.Errorf("print the proof of %s: %w", h.ID, err)
	}
	p.Files[h.Name+".proof.json"] = append(data, '\n')
	return nil
}

// attached are the groups, policies and boundary of a role, user or group.
func attached(e model.Element) (groups, policies []model.ID, boundary model.ID) {
	switch e := e.(type) {
	case *model.Role:
		return nil, e.Policies, e.Boundary
	case *model.Principal:
		return e.Groups, e.Policies, e.Boundary
	default:
		return nil, nil, ""
	}
}

// file is a file that was made, with its digest.
func (p *Proving) file(name string) File {
	sum := sha256.Sum256(p.Files[name])
	return File{name, hex.EncodeToString(sum[:])}
}

// add prints a document into a file.
func (p *Proving) add(name string, d *policy.Document) (File, error) {
	data, err := d.Format()
	if err != nil {
		return File{}, fmt.Errorf("print %s: %w", name, err)
	}
	p.Files[name] = data
	return p.file(name), nil
}

// ofAWS is the file of a policy of AWS's own, as the catalogue knows it.
func (p *Proving) ofAWS(d *model.Policy) (File, error) {
	name := "aws/" + path.Base(d.ARN) + ".json"
	if p.Files[name] != nil {
		return p.file(name), nil
	}
	return p.add(name, d.Document)
}

func (p *Proving) bound(d *model.Design, id model.ID, name string) ([]File, error) {
	b := d.Policy(id)
	if b == nil || b.Document == nil {
		return nil, nil
	}
	f, err := p.add(name, b.Document)
	return []File{f}, err
}

// before writes down all that the holder was allowed, or the roles of the functions that its functions were part of; nil
// where there were none.
func (p *Proving) before(h *Holder) (*Documents, error) {
	var was []model.Element
	if e := p.Before.Element(h.ID); e != nil {
		was = append(was, e)
	} else {
		at := map[any]bool{}
		for _, f := range p.After.Functions() {
			if f.Role == h.ID && !f.Origin.IsZero() {
				at[f.Origin] = true
			}
		}
		for _, f := range p.Before.Functions() {
			if r := p.Before.Role(f.Role); at[f.Origin] && r != nil && !slices.Contains(was, model.Element(r)) {
				was = append(was, r)
			}
		}
	}
	if len(was) == 0 {
		return nil, nil
	}
	out := &Documents{Identity: []File{}}
	var docs []*policy.Document
	for _, e := range was {
		out.Of = append(out.Of, e.ElementID())
		_, ids, bound := attached(e)
		docs = append(docs, p.Before.Documents(ids)...)
		if len(was) == 1 { // of several, which bounds which is not said: the proof is about what their policies allow
			var err error
			if out.Boundary, err = p.bound(p.Before, bound, "before/"+h.Name+".boundary.json"); err != nil {
				return nil, err
			}
		}
	}
	for i, d := range join(docs) {
		name := "before/" + h.Name + ".json"
		if i > 0 {
			name = fmt.Sprintf("before/%s-%d.json", h.Name, i+1)
		}
		f, err := p.add(name, Tidy(d))
		if err != nil {
			return nil, err
		}
		out.Identity = append(out.Identity, f)
	}
	return out, nil
}

// answer works the answer out, from the files as they are written.
func (p *Proving) answer(proof *Proof) (was, is *policy.Stack, err error) {
	read := func(f File) ([]byte, error) { return p.Files[f.Path], nil }
	if is, err = compile(proof.After, read); err != nil {
		return nil, nil, err
	}
	if proof.Before == nil {
		proof.Within = Within{Answer: answerNew, Why: "it has no counterpart in the design before"}
		return nil, is, nil
	}
	if was, err = compile(proof.Before, read); err != nil {
		return nil, nil, err
	}
	proof.Within = compare(is, was)
	return was, is, nil
}

func compare(after, before *policy.Stack) Within {
	v := after.Within(before)
	w := Within{Answer: v.Answer.String(), Note: v.Note}
	if v.Answer != policy.Yes {
		w.Why = v.Why
	}
	return w
}

// compile reads the documents of one side.
func compile(d *Documents, read func(File) ([]byte, error)) (*policy.Stack, error) {
	parse := func(files []File) ([]*policy.Document, error) {
		var docs []*policy.Document
		for _, f := range files {
			data, err := read(f)
			if err != nil {
				return nil, err
			}
			doc, err := policy.Parse(data)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Path, err)
			}
			docs = append(docs, doc)
		}
		return docs, nil
	}
	docs, err := parse(d.Identity)
	if err != nil {
		return nil, err
	}
	s, err := stack(docs...)
	if err != nil {
		return nil, err
	}
	if len(d.Boundary) > 0 {
		docs, err := parse(d.Boundary)
		if err != nil {
			return nil, err
		}
		bound, err := stack(docs...)
		if err != nil {
			return nil, err
		}
		s.Boundary = bound.Identity
	}
	return s, nil
}

// hits adds what breaches of the holder's functions reach more and less.
func (p *Proving) hits(h *Holder, proof *Proof) {
	if p.Comparison == nil {
		return
	}
	whole := map[model.ID]model.ID{} // part → what it was part of
	for f, parts := range p.Comparison.Parts {
		for _, part := range parts {
			whole[part] = f
		}
	}
	for _, f := range p.After.Functions() {
		if f.Role != h.ID {
			continue
		}
		was := f.ID
		if p.Before.Function(f.ID) == nil {
			was = whole[f.ID]
		}
		added, removed := p.Comparison.Between(was, f.ID)
		for _, c := range added {
			proof.HitsAdded = append(proof.HitsAdded, Hit{c.From, c.Target, c.Capability.String()})
		}
		for _, c := range removed {
			proof.HitsRemoved = append(proof.HitsRemoved, Hit{c.From, c.Target, c.Capability.String()})
		}
	}
}

// ToFill lists what stands in a holder's documents for what the source does not tell: the names that AWS generates, values
// that nobody gave, and the account that stands for one that is not known.
func ToFill(d *model.Design, h *Holder) []string { return toFill(d, h.ARN(), h.Own...) }

// toFill lists what an ARN and documents leave to fill.
func toFill(d *model.Design, arn string, docs ...*policy.Document) []string {
	found := map[string]bool{}
	note := func(s string) {
		for _, f := range fills(s) {
			found[f] = true
		}
		if strings.Contains(s, placeholderAccount) && d.Info().Kind != "account" {
			found[placeholderAccount] = true
		}
	}
	note(arn)
	for _, doc := range docs {
		for s := range doc.Texts() {
			note(s)
		}
	}
	return sorted(found)
}

// ErrDigest says that a file is not the one that a proof is about.
var ErrDigest = errors.New("it changed since the proof was made")

// maxProof is the largest file that Verify reads, in bytes.
const maxProof = 64 << 20

// Verify works a proof out again from its files alone. said is the answer that it holds, again the one found now. An error
// says which file is missing, changed or no policy.
func Verify(fsys fs.FS, name string) (said, again Within, err error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return said, again, err
	}
	var proof Proof
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&proof); err != nil {
		return said, again, fmt.Errorf("%s is no proof: %w", name, err)
	}
	switch {
	case proof.Version == "" || proof.After == nil:
		return said, again, fmt.Errorf(`%s is no proof: it does not say "bulkhead": %q`, name, proofVersion)
	case proof.Version != proofVersion:
		return said, again, fmt.Errorf("%s is a %q, and this program reads %q: use a newer one", name, proof.Version, proofVersion)
	}
	read := func(f File) ([]byte, error) {
		data, err := readFile(fsys, path.Join(path.Dir(name), f.Path))
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
			return nil, fmt.Errorf("%s: %w", f.Path, ErrDigest)
		}
		return data, nil
	}
	is, err := compile(proof.After, read)
	if err != nil {
		return said, again, err
	}
	if proof.Before == nil {
		return proof.Within, Within{Answer: answerNew, Why: "it has no counterpart in the design before"}, nil
	}
	was, err := compile(proof.Before, read)
	if err != nil {
		return said, again, err
	}
	return proof.Within, compare(is, was), nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxProof {
		return nil, fmt.Errorf("%s is larger than %d MB", name, maxProof>>20)
	}
	return fs.ReadFile(fsys, name)
}
