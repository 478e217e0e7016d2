package account

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// reader collects the elements of one file.
type reader struct {
	file        string
	data        []byte
	info        model.Info
	elements    []model.Element
	byID        map[model.ID]model.Element
	sends       map[model.ID]bool   // buckets whose events go to EventBridge
	groups      map[string]model.ID // by account and name
	byARN       map[string]model.ID // functions, roles, users, groups, policies, resources
	diagnostics []source.Diagnostic // of the reader's own
	review      review
}

func newReader(file string, data []byte, ds []source.Diagnostic) *reader {
	return &reader{file: file, data: data, diagnostics: ds, byID: map[model.ID]model.Element{}, groups: map[string]model.ID{}, sends: map[model.ID]bool{}, byARN: map[string]model.ID{}}
}

func (r *reader) report(s source.Severity, at source.Span, summary, detail string) {
	r.diagnostics = append(r.diagnostics, source.Diagnostic{Severity: s, Span: at, Summary: summary, Detail: detail})
}

// add keeps an element; a second one of the same id is left out and reported.
func (r *reader) add(e model.Element, arn string) bool {
	id := e.ElementID()
	if r.byID[id] != nil {
		r.report(source.Warning, e.Place(), fmt.Sprintf("%s is there twice", id), "the second one is left out")
		return false
	}
	r.byID[id] = e
	r.elements = append(r.elements, e)
	if arn != "" {
		r.byARN[arn] = id
	}
	return true
}

// account reads a whole file.
func (r *reader) account(root *yamlpos.Node, o importers.Options) {
	root = root.Resolve()
	whole := root.Get("authorizationDetails") != nil || root.Get("bulkhead") != nil
	r.hold(root, snapshot, "")
	listed, path := root, ""
	if d := root.Get("authorizationDetails"); d != nil {
		listed, path = d, "authorizationDetails"
	}
	r.hold(listed, details, path)
	r.info.Partition = cmp.Or(o.Partition, "aws")
	r.info.Account = text(root.Get("account"))
	if regions := items(root.Get("regions")); len(regions) > 0 {
		r.info.Region = text(regions[0])
	}

	r.managed(items(listed.Get("Policies")))
	for _, n := range items(listed.Get("RoleDetailList")) {
		r.role(n)
	}
	for _, n := range items(listed.Get("GroupDetailList")) {
		r.group(n)
	}
	for _, n := range items(listed.Get("UserDetailList")) {
		r.user(n)
	}
	for _, n := range items(root.Get("resources")) {
		r.resource(n)
	}
	for _, n := range items(root.Get("functions")) {
		r.function(n)
	}
	for _, n := range items(root.Get("eventInvokeConfigs")) {
		r.destinations(n)
	}
	for _, n := range items(root.Get("resourcePolicies")) {
		r.resourcePolicy(n)
	}
	for _, n := range items(root.Get("resources")) {
		r.accessControlList(n)
	}
	for _, n := range items(root.Get("keyGrants")) {
		r.keyGrant(n)
	}
	for _, n := range items(root.Get("eventSourceMappings")) {
		r.mapping(n)
	}
	for _, n := range items(root.Get("triggers")) {
		r.trigger(n)
	}
	r.permissions()
	r.stacks(items(root.Get("stacks")))

	if r.info.Account == "" {
		for _, e := range r.elements {
			if role, ok := e.(*model.Role); ok {
				r.info.Account = field(role.ARN, 4)
				break
			}
		}
	}
	r.guardrails(root)
	r.notSeen(root, whole)
}

// notSeen says which layers the file does not show.
func (r *reader) notSeen(root *yamlpos.Node, snapshot bool) {
	g := r.info.Guardrails[r.info.Account]
	free := text(root.Get("noOrganization")) == "true"
	if len(g.SCPs) == 0 && !free {
		r.info.NotSeen = append(r.info.NotSeen, "scps")
	}
	if !snapshot {
		r.info.NotSeen = append(r.info.NotSeen, "functions", "resources and their policies", "triggers")
	}
	if len(g.RCPs) == 0 && !free {
		r.info.NotSeen = append(r.info.NotSeen, "rcps")
	}
	for _, p := range items(root.Get("problems")) {
		call := text(p.Get("Call"))
		if !slices.Contains(r.info.NotSeen, call) {
			r.info.NotSeen = append(r.info.NotSeen, call)
		}
		r.unseenParts(p)
		detail := text(p.Get("Error"))
		var about []string
		for _, a := range items(p.Get("About")) {
			about = append(about, text(a))
		}
		switch n := len(about); {
		case n > 3:
			detail += fmt.Sprintf(", for %s and %d more", strings.Join(about[:3], ", "), n-3)
		case n > 0:
			detail += ", for " + strings.Join(about, ", ")
		}
		r.report(source.Warning, p.Span(), fmt.Sprintf("%s was not read", call), detail)
	}
	for _, n := range items(root.Get("notRead")) {
		r.info.NotSeen = append(r.info.NotSeen, text(n))
	}
}

