package edit

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// ExpandActions lists the actions that patterns such as "s3:Get*" stand for, sorted, in AWS's spelling.
func ExpandActions(patterns ...string) []string {
	var out []string
	for _, p := range patterns {
		for _, a := range catalog.Load().Expand(p) {
			if !slices.Contains(out, a.String()) {
				out = append(out, a.String())
			}
		}
	}
	slices.Sort(out)
	return out
}

// NarrowToDesign suggests to name, in the place of a statement's wildcards, the design's own resources that its
// actions work on; nil where there is no wildcard, no such resource, or nothing to edit. It claims no need: it
// says what of the design the statement reaches. What execution policies are for is known better: see Needed. Where that is
// more than a role's policies may hold, as of an administrator of a whole account, nothing comes back.
func NarrowToDesign(d *model.Design, role, pol model.ID, index int) *Tighten {
	h, err := findHolder(d, role)
	if err != nil {
		return nil
	}
	p, err := findPolicy(d, h, pol)
	if err != nil || p.Document == nil || isExecution(p) || isAWSManaged(p) && d.Role(h.element.ElementID()) == nil || index < 0 || index >= len(p.Document.Statements) {
		return nil
	}
	s := p.Document.Statements[index]
	if s.Effect != policy.Allow || s.NotResource || s.NotAction {
		return nil
	}
	var resources []string
	narrower, written := false, 0
	for _, r := range s.Resources {
		if word := spell(d, r); word != r || !strings.ContainsAny(r, "*?") { // an element of the design, or what is in it
			resources = appendNew(resources, word)
			continue
		}
		own, length := ownWithin(d, s.Actions, r)
		if written += length; written > mostWritten {
			return nil
		}
		if len(own) != 1 || own[0] != spell(d, r) {
			narrower = true
		}
		for _, o := range own {
			resources = appendNew(resources, o)
		}
	}
	if !narrower || len(resources) == 0 {
		return nil
	}
	return &Tighten{Role: role, Policy: p.ID, Statement: Ref(p.Document, index), Resources: resources}
}

// Needed suggests to put in the place of a role's execution policies, which AWS wrote for every function of their sort,
// what the triggers, the log and the configuration of its functions need of them: at once where the transform makes the
// role, policy by policy where it stands in the source. Nothing comes back where nothing would be narrower.
func Needed(d *model.Design, id model.ID) []Edit {
	role := d.Role(id)
	if role == nil {
		return nil
	}
	i := slices.IndexFunc(d.Functions(), func(f *model.Function) bool { return f.Role == id && (!role.Implicit || f.Origin == role.Origin) })
	if i < 0 {
		return nil
	}
	var of []model.ID
	for _, q := range role.Policies {
		if p := d.Policy(q); p != nil && p.Document != nil && isExecution(p) && (!role.Implicit || implied(role, p)) {
			of = append(of, q)
		}
	}
	if role.Implicit {
		if part := needed(d, role, of, except(role.Policies, of)); len(part.of) == 0 {
			return nil
		}
		return []Edit{&OwnRole{Function: d.Functions()[i].ID, Needs: true}}
	}
	var out []Edit
	for _, q := range of {
		if part := needed(d, role, []model.ID{q}, except(role.Policies, []model.ID{q})); len(part.of) > 0 {
			out = append(out, &ReplaceManaged{Role: id, ARN: d.Policy(q).ARN, Needs: true})
		}
	}
	return out
}

// OwnRoleOf is the edit that gives the function that the transform makes a role for one of its own, with what it needs
// where that is less; nil for roles that stand in the source, or are made for something else.
func OwnRoleOf(d *model.Design, role model.ID) *OwnRole {
	for _, e := range Needed(d, role) {
		if own, ok := e.(*OwnRole); ok {
			return own
		}
	}
	r := d.Role(role)
	if r == nil || !r.Implicit {
		return nil
	}
	for _, f := range d.Functions() {
		if f.Role == role && f.Origin == r.Origin {
			return &OwnRole{Function: f.ID}
		}
	}
	return nil
}

