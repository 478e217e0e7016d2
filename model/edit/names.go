package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A holder is what policies are attached to: a role, or a user or group of an account.
type holder struct {
	element  model.Element
	name     string // for people
	arn      string
	policies []model.ID
	boundary model.ID
}

// findHolder returns the role, user or group that a script means.
func findHolder(d *model.Design, name model.ID) (*holder, error) {
	switch e := d.Find(string(name)).(type) {
	case *model.Role:
		return holderOf(e), nil
	case *model.Principal:
		return holderOf(e), nil
	case *model.Function:
		// A name that fits a function first may still be a role's.
		if r := d.Role(e.Role); r != nil && r.LogicalID == string(name) {
			return holderOf(r), nil
		}
		return nil, fmt.Errorf("%s is a function; its role is %s", name, e.Role)
	case nil:
		return nil, fmt.Errorf("there is no role %s", name)
	default:
		return nil, fmt.Errorf("%s is not a role", name)
	}
}

func holderOf(e model.Element) *holder {
	switch e := e.(type) {
	case *model.Role:
		return &holder{element: e, name: firstOf(e.LogicalID, e.Name, short(e.ID)), arn: e.ARN, policies: e.Policies, boundary: e.Boundary}
	case *model.Principal:
		return &holder{element: e, name: firstOf(e.Name, short(e.ID)), arn: e.ARN, policies: e.Policies, boundary: e.Boundary}
	}
	return nil
}

// with is the holder's element with other policies.
func (h *holder) with(policies []model.ID) model.Element {
	switch e := h.element.(type) {
	case *model.Role:
		n := *e
		n.Policies = policies
		return &n
	case *model.Principal:
		n := *e
		n.Policies = policies
		return &n
	}
	return nil
}

// holders lists everything that a policy is attached to, in source order.
func holders(d *model.Design, id model.ID) []*holder {
	var out []*holder
	for _, e := range d.Elements() {
		if h := holderOf(e); h != nil && slices.Contains(h.policies, id) {
			out = append(out, h)
		}
	}
	return out
}

// A bearer is somebody on whose stack a policy lies, and where it does.
type bearer struct {
	*holder
	attached bool
	bounds   bool     // it is the permissions boundary
	through  []string // groups that a user is in
}

