package terraform

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// role makes a Role, with its inline policies and those that it lists by ARN.
func (b *builder) role(x *object) {
	role := &model.Role{
		ID: b.ids[x], LogicalID: x.address, Name: b.nameOf(x), ARN: b.arnOf(x), Path: x.word("path"),
		Tags: b.tags(x), Stack: b.info.Name, Origin: x.span,
	}
	if role.Path == "/" {
		role.Path = "" // what it is without one
	}
	if x.typ == "aws_iam_service_linked_role" {
		role.ServiceLinked = true
		role.Name = x.word("name")
		role.Trust = servedBy(x.word("aws_service_name"))
	} else if role.Trust = b.document(x, policy.Setting{Type: policy.TrustPolicy}, "assume_role_policy"); role.Trust == nil && x.get("assume_role_policy").IsNull() {
		b.tell(source.Error, x.span, "Nobody can assume it.", "role %s has no assume_role_policy", x.address)
	}
	b.roles[x] = role
	b.add(role)
	own := b.own[x]
	for i, p := range items(x.get("inline_policy")) {
		name := words(dig(p, "name"))
		if dig(p, "policy").IsNull() || own[name] {
			continue // one that is a resource is listed by its role as well, once it is applied
		}
		at := []string{"inline_policy", strconv.Itoa(i)}
		id := b.free(model.MakeID("policy", x.address+"/"+name))
		p := &model.Policy{ID: id, Name: name, Document: b.document(x, policy.Setting{Type: policy.RoleInline}, append(at, "policy")...), Stack: b.info.Name, Origin: x.spot(at...)}
		b.addPolicy(p)
		role.Policies = append(role.Policies, id)
	}
	for i, v := range items(x.get("managed_policy_arns")) {
		if arn := words(v); !own[arn] {
			b.attach(&role.Policies, &role.Attached, b.managed(arn, x, "managed_policy_arns", strconv.Itoa(i)), x.spot("managed_policy_arns", strconv.Itoa(i)))
		}
	}
	role.Boundary = b.boundary(x)
}

// servedBy is the trust policy of a service-linked role: its service alone assumes it (IAM User Guide, "Create a
// service-linked role").
func servedBy(service string) *policy.Document {
	return &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{
		Actions: []string{"sts:AssumeRole"}, Principals: []policy.Principal{{Kind: "Service", Value: service}},
	}}}
}

// owned has the names and ARNs of a role's policies that are resources, or attached by some: the role's own lists name
// them too, once they are applied.
type owned map[string]bool

// ownedByRoles finds what resources give roles.
func (b *builder) ownedByRoles() map[*object]owned {
	out := map[*object]owned{}
	put := func(x *object, role, policy string) {
		if r := b.holder(role, x, "AWS::IAM::Role"); r != nil {
			if out[r] == nil {
				out[r] = owned{}
			}
			out[r][policy] = true
		}
	}
	for _, x := range b.objects {
		switch x.typ {
		case "aws_iam_role_policy":
			put(x, x.word("role"), b.nameOf(x))
		case "aws_iam_role_policy_attachment":
			put(x, x.word("role"), x.word("policy_arn"))
		case "aws_iam_policy_attachment":
			for _, name := range texts(x.get("roles")) {
				put(x, name, x.word("policy_arn"))
			}
		}
	}
	return out
}

func (b *builder) addPolicy(p *model.Policy) {
	b.policies[p.ID] = p
	b.add(p)
}

// principal makes a Principal of a user or group.
func (b *builder) principal(x *object) {
	p := &model.Principal{ID: b.ids[x], LogicalID: x.address, Kind: model.User, Name: b.nameOf(x), ARN: b.arnOf(x), Tags: b.tags(x), Stack: b.info.Name, Origin: x.span}
	if x.typ == "aws_iam_group" {
		p.Kind = model.Group
	}
	b.people[x] = p
	b.add(p)
	p.Boundary = b.boundary(x)
}

