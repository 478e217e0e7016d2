// Package export makes a design's policies ready to live in a repository: the least text that means the same, in sizes that
// AWS takes, with the walls that hold it and the proof that it allows nothing new.
//
//	Design --Policies--> []Holder{Inline, Managed, Boundary} --render/code--> CloudFormation, CDK, Terraform …
//	(Design, Design') --Prove--> Proof --Verify--> the same answer, from the files alone
package export

import (
	"slices"
	"strconv"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A Holder is a role, user or group with the policies that are exported for it.
type Holder struct {
	ID       model.ID
	Name     string // as a file name on every system, and unique in the export
	Element  model.Element
	Attached []string           // ARNs of AWS's own managed policies, which stay attached
	Own      []*policy.Document // all of its own statements; two where some are of a Version without policy variables
	Inline   []*policy.Document // Own, where there is room for it in line
	Managed  []*policy.Document // Own in parts, where there is not; one managed policy each
	Boundary *Boundary          // nil where none was asked for
	Notes    []string           // what AWS would not take as it is, a sentence each
}

// Role is the role that holds the policies, nil for a user or group.
func (h *Holder) Role() *model.Role {
	r, _ := h.Element.(*model.Role)
	return r
}

// ARN of the holder.
func (h *Holder) ARN() string { return model.ARN(h.Element) }

// Options say what is made beside the policies.
type Options struct {
	Boundaries bool // a permissions boundary for each role
}

// Policies lists what is exported of a design, in its order: roles whose policies were seen, then users and groups. Statements
// are the holder's own, inline and customer-managed, with the least text that means the same.
func Policies(d *model.Design, o Options) ([]*Holder, error) {
	var out []*Holder
	names := Names(d)
	add := func(e model.Element, t policy.Type, ids []model.ID) {
		h := &Holder{ID: e.ElementID(), Element: e, Name: names[e.ElementID()]}
		for _, id := range ids {
			if p := d.Policy(id); p != nil && isAWS(p) {
				h.Attached = append(h.Attached, p.ARN)
			}
		}
		for _, doc := range ownDocuments(d, ids) {
			h.Own = append(h.Own, Tidy(doc))
		}
		h.fit(t)
		out = append(out, h)
	}
	for _, r := range d.Roles() {
		if !exported(r) {
			continue
		}
		add(r, policy.RoleInline, r.Policies)
	}
	for _, p := range d.Principals() {
		t := policy.UserInline
		if p.Kind == model.Group {
			t = policy.GroupInline
		}
		add(p, t, p.Policies)
	}
	if o.Boundaries {
		for _, h := range out {
			if h.Role() == nil {
				continue
			}
			var err error
			if h.Boundary, err = boundaryOf(d, h.Role()); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// exported reports whether a role's policies are the design's to write.
func exported(r *model.Role) bool { return !r.External && !r.ServiceLinked }

// Names are what roles, users and groups that are exported are called as files.
func Names(d *model.Design) map[model.ID]string {
	taken := map[string]bool{}
	out := map[model.ID]string{}
	for _, r := range d.Roles() {
		if exported(r) {
			out[r.ID] = fileName(r.LogicalID, r.Name, taken)
		}
	}
	for _, p := range d.Principals() {
		out[p.ID] = fileName(p.LogicalID, p.Name, taken)
	}
	return out
}

// isAWS reports whether AWS wrote a policy and keeps it.
func isAWS(p *model.Policy) bool { return p.Managed && strings.Contains(p.ARN, ":iam::aws:policy/") }

// fileName is a name that every system takes for a file, and that is not taken yet, whatever the case.
func fileName(logicalID, name string, taken map[string]bool) string {
	if logicalID == "" {
		logicalID = name
	}
	base := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("+=,.@-_", c) {
			return c
		}
		return '_'
	}, logicalID)
	out := base
	for n := 2; taken[strings.ToLower(out)]; n++ {
		out = base + "_" + strconv.Itoa(n)
	}
	taken[strings.ToLower(out)] = true
	return out
}

const current = "2012-10-17"

// ownDocuments joins the documents of a holder's own policies. There are two where some were written for the old
// version, which has no policy variables, and hold what would be one.
func ownDocuments(d *model.Design, ids []model.ID) []*policy.Document {
	var docs []*policy.Document
	for _, id := range ids {
		if p := d.Policy(id); p != nil && p.Document != nil && !isAWS(p) {
			docs = append(docs, p.Document)
		}
	}
	return join(docs)
}

// join is documents as one for each version that they need.
func join(docs []*policy.Document) []*policy.Document {
	var out []*policy.Document
	byVersion := map[string]*policy.Document{}
	for _, p := range docs {
		version := p.Version
		if version != current && !hasVariables(p) {
			version = current
		}
		doc := byVersion[version]
		if doc == nil {
			doc = &policy.Document{Version: version}
			byVersion[version] = doc
			out = append(out, doc)
		}
		for _, st := range p.Statements {
			if st.Sid != "" && slices.ContainsFunc(doc.Statements, func(o *policy.Statement) bool { return o.Sid == st.Sid }) {
				c := *st
				c.Sid = "" // a Sid stands once in a document
				st = &c
			}
			doc.Statements = append(doc.Statements, st)
		}
	}
	return slices.DeleteFunc(out, func(d *policy.Document) bool { return len(d.Statements) == 0 })
}

func hasVariables(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(st *policy.Statement) bool {
		has := func(s string) bool { return strings.Contains(s, "${") }
		return slices.ContainsFunc(st.Resources, has) || slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return slices.ContainsFunc(c.Values, has) })
	})
}
