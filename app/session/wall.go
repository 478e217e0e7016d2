package session

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
)

// WallEdits are the edits that take a wall's statements away, in the order of the wall: of AWS's own policies, one for each
// role that has them. rest are statements that no edit takes away: what resources, functions and roles say of who may use
// them is changed in the source.
func WallEdits(d *model.Design, w *reach.Wall) (edits []edit.Edit, rest []reach.Evidence) {
	for _, e := range w.Statements {
		p := d.Policy(e.Policy)
		if e.Layer != policy.LayerIdentity || p == nil || p.Document == nil || e.Statement >= len(p.Document.Statements) {
			rest = append(rest, e)
			continue
		}
		have := havers(d, p.ID)
		switch {
		case awsOwn(p) || len(have) == 0:
		case slices.Contains(have, e.By):
			have = []model.ID{e.By}
		default:
			have = have[:1]
		}
		if len(have) == 0 {
			rest = append(rest, e)
			continue
		}
		for _, id := range have {
			edits = append(edits, &edit.Tighten{Role: id, Policy: p.ID, Statement: edit.Ref(p.Document, e.Statement), Drop: true})
		}
	}
	return edits, rest
}

// awsOwn reports whether AWS wrote a policy, so that an edit puts another in its place, of one role.
func awsOwn(p *model.Policy) bool { return p.Managed && strings.Contains(p.ARN, ":iam::aws:policy/") }

// havers are the roles, users and groups that a policy is attached to.
func havers(d *model.Design, policy model.ID) []model.ID {
	var out []model.ID
	for _, r := range d.Roles() {
		if slices.Contains(r.Policies, policy) {
			out = append(out, r.ID)
		}
	}
	for _, p := range d.Principals() {
		if slices.Contains(p.Policies, policy) {
			out = append(out, p.ID)
		}
	}
	return out
}