// policy makes a Policy that is a resource.
func (b *builder) policy(x *object) {
	p := &model.Policy{ID: b.ids[x], LogicalID: x.address, Name: b.nameOf(x), Stack: b.info.Name, Origin: x.span}
	in := policy.Setting{Type: policy.RoleInline}
	switch x.typ {
	case "aws_iam_policy":
		p.Managed, p.ARN, in.Type = true, b.arnOf(x), policy.ManagedPolicy
	case "aws_iam_user_policy":
		in.Type = policy.UserInline
	case "aws_iam_group_policy":
		in.Type = policy.GroupInline
	}
	p.Document = b.document(x, in, "policy")
	b.addPolicy(p)
}

// holder is the role, user or group that a text names: Terraform takes names, and people give ARNs.
func (b *builder) holder(text string, from *object, cfnType string) *object {
	if x := b.find(text, from, cfnType); x != nil {
		return x
	}
	return b.find(lastPart(text), from, cfnType)
}

// attachments gives policies to whom resources attach them, and users their groups.
func (b *builder) attachments() {
	for _, x := range b.objects {
		switch x.typ {
		case "aws_iam_role_policy":
			b.give(x, x.get("role"), "AWS::IAM::Role", b.ids[x])
		case "aws_iam_user_policy":
			b.give(x, x.get("user"), "AWS::IAM::User", b.ids[x])
		case "aws_iam_group_policy":
			b.give(x, x.get("group"), "AWS::IAM::Group", b.ids[x])
		case "aws_iam_role_policy_attachment":
			b.give(x, x.get("role"), "AWS::IAM::Role", b.managed(x.word("policy_arn"), x, "policy_arn"))
		case "aws_iam_user_policy_attachment":
			b.give(x, x.get("user"), "AWS::IAM::User", b.managed(x.word("policy_arn"), x, "policy_arn"))
		case "aws_iam_group_policy_attachment":
			b.give(x, x.get("group"), "AWS::IAM::Group", b.managed(x.word("policy_arn"), x, "policy_arn"))
		case "aws_iam_policy_attachment":
			id := b.managed(x.word("policy_arn"), x, "policy_arn")
			b.give(x, x.get("roles"), "AWS::IAM::Role", id)
			b.give(x, x.get("users"), "AWS::IAM::User", id)
			b.give(x, x.get("groups"), "AWS::IAM::Group", id)
		case "aws_iam_role_policy_attachments_exclusive":
			b.exclusive(x, "role_name", "AWS::IAM::Role")
		case "aws_iam_user_policy_attachments_exclusive":
			b.exclusive(x, "user_name", "AWS::IAM::User")
		case "aws_iam_group_policy_attachments_exclusive":
			b.exclusive(x, "group_name", "AWS::IAM::Group")
		case "aws_ssoadmin_permission_set_inline_policy", "aws_ssoadmin_managed_policy_attachment", "aws_ssoadmin_customer_managed_policy_attachment", "aws_ssoadmin_permissions_boundary_attachment":
			b.giveSet(x)
		case "aws_iam_group_membership":
			for _, user := range texts(x.get("users")) {
				b.join(x, user, x.word("group"))
			}
		case "aws_iam_user_group_membership":
			for _, group := range texts(x.get("groups")) {
				b.join(x, x.word("user"), group)
			}
		}
	}
}

// exclusive attaches what an exclusive resource lists; it takes nothing from the design: what it removes from a role
// another resource would have had to attach.
func (b *builder) exclusive(x *object, holder, cfnType string) {
	for i, arn := range texts(x.get("policy_arns")) {
		b.give(x, x.get(holder), cfnType, b.managed(arn, x, "policy_arns", strconv.Itoa(i)))
	}
}

// give attaches a policy to one or several roles, users or groups.
func (b *builder) give(x *object, holders cty.Value, cfnType string, id model.ID) {
	if id == "" {
		return
	}
	for _, v := range items(holders) {
		name := words(v)
		h := b.holder(name, x, cfnType)
		switch {
		case h != nil && b.roles[h] != nil:
			b.attach(&b.roles[h].Policies, &b.roles[h].Attached, id, x.span)
		case h != nil && b.people[h] != nil:
			b.attach(&b.people[h].Policies, nil, id, x.span)
		case cfnType == "AWS::IAM::Role" && name != "" && !strings.Contains(name, "${"):
			// A role that is there already: what is attached here is seen of it, and the rest is not.
			role := b.externalRole(b.roleARN(name, x), x.spot("role"))
			b.attach(&role.Policies, &role.Attached, id, x.span)
		default:
			b.tell(source.Warning, x.span, "It was left unattached there.", "%s attaches to %s, which is not in the configuration", x.address, name)
		}
	}
}

