package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// role makes a Role of an AWS::IAM::Role, with its inline and managed policies in the order of the file.
func (b *builder) role(r *resource) {
	role := &model.Role{
		ID: b.ids[r], LogicalID: r.ID, Name: b.nameOf(r), ARN: b.arnOf(r), Path: b.words(b.get(r.Props, "Path")),
		Trust: b.document(b.get(r.Props, "AssumeRolePolicyDocument"), policy.Setting{Type: policy.TrustPolicy}), Implicit: r.Made && !r.Compiled, Compiled: r.Compiled,
		Tags: b.tags(b.get(r.Props, "Tags")), Stack: b.stack, Origin: r.Origin,
	}
	if role.Trust == nil && !r.Made {
		b.note(source.Error, r.Origin, "Nobody can assume it.", "role %s has no AssumeRolePolicyDocument", r.ID)
	}
	b.roles[r] = role
	b.add(role)
	role.Policies, role.Boundary = b.ownPolicies(r, role.ID)
	if role.Implicit {
		role.Listed = listed(b.places.policies[role.ID])
	}
	role.Attached = b.places.attached[role.ID]
}

// serviceLinkedRole makes a Role of an AWS::IAM::ServiceLinkedRole. Its policy is the service's own and was not seen; nobody but
// the service assumes it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
func (b *builder) serviceLinkedRole(r *resource) {
	service := b.words(b.get(r.Props, "AWSServiceName"))
	role := &model.Role{
		ID: b.ids[r], LogicalID: r.ID, Name: b.nameOf(r), Path: "/aws-service-role/" + service + "/", ServiceLinked: true,
		Trust: &policy.Document{Version: "2012-10-17", Span: r.Origin, Statements: []*policy.Statement{{Actions: []string{"sts:AssumeRole"},
			Principals: []policy.Principal{{Kind: "Service", Value: service}}, Span: r.Origin}}},
		Stack: b.stack, Origin: r.Origin,
	}
	role.ARN = b.arnOf(r)
	b.roles[r] = role
	b.add(role)
}

// listed tells at which place of the list each policy of a made role stands. What the transform adds unasked has
// none.
func listed(policies []policyPlace) model.Places {
	out := model.Places{}
	for _, p := range policies {
		if p.Entry == nil || p.List == nil {
			continue
		}
		i := slices.IndexFunc(p.List.Items(), func(n *yamlpos.Node) bool { return n == p.Entry || n.Span().Contains(p.Entry.Span()) })
		if p.List.Kind != yamlpos.Sequence {
			i = 0 // a single policy, without a list
		}
		if i >= 0 {
			out[p.Policy] = i
		}
	}
	return out
}

// principal makes a Principal of an AWS::IAM::User or AWS::IAM::Group.
func (b *builder) principal(r *resource) {
	p := &model.Principal{
		ID: b.ids[r], LogicalID: r.ID, Kind: model.User, Name: b.nameOf(r), ARN: b.arnOf(r),
		Tags: b.tags(b.get(r.Props, "Tags")), Stack: b.stack, Origin: r.Origin,
	}
	if r.Type == "AWS::IAM::Group" {
		p.Kind = model.Group
	}
	b.people[r] = p
	b.add(p)
	p.Policies, p.Boundary = b.ownPolicies(r, p.ID)
	for _, i := range b.items(b.get(r.Props, "Groups")) {
		if g := b.find(i, ofType("AWS::IAM::Group")); g != nil {
			p.Groups = append(p.Groups, b.ids[g])
		} else {
			b.note(source.Warning, i.Span(), "Its policies are not known.", "group %s is not in the template", b.words(i))
		}
	}
}