// bearers lists everybody on whose stack a policy lies, in source order: whom it is attached to, whose permissions
// boundary it is, and who is in a group that it is attached to.
func bearers(d *model.Design, id model.ID) []*bearer {
	var out []*bearer
	for _, e := range d.Elements() {
		h := holderOf(e)
		if h == nil {
			continue
		}
		b := &bearer{holder: h, attached: slices.Contains(h.policies, id), bounds: h.boundary == id}
		if p, ok := e.(*model.Principal); ok {
			for _, g := range p.Groups {
				if group := d.Principal(g); group != nil && slices.Contains(group.Policies, id) {
					b.through = append(b.through, firstOf(group.Name, short(group.ID)))
				}
			}
		}
		if b.attached || b.bounds || len(b.through) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// findPolicy returns the policy of h that a script means: by id, name, logical id or ARN; "" where there is one
// only that can be edited.
func findPolicy(d *model.Design, h *holder, name model.ID) (*model.Policy, error) {
	var fit []*model.Policy
	for _, id := range h.policies {
		p := d.Policy(id)
		switch {
		case p == nil:
		case name == "":
			if p.Document != nil && !isAWSManaged(p) {
				fit = append(fit, p)
			}
		case p.ID == name:
			return p, nil
		case string(name) == p.Name || string(name) == p.LogicalID || string(name) == p.ARN:
			fit = append(fit, p)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1 && name == "":
		return nil, fmt.Errorf("%s has %d policies: say which with \"policy\"", h.name, len(fit))
	case len(fit) > 1:
		return nil, fmt.Errorf("%s has several policies called %s: use the id", h.name, name)
	case name == "":
		return nil, fmt.Errorf("%s has no policy that can be edited", h.name)
	}
	return nil, fmt.Errorf("%s has no policy %s; it has %s", h.name, name, listIDs(h.policies))
}

// isAWSManaged reports whether AWS wrote the policy: it can be replaced, not edited.
func isAWSManaged(p *model.Policy) bool {
	return p.Managed && strings.Contains(p.ARN, ":iam::aws:policy/")
}

func listIDs(ids []model.ID) string {
	if len(ids) == 0 {
		return "none"
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	return and(names)
}

func firstOf(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}

// find returns the index of the statement that r means in a document as it is now.
func (r StatementRef) find(doc *policy.Document) (int, error) {
	at := -1
	switch {
	case r.Sid != "":
		at = slices.IndexFunc(doc.Statements, func(s *policy.Statement) bool { return s.Sid == r.Sid })
		if at < 0 {
			return 0, fmt.Errorf("there is no statement %s any more; there are %s", r.Sid, describeStatements(doc))
		}
	case r.Index != nil && *r.Index >= 0 && *r.Index < len(doc.Statements):
		at = *r.Index
	case r.Index != nil && r.Hash == "":
		return 0, fmt.Errorf("there is no statement %d; there are %s", *r.Index+1, describeStatements(doc))
	case r.Index == nil && r.Hash == "":
		if len(doc.Statements) == 1 {
			return 0, nil
		}
		return 0, fmt.Errorf("say which statement by sid, index or hash; there are %s", describeStatements(doc))
	}
	if r.Hash == "" || at >= 0 && doc.Statements[at].Hash() == r.Hash {
		return at, nil
	}
	// It may have moved: the hash says what it was, wherever it stands now.
	var same []int
	for i, s := range doc.Statements {
		if s.Hash() == r.Hash {
			same = append(same, i)
		}
	}
	if len(same) == 1 {
		return same[0], nil
	}
	if at >= 0 {
		return 0, fmt.Errorf("%s changed since the edit was made (it was %s, is %s): it says now %q", r, r.Hash, doc.Statements[at].Hash(), describe(doc.Statements[at]))
	}
	return 0, fmt.Errorf("no statement with hash %s is there any more; there are %s", r.Hash, describeStatements(doc))
}

// Ref is how a script addresses a statement of a document.
func Ref(doc *policy.Document, index int) StatementRef {
	s := doc.Statements[index]
	if s.Sid != "" {
		return StatementRef{Sid: s.Sid, Hash: s.Hash()}
	}
	return StatementRef{Index: &index, Hash: s.Hash()}
}

func describeStatements(doc *policy.Document) string {
	var out []string
	for i, s := range doc.Statements {
		if s.Sid != "" {
			out = append(out, s.Sid)
		} else {
			out = append(out, fmt.Sprintf("statement %d (%s)", i+1, s.Hash()))
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return and(out)
}

// describe says a statement in a few words: "Allow s3:GetObject on arn:…".
func describe(s *policy.Statement) string {
	list := func(items []string, not bool) string {
		text := strings.Join(items, ", ")
		if len(items) > 3 {
			text = strings.Join(items[:3], ", ") + fmt.Sprintf(" and %d more", len(items)-3)
		}
		if not {
			return "all but " + text
		}
		return text
	}
	text := s.Effect.String() + " " + list(s.Actions, s.NotAction)
	if len(s.Resources) > 0 {
		text += " on " + list(s.Resources, s.NotResource)
	}
	if len(s.Conditions) > 0 {
		text += " under " + count(len(s.Conditions), "condition")
	}
	return text
}

// target is the ARN pattern that a script's resource stands for: "res/Orders" and "res/Photos/thumbs/*" are an
// element and a part of it, anything with a colon at its third place ("arn:"), a wildcard in front or a token is
// taken as it is.
func target(d *model.Design, name string) (string, error) {
	if strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "*") || strings.HasPrefix(name, "${") {
		return name, nil
	}
	e, part := element(d, name)
	if e == nil {
		return "", fmt.Errorf("there is no resource %s (an id such as res/Orders, an ARN, or *)", name)
	}
	arn := model.ARN(e)
	if arn == "" {
		return "", fmt.Errorf("%s has no ARN that a policy could name", name)
	}
	return arn + part, nil
}

// element finds the element that name begins with, and what follows it from the slash or colon on. Ids may hold
// slashes: the longest that fits wins.
func element(d *model.Design, name string) (model.Element, string) {
	for end := len(name); end > 0; {
		if e := d.Element(model.ID(name[:end])); e != nil {
			return e, name[end:]
		}
		end = strings.LastIndexAny(name[:end], "/:")
	}
	return nil, ""
}

func targets(d *model.Design, names []string) ([]string, error) {
	out := make([]string, 0, len(names))
	for _, n := range names {
		arn, err := target(d, n)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, arn) {
			out = append(out, arn)
		}
	}
	return out, nil
}

// spell is the shortest way to write an ARN pattern in a script: the id of the element it names, with the part.
func spell(d *model.Design, arn string) string {
	var best model.Element
	for _, e := range d.Elements() {
		a := model.ARN(e)
		if a == "" || !strings.HasPrefix(arn, a) || best != nil && len(model.ARN(best)) >= len(a) {
			continue
		}
		if rest := arn[len(a):]; rest == "" || rest[0] == '/' || rest[0] == ':' {
			best = e
		}
	}
	if best == nil {
		return arn
	}
	return string(best.ElementID()) + arn[len(model.ARN(best)):]
}

// called is what people call an ARN: the name of the element, else the ARN itself.
func called(d *model.Design, arn string) string {
	name := spell(d, arn)
	if name == arn {
		return arn
	}
	return short(model.ID(name))
}