// managed reads the managed policies with their default versions.
func (r *reader) managed(nodes []*yamlpos.Node) {
	for _, n := range nodes {
		arn := text(n.Get("Arn"))
		p := &model.Policy{ID: model.MakeID("policy", arn), LogicalID: text(n.Get("PolicyName")), Name: text(n.Get("PolicyName")),
			ARN: arn, Managed: true, Origin: n.Span()}
		managed := &policy.Setting{Type: policy.ManagedPolicy}
		if strings.Contains(arn, ":iam::aws:policy/") {
			managed = nil // AWS's own
		}
		versions := items(n.Get("PolicyVersionList"))
		for _, v := range versions {
			if text(v.Get("IsDefaultVersion")) == "true" || len(versions) == 1 || text(v.Get("VersionId")) == text(n.Get("DefaultVersionId")) {
				p.Document = r.document(v.Get("Document"), managed)
			}
		}
		p.Listed = p.Document != nil && managed != nil
		for _, v := range versions {
			if len(versions) == 1 || text(v.Get("IsDefaultVersion")) == "true" || text(v.Get("VersionId")) == text(n.Get("DefaultVersionId")) || managed == nil {
				continue
			}
			if d := r.document(v.Get("Document"), nil); d != nil {
				p.Versions = append(p.Versions, d)
			} else {
				p.Listed = false
			}
		}
		if arn != "" {
			r.add(p, arn)
		}
	}
}

// attached returns the id of a managed policy, adding it from the catalogue where the file does not list it.
func (r *reader) attached(n *yamlpos.Node, arn string) model.ID {
	if id, ok := r.byARN[arn]; ok {
		return id
	}
	p := &model.Policy{ID: model.MakeID("policy", arn), LogicalID: lastPart(arn), Name: lastPart(arn), ARN: arn, Managed: true}
	if m := catalog.Load().ManagedPolicy(arn); m != nil && strings.Contains(arn, ":aws:policy/") {
		if d, err := policy.Parse(m.Document); err == nil {
			for _, s := range d.Statements {
				s.Span = source.Span{} // it stands in no file of the user's
			}
			d.Span = source.Span{}
			p.Document = d
		}
	}
	if p.Document == nil {
		at := source.Span{}
		if n != nil {
			at = n.Span()
		}
		r.report(source.Warning, at, fmt.Sprintf("the policy %s was not seen", arn), "nothing that it allows is shown")
		r.info.Unresolved++
	}
	r.add(p, arn)
	return p.ID
}

// policies reads inline and attached policies of a role, user or group.
func (r *reader) policies(owner string, t policy.Type, inline, attached *yamlpos.Node) []model.ID {
	var out []model.ID
	for _, n := range items(inline) {
		name := text(n.Get("PolicyName"))
		p := &model.Policy{ID: model.MakeID("policy", owner+"/"+name), LogicalID: name, Name: name, Document: r.document(n.Get("PolicyDocument"), &policy.Setting{Type: t}), Origin: n.Span()}
		if r.add(p, "") {
			out = append(out, p.ID)
		}
	}
	for _, n := range items(attached) {
		if arn := text(n.Get("PolicyArn")); arn != "" {
			out = append(out, r.attached(n, arn))
		}
	}
	return out
}

func (r *reader) boundary(n *yamlpos.Node) model.ID {
	arn := text(n.Get("PermissionsBoundary").Get("PermissionsBoundaryArn"))
	if arn == "" {
		return ""
	}
	return r.attached(n, arn)
}