// ownPolicies reads Policies, ManagedPolicyArns and PermissionsBoundary of a role, user or group.
func (b *builder) ownPolicies(r *resource, holder model.ID) (ids []model.ID, boundary model.ID) {
	for _, p := range b.entries(r.Props) {
		list := b.settle(p.Value)
		switch p.Key.Value {
		case "Policies":
			for _, i := range b.chosen(p.Value) {
				if id := b.inlinePolicy(r, holder, list, i); id != "" {
					ids = append(ids, id)
				}
			}
		case "ManagedPolicyArns":
			for _, i := range b.chosen(p.Value) {
				o, made := b.template.origins[i.node]
				when := append(slices.Clip(i.when), o.when...)
				id := b.managedPolicy(i.node, when)
				if id == "" {
					continue
				}
				b.attached = append(b.attached, attachment{id, r, when})
				ids = append(ids, id)
				place := policyPlace{Policy: id, Holder: r, List: list, Entry: i.node}
				if made {
					place.List, place.Entry = o.list, o.entry
				}
				b.places.policies[holder] = append(b.places.policies[holder], place)
				b.places.attach(holder, id, i.node.Span())
			}
		case "PermissionsBoundary":
			boundary = b.boundary(r, p.Value)
		}
	}
	return ids, boundary
}

// inlinePolicy makes a Policy of one item of Policies.
func (b *builder) inlinePolicy(r *resource, holder model.ID, list *yamlpos.Node, choice choice) model.ID {
	item := choice.node
	if item.Kind != yamlpos.Mapping || isCall(item) {
		b.wrong(item, "an inline policy is a mapping with PolicyName and PolicyDocument")
		return ""
	}
	name := b.words(b.get(item, "PolicyName"))
	if name == "" {
		b.note(source.Error, item.Span(), "It was given one.", "an inline policy of %s has no PolicyName", r.ID)
		name = fmt.Sprintf("%sPolicy%d", r.ID, len(b.places.policies[holder]))
	}
	id := model.MakeID("policy", b.in(r.ID+"/"+name))
	for i := 2; b.policies[id] != nil; i++ {
		id = model.MakeID("policy", b.in(fmt.Sprintf("%s/%s-%d", r.ID, name, i)))
	}
	doc := b.get(item, "PolicyDocument")
	place := policyPlace{Policy: id, Holder: r, List: list, Entry: item, Document: doc, Statements: b.get(doc, "Statement")}
	if o, ok := b.template.origins[item]; ok {
		place.List, place.Entry, place.Template = o.list, o.entry, o.template
		if o.template != "" {
			place.Document, place.Statements = nil, nil
		}
	}
	b.places.policies[holder] = append(b.places.policies[holder], place)
	p := &model.Policy{ID: id, Name: name, Document: b.document(item.Get("PolicyDocument"), policy.Setting{Type: inlineOf(r.Type)}), Stack: b.stack, Origin: item.Span()}
	b.attached = append(b.attached, attachment{id, r, append(slices.Clip(choice.when), b.template.origins[item].when...)})
	b.addPolicy(p)
	return id
}

// inlineOf is the type of the inline policies of a role, user or group.
func inlineOf(cfnType string) policy.Type {
	switch cfnType {
	case "AWS::IAM::User", "AWS::IAM::UserPolicy":
		return policy.UserInline
	case "AWS::IAM::Group", "AWS::IAM::GroupPolicy":
		return policy.GroupInline
	}
	return policy.RoleInline
}

// typeOf is the type of a policy that is a resource. An AWS::IAM::Policy becomes an inline policy of all that it names:
// it has the room of the smallest.
func (b *builder) typeOf(r *resource) policy.Type {
	if r.Type == "AWS::IAM::ManagedPolicy" {
		return policy.ManagedPolicy
	}
	switch {
	case r.Type != "AWS::IAM::Policy":
		return inlineOf(r.Type)
	case len(b.items(b.get(r.Props, "Users"))) > 0:
		return policy.UserInline
	case len(b.items(b.get(r.Props, "Groups"))) > 0:
		return policy.GroupInline
	}
	return policy.RoleInline
}

func (b *builder) addPolicy(p *model.Policy) {
	b.policies[p.ID] = p
	b.add(p)
}

// policyResource makes a Policy of an AWS::IAM::Policy, RolePolicy or ManagedPolicy.
func (b *builder) policyResource(r *resource) {
	p := &model.Policy{
		ID: b.ids[r], LogicalID: r.ID, Name: b.nameOf(r), Managed: r.Type == "AWS::IAM::ManagedPolicy",
		Document: b.document(b.get(r.Props, "PolicyDocument"), policy.Setting{Type: b.typeOf(r)}), Stack: b.stack, Origin: r.Origin,
	}
	if p.Managed {
		p.ARN = b.arnOf(r)
		p.Attaches = len(b.items(b.get(r.Props, "Roles"))) > 0
	}
	b.addPolicy(p)
}