// attach adds a policy to a list, once, and keeps where the source says so.
func (b *builder) attach(list *[]model.ID, places *model.Attachments, id model.ID, at source.Span) {
	if id == "" || slices.Contains(*list, id) {
		return
	}
	*list = append(*list, id)
	if places == nil || b.policies[id] == nil || !b.policies[id].Origin.IsZero() {
		return
	}
	if *places == nil {
		*places = model.Attachments{}
	}
	(*places)[id] = at
}

func (b *builder) join(x *object, user, group string) {
	u := b.people[b.holder(user, x, "AWS::IAM::User")]
	g := b.holder(group, x, "AWS::IAM::Group")
	switch {
	case u == nil:
		b.tell(source.Warning, x.span, "It was left out.", "%s makes a member of user %s, who is not in the configuration", x.address, user)
	case g == nil:
		b.tell(source.Warning, x.span, "Its policies are not known.", "group %s is not in the configuration", group)
	case !slices.Contains(u.Groups, b.ids[g]):
		u.Groups = append(u.Groups, b.ids[g])
	}
}

func (b *builder) boundary(x *object) model.ID {
	arn := x.word("permissions_boundary")
	if arn == "" && x.get("permissions_boundary").IsNull() {
		return ""
	}
	return b.managed(arn, x, "permissions_boundary")
}

// managed returns the id of a managed policy given by ARN or name, and adds its element where the configuration does
// not make it.
func (b *builder) managed(text string, from *object, path ...string) model.ID {
	if x := b.find(text, from, "AWS::IAM::ManagedPolicy"); x != nil {
		return b.ids[x]
	}
	if text == "" {
		b.unresolved++
		b.tell(source.Warning, from.spot(path...), "What it allows is not known.", "%s attaches a policy that is not known", from.address)
		return ""
	}
	arn, name := text, text[strings.LastIndexByte(text, '/')+1:]
	known := b.catalog.ManagedPolicy(text)
	if known != nil && strings.HasPrefix(text, "arn:") && !strings.Contains(text, ":iam::aws:policy/") {
		known = nil // a customer's policy that happens to be called the same
	}
	if known != nil {
		arn, name = inPartition(known.ARN, from.partition), known.Name
	}
	id := model.MakeID("policy", arn)
	if b.policies[id] != nil {
		return id
	}
	p := &model.Policy{ID: id, Name: name, ARN: arn, Managed: true}
	if known != nil {
		p.Document = policy.OfAWS(known)
	}
	if p.Document == nil {
		p.Stack = b.info.Name
		b.unresolved++
		b.tell(source.Warning, from.spot(path...), "What it allows is not known.", "managed policy %s is neither AWS's nor in the configuration", text)
	}
	b.addPolicy(p)
	return id
}

func inPartition(arn, partition string) string {
	if rest, ok := strings.CutPrefix(arn, "arn:aws:"); ok && partition != "" {
		return "arn:" + partition + ":" + rest
	}
	return arn
}

// roleARN is the ARN of a role that is only named.
func (b *builder) roleARN(name string, from *object) string {
	if strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "${") {
		return name
	}
	return "arn:" + from.partition + ":iam::" + from.account + ":role/" + strings.TrimPrefix(name, "/")
}

// externalRole is a role that is named and not made: what it may do was not seen.
func (b *builder) externalRole(arn string, at source.Span) *model.Role {
	if r := b.external[arn]; r != nil {
		return r
	}
	r := &model.Role{ID: model.MakeID("role", arn), LogicalID: lastPart(arn), Name: lastPart(arn), ARN: arn, External: true, Stack: b.info.Name, Origin: at}
	b.external[arn] = r
	b.add(r)
	b.tell(source.Warning, at, "What it may do is not known; open its template or an account snapshot beside this.", "role %s is not in the configuration", arn)
	return r
}