func tags(n *yamlpos.Node) map[string]string {
	out := map[string]string{}
	for _, t := range items(n) {
		out[text(t.Get("Key"))] = text(t.Get("Value"))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// owner is the id of a role, user or group, and what the ids of its inline policies start with: its name, with its account
// where another account's has that name.
func (r *reader) owner(kind, name, arn string) (model.ID, string) {
	id := r.nameID(kind, name, arn)
	if id != model.MakeID(kind, name) {
		name = field(arn, 4) + "::" + name
	}
	return id, name
}

func (r *reader) role(n *yamlpos.Node) {
	name := text(n.Get("RoleName"))
	arn := text(n.Get("Arn"))
	id, owner := r.owner("role", name, arn)
	role := &model.Role{ID: id, LogicalID: name, Name: name, ARN: arn, UniqueID: text(n.Get("RoleId")), Path: text(n.Get("Path")),
		Tags: tags(n.Get("Tags")), Origin: n.Span()}
	role.ServiceLinked = strings.HasPrefix(role.Path, "/aws-service-role/")
	trust := &policy.Setting{Type: policy.TrustPolicy}
	if role.ServiceLinked {
		trust = nil
	}
	role.Trust = r.document(n.Get("AssumeRolePolicyDocument"), trust)
	role.Policies = r.policies(owner, policy.RoleInline, n.Get("RolePolicyList"), n.Get("AttachedManagedPolicies"))
	role.Boundary = r.boundary(n)
	if profiles := n.Get("InstanceProfileList"); profiles != nil {
		role.Profile = model.NoProfile
		if len(items(profiles)) > 0 {
			role.Profile = model.HasProfile
		}
	}
	r.add(role, role.ARN)
}

func (r *reader) group(n *yamlpos.Node) {
	name := text(n.Get("GroupName"))
	arn := text(n.Get("Arn"))
	id, owner := r.owner("group", name, arn)
	r.groups[field(arn, 4)+"/"+name] = id
	g := &model.Principal{ID: id, Kind: model.Group, Name: name, ARN: arn, Origin: n.Span()}
	g.Policies = r.policies("group/"+owner, policy.GroupInline, n.Get("GroupPolicyList"), n.Get("AttachedManagedPolicies"))
	r.add(g, g.ARN)
}

func (r *reader) user(n *yamlpos.Node) {
	name := text(n.Get("UserName"))
	arn := text(n.Get("Arn"))
	id, owner := r.owner("user", name, arn)
	u := &model.Principal{ID: id, Kind: model.User, Name: name, ARN: arn, UniqueID: text(n.Get("UserId")), Tags: tags(n.Get("Tags")), Origin: n.Span()}
	u.Policies = r.policies("user/"+owner, policy.UserInline, n.Get("UserPolicyList"), n.Get("AttachedManagedPolicies"))
	for _, g := range items(n.Get("GroupList")) {
		id := r.groups[field(arn, 4)+"/"+text(g)]
		if r.byID[id] == nil {
			r.report(source.Warning, g.Span(), fmt.Sprintf("the group %s was not seen", text(g)), "nothing that it allows is shown")
			continue
		}
		u.Groups = append(u.Groups, id)
	}
	u.Boundary = r.boundary(n)
	r.add(u, u.ARN)
}

// document reads a policy and tells what is wrong with it, unless in is nil: those are AWS's own. It is written as an object, or as URL-encoded JSON in a string; nil where it is neither.
func (r *reader) document(n *yamlpos.Node, in *policy.Setting) *policy.Document {
	n = n.Resolve()
	if n == nil || n.Null {
		return nil
	}
	raw := r.data[n.Span().Start:n.Span().End]
	inFile := true
	if n.Kind == yamlpos.Scalar {
		inFile = false
		raw = []byte(n.Value)
		if decoded, err := url.PathUnescape(n.Value); err == nil && strings.HasPrefix(strings.TrimSpace(decoded), "{") {
			raw = []byte(decoded)
		}
	}
	d, err := policy.Parse(raw)
	if err != nil {
		r.report(source.Error, n.Span(), "not a policy: "+err.Error(), "it is left out, with what it allows and denies")
		r.info.Unresolved++
		return nil
	}
	place := n.Span()
	shift := func(s source.Span) source.Span {
		if !inFile {
			return place
		}
		if s.Line <= 1 {
			s.Column += place.Column - 1
		}
		return source.Span{File: r.file, Start: s.Start + place.Start, End: s.End + place.Start, Line: s.Line + place.Line - 1, Column: s.Column}
	}
	for _, s := range d.Statements {
		s.Span = shift(s.Span)
	}
	d.Span = place
	if in != nil {
		in.Taken = true
		if inFile {
			in.Place = placesIn(raw, place.Start, shift)
		}
		r.review.add(d, *in, len(r.diagnostics))
	}
	return d
}

// placesIn finds the parts of a document whose text begins at an offset of the file.
func placesIn(text []byte, start int, shift func(source.Span) source.Span) func(*policy.Statement, policy.Part) source.Span {
	within := policy.Places(text)
	return func(s *policy.Statement, p policy.Part) source.Span {
		if s != nil {
			own := *s
			own.Span.Start -= start
			s = &own
		}
		at := within(s, p)
		if at.IsZero() {
			return at
		}
		return shift(at)
	}
}

func items(n *yamlpos.Node) []*yamlpos.Node {
	n = n.Resolve()
	if n == nil || n.Kind != yamlpos.Sequence {
		return nil
	}
	if slices.ContainsFunc(n.Items(), absent) {
		return slices.DeleteFunc(slices.Clone(n.Items()), absent)
	}
	return n.Items()
}

func absent(n *yamlpos.Node) bool { return n.Resolve() == nil || n.Resolve().Null }

func text(n *yamlpos.Node) string {
	n = n.Resolve()
	if n == nil || n.Kind != yamlpos.Scalar || n.Null {
		return ""
	}
	return n.Value
}

// field is the i-th colon-separated field of an ARN, "" where there is none.
func field(arn string, i int) string {
	parts := strings.SplitN(arn, ":", 6)
	if i >= len(parts) {
		return ""
	}
	return parts[i]
}

// lastPart is what stands behind the last slash or colon of an ARN.
func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, "/:")+1:] }