// attachPolicies gives policies that are resources to the roles, users and groups that they name.
func (b *builder) attachPolicies() {
	for _, r := range b.resources {
		if r.Hidden {
			continue
		}
		switch r.Type {
		case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy":
			b.attach(r, b.settle(r.Props).Get("Roles"))
			b.attach(r, b.settle(r.Props).Get("Users"))
			b.attach(r, b.settle(r.Props).Get("Groups"))
		case "AWS::IAM::RolePolicy":
			b.attach(r, b.settle(r.Props).Get("RoleName"))
		case "AWS::IAM::UserPolicy":
			b.attach(r, b.settle(r.Props).Get("UserName"))
		case "AWS::IAM::GroupPolicy":
			b.attach(r, b.settle(r.Props).Get("GroupName"))
		case "AWS::IAM::UserToGroupAddition":
			b.joinGroup(r)
		}
	}
}

func (b *builder) attach(r *resource, holders *yamlpos.Node) {
	for _, i := range b.chosen(holders) {
		h := b.find(i.node, ofType("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"))
		if h != nil {
			b.attached = append(b.attached, attachment{b.ids[r], h, append(slices.Clip(i.when), b.given(r.condition())...)})
		}
		doc := b.get(r.Props, "PolicyDocument")
		place := policyPlace{Policy: b.ids[r], Holder: r, Entry: r.Value, Document: doc, Statements: b.get(doc, "Statement")}
		switch {
		case h == nil:
			b.note(source.Warning, i.node.Span(), "It was left unattached there.", "%s attaches to %s, which is not in the template", r.ID, b.words(i.node))
		case b.roles[h] != nil:
			b.roles[h].Policies = append(b.roles[h].Policies, b.ids[r])
			b.places.policies[b.ids[h]] = append(b.places.policies[b.ids[h]], place)
		case b.people[h] != nil:
			b.people[h].Policies = append(b.people[h].Policies, b.ids[r])
			b.places.policies[b.ids[h]] = append(b.places.policies[b.ids[h]], place)
		}
	}
}

func (b *builder) joinGroup(r *resource) {
	g := b.find(b.get(r.Props, "GroupName"), ofType("AWS::IAM::Group"))
	for _, i := range b.items(b.get(r.Props, "Users")) {
		if u := b.people[b.find(i, ofType("AWS::IAM::User"))]; u != nil && g != nil {
			u.Groups = append(u.Groups, b.ids[g])
		}
	}
}

// managedPolicy returns the id of a managed policy given by ARN, name or reference, and adds its element. One that the
// template does not make, and that is attached only when conditions are so, is an element of its own.
func (b *builder) managedPolicy(n *yamlpos.Node, when []policy.Condition) model.ID {
	if r := b.find(n, ofType("AWS::IAM::ManagedPolicy")); r != nil {
		return b.ids[r]
	}
	text, ok := b.text(n)
	if !ok {
		b.wrong(n, "a managed policy is given by its ARN")
		return ""
	}
	return b.managedByARN(text, n.Span(), when)
}

func (b *builder) managedByARN(text string, span source.Span, when []policy.Condition) model.ID {
	arn, name := text, text[strings.LastIndexByte(text, '/')+1:]
	aws := b.catalog.ManagedPolicy(text)
	if aws != nil && strings.HasPrefix(text, "arn:") && !strings.Contains(text, ":iam::aws:policy/") {
		aws = nil // a customer's policy that happens to be called the same
	}
	if aws != nil {
		arn, name = inPartition(aws.ARN, b.partition), aws.Name
	}
	id := model.MakeID("policy", arn+suffix(b.apart(), when))
	if b.policies[id] != nil {
		return id
	}
	p := &model.Policy{ID: id, Name: name, ARN: arn, Managed: true}
	if aws != nil {
		p.Document = policy.OfAWS(aws)
	}
	if p.Document == nil {
		p.Stack = b.stack
		b.note(source.Warning, span, "What it allows is not known.", "managed policy %s is neither AWS's nor in the template", text)
	}
	b.addPolicy(p)
	return id
}

func inPartition(arn, partition string) string {
	if rest, ok := strings.CutPrefix(arn, "arn:aws:"); ok {
		return "arn:" + partition + ":" + rest
	}
	return arn
}
