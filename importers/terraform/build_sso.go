package terraform

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Permission sets of IAM Identity Center: each is a role in the accounts that it is assigned in, which people sign in to.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html

const permissionSet = "aws_ssoadmin_permission_set"

// permissionSet makes the roles of a permission set: one for each account that an assignment names, in the account of the configuration
// where none does. The first has the set's own id.
func (b *builder) permissionSet(x *object) {
	var accounts []string
	for _, a := range b.objects {
		if a.typ == "aws_ssoadmin_account_assignment" && b.find(a.word("permission_set_arn"), a) == x {
			if number := a.word("target_id"); isAccountNumber(number) && !slices.Contains(accounts, number) {
				accounts = append(accounts, number)
			}
		}
	}
	if len(accounts) == 0 {
		accounts = []string{x.account}
	}
	region := ""
	if x.region != usualRegion {
		region = x.region + "/" // roles in us-east-1 are on a path without one
	}
	for i, account := range accounts {
		path := "/aws-reserved/sso.amazonaws.com/" + region
		name := "AWSReservedSSO_" + x.word("name") + "_" + generated("", x.address, "")
		role := &model.Role{ID: b.ids[x], LogicalID: x.address, Name: name, Path: path, ARN: "arn:" + x.partition + ":iam::" + account + ":role" + path + name, Tags: b.tags(x), Stack: b.info.Name, Origin: x.span,
			Trust: &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{Actions: []string{"sts:AssumeRoleWithSAML", "sts:TagSession"},
				Principals: []policy.Principal{{Kind: "Federated", Value: "arn:" + x.partition + ":iam::" + account + ":saml-provider/AWSSSO_DO_NOT_DELETE"}},
				Conditions: []policy.Condition{{Operator: "StringEquals", Key: "SAML:aud", Values: []string{"https://signin.aws.amazon.com/saml"}}}, Span: x.span}}, Span: x.span}}
		if i > 0 {
			role.ID, role.LogicalID = b.free(model.MakeID("role", x.address+"/"+account)), ""
		} else {
			b.roles[x] = role
		}
		b.sets[x] = append(b.sets[x], role)
		b.add(role)
	}
}

// giveSet gives the roles of a permission set what a resource attaches to it.
func (b *builder) giveSet(x *object) {
	set := b.find(x.word("permission_set_arn"), x)
	if set == nil || set.typ != permissionSet {
		b.missing(x, "is of a permission set that is not in the configuration")
		return
	}
	for _, role := range b.sets[set] {
		account := strings.Split(role.ARN, ":")[4]
		named := func(path ...string) string {
			reference := append(path, "customer_managed_policy_reference")
			name := x.word(append(slices.Clone(reference), "name")...)
			if p := b.find(name, x, "AWS::IAM::ManagedPolicy"); p != nil && p.account == account {
				return b.arnOf(p)
			}
			return "arn:" + x.partition + ":iam::" + account + ":policy" + cmp.Or(x.word(append(slices.Clone(reference), "path")...), "/") + name
		}
		switch x.typ {
		case "aws_ssoadmin_permission_set_inline_policy":
			id := b.free(model.MakeID("policy", x.address))
			p := &model.Policy{ID: id, Name: "AwsSSOInlinePolicy", Document: b.document(x, policy.Setting{Type: policy.RoleInline}, "inline_policy"), Stack: b.info.Name, Origin: x.span}
			b.addPolicy(p)
			role.Policies = append(role.Policies, id)
		case "aws_ssoadmin_managed_policy_attachment":
			b.attach(&role.Policies, &role.Attached, b.managed(x.word("managed_policy_arn"), x, "managed_policy_arn"), x.span)
		case "aws_ssoadmin_customer_managed_policy_attachment":
			b.attach(&role.Policies, &role.Attached, b.managed(named(), x, "customer_managed_policy_reference"), x.span)
		case "aws_ssoadmin_permissions_boundary_attachment":
			arn := x.word("permissions_boundary", "managed_policy_arn")
			if arn == "" {
				arn = named("permissions_boundary")
			}
			role.Boundary = b.managed(arn, x, "permissions_boundary")
		}
	}
}