// NeededActions lists what the triggers, the log and the configuration of a role's functions use of a managed policy.
func NeededActions(d *model.Design, role, pol model.ID) []string {
	r, p := d.Role(role), d.Policy(pol)
	if r == nil || p == nil || p.Document == nil {
		return nil
	}
	var out []string
	for _, x := range used(d, r, []model.ID{pol}, nil).pieces {
		for _, a := range x.Actions {
			out = appendNew(out, a)
		}
	}
	return out
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// ownWithin lists the design's own resources within an ARN pattern that the actions work on, as a script names
// them: with a part ("res/Photos/*") where some action is for what is inside only.
// length is how many characters their ARNs have.
func ownWithin(d *model.Design, actions []string, pattern string) (out []string, length int) {
	forms := byService(formsOf(actions))
	literal, _, _ := strings.Cut(strings.ReplaceAll(pattern, "?", "*"), "*")
	for _, e := range d.Elements() {
		arn := model.ARN(e)
		if arn == "" || !strings.HasPrefix(arn, literal) && !strings.HasPrefix(literal, arn) || len(forms.of(field(arn, 2))) == 0 {
			continue // of a whole account that is nearly all, found out for little
		}
		if p, ok := e.(*model.Policy); ok && isAWSManaged(p) {
			continue
		}
		parts := map[string]bool{}
		for _, shapes := range forms.of(field(arn, 2)) {
			own := map[string]bool{}
			for _, sh := range shapes {
				if part, ok := sh.of(arn); ok && policy.Covers(pattern, arn+part) {
					own[part] = true
				}
			}
			if own[""] {
				own = map[string]bool{"": true} // what is inside may do as well, but is not all
			}
			for part := range own {
				parts[part] = true
			}
		}
		for _, part := range sortedKeys(parts) {
			out = append(out, string(e.ElementID())+part)
			length += len(arn) + len(part)
		}
	}
	return out, length
}

// mostWritten is how many characters the inline policies of a role may have together (IAM User Guide, "IAM and AWS STS quotas":
// 10,240; those of a user 2,048, of a group 5,120, a managed policy 6,144).
const mostWritten = 10_240

// byService sorts the forms of actions by the service whose ARNs they fit.
func byService(forms [][]shape) *servicedForms {
	return &servicedForms{all: forms, fit: map[string][][]shape{}}
}

// servicedForms are forms of which an element needs to be held against those of its service alone.
type servicedForms struct {
	all [][]shape
	fit map[string][][]shape
}

// of is the forms of a service, and of those that leave it open.
func (f *servicedForms) of(service string) [][]shape {
	out, ok := f.fit[service]
	if ok {
		return out
	}
	for _, shapes := range f.all {
		var fit []shape
		for _, sh := range shapes {
			if sh.service == "" || sh.service == service {
				fit = append(fit, sh)
			}
		}
		if len(fit) > 0 {
			out = append(out, fit)
		}
	}
	f.fit[service] = out
	return out
}

// A shape is the form of the ARNs of a resource type: fields and separators, with a hole for each variable.
type shape struct {
	service string   // field of the ARN
	pieces  []string // texts between the holes
	inner   bool     // another type of the service continues it: the last hole ends at a slash
}

// formsOf lists the forms of what the actions work on, action by action, each set of forms once.
func formsOf(actions []string) [][]shape {
	c := catalog.Load()
	seen := map[string]bool{}
	var out [][]shape
	for _, pattern := range actions {
		for _, a := range c.Expand(pattern) {
			var arns []string
			for _, t := range a.Resources {
				arns = append(arns, t.ARNs...)
			}
			key := strings.Join(arns, " ")
			if len(arns) == 0 || seen[key] {
				continue
			}
			seen[key] = true
			var shapes []shape
			for _, arn := range arns {
				inner := false
				for _, o := range c.ResourceTypes(a.Service) {
					for _, other := range o.ARNs {
						inner = inner || strings.HasPrefix(other, arn+"/")
					}
				}
				shapes = append(shapes, shape{service: field(arn, 2), pieces: holes(arn), inner: inner})
			}
			out = append(out, shapes)
		}
	}
	return out
}

// holes cuts an ARN template at its variables.
func holes(arn string) []string {
	var out []string
	for {
		text, rest, ok := strings.Cut(arn, "${")
		out = append(out, text)
		if !ok {
			return out
		}
		_, arn, _ = strings.Cut(rest, "}")
	}
}

// field is the text between the i-th colon and the next.
func field(arn string, i int) string {
	for range i {
		_, arn, _ = strings.Cut(arn, ":")
	}
	text, _, _ := strings.Cut(arn, ":")
	return text
}

// of reports whether an element's ARN is of the shape, or has parts of it: "" or "/*" or ":*" comes back as the
// part to name.
func (s shape) of(arn string) (part string, ok bool) {
	if s.service != "" && s.service != field(arn, 2) {
		return "", false
	}
	if s.match(arn) {
		return "", true
	}
	for _, sep := range []string{"/", ":"} {
		if s.match(arn+sep+"GENERATED") || s.deeper(arn+sep) {
			return sep + "*", true
		}
	}
	return "", false
}

// match reports whether a text fills the holes. A hole takes no colon; nor a slash, where what follows a slash is
// another type.
func (s shape) match(text string) bool {
	rest, ok := strings.CutPrefix(text, s.pieces[0])
	if !ok {
		return false
	}
	for i, piece := range s.pieces[1:] {
		last := i == len(s.pieces)-2
		if last && piece == "" {
			return !strings.Contains(rest, ":") && (!s.inner || !strings.Contains(rest, "/"))
		}
		at := strings.Index(rest, piece)
		if piece == "" || at < 0 || strings.Contains(rest[:at], ":") || strings.Contains(rest[:at], "/") && piece[0] == '/' {
			return false
		}
		rest = rest[at+len(piece):]
		if last {
			return rest == ""
		}
	}
	return rest == ""
}

// deeper reports whether ARNs of the shape begin with a text that ends at a separator, such as a log group's with
// its streams.
func (s shape) deeper(text string) bool {
	for n := 1; n <= len(s.pieces); n++ {
		head := shape{pieces: append(slices.Clone(s.pieces[:n]), ""), inner: true}
		tail := ""
		if n < len(s.pieces) {
			tail = s.pieces[n]
		}
		// The text up to its last separator fills the first n holes, and the separator begins what follows.
		if n < len(s.pieces) && tail != "" && tail[0] == text[len(text)-1] && head.match(text[:len(text)-1]) {
			return true
		}
	}
	return false
}

// reaches reports whether an action works on some of the resource patterns; true where the catalogue does not know
// it.
func reaches(action string, resources []string) bool {
	known := catalog.Load().Expand(action)
	if len(known) == 0 {
		return true
	}
	for _, a := range known {
		if len(a.Resources) == 0 {
			if slices.Contains(resources, "*") {
				return true
			}
			continue
		}
		for _, t := range a.Resources {
			for _, arn := range t.ARNs {
				glob := strings.Join(holes(arn), "*")
				for _, r := range resources {
					if _, meets := policy.Overlap(glob, r); meets || strings.Contains(r, "${") {
						return true
					}
				}
			}
		}
	}
	return false
}

// worksOn says what an action is for.
func worksOn(action string) string {
	var names []string
	for _, a := range catalog.Load().Expand(action) {
		for _, t := range a.Resources {
			for _, arn := range t.ARNs {
				names = appendNew(names, arn)
			}
		}
	}
	if len(names) == 0 {
		return "*"
	}
	if len(names) > 2 {
		names = names[:2]
	}
	return strings.Join(names, ", ")
}
