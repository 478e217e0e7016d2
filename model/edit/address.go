package edit

import (
	"regexp"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// In a Terraform configuration logical ids are addresses, "module.shop.aws_iam_role.orders": what is new gets one in the
// module of what it comes from, and an inline policy of a role is a resource of its own.

// terraformName is what Terraform takes as the name of a resource.
var terraformName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// isAddress reports whether a logical id is an address.
func isAddress(logical string) bool {
	return strings.HasPrefix(logical, "aws_") || strings.Contains(logical, ".aws_") // no id of CloudFormation has a line
}

// localName is the name of a resource within its type and module: the last part of an address, else the logical id.
func localName(logical string) string {
	if !isAddress(logical) {
		return logical
	}
	if i := strings.IndexByte(logical, '['); i > 0 && strings.LastIndexByte(logical, ']') == len(logical)-1 {
		if last := strings.LastIndexByte(logical, '['); !strings.Contains(logical[last:], ".") {
			logical = logical[:last]
		}
	}
	return logical[strings.LastIndexByte(logical, '.')+1:]
}

// beside is the logical id of something called name that comes from what has another one: the name, or the address with
// it in the place of the last part. typ, if not "", is another type of resource.
func beside(logical, typ, name string) string {
	if !isAddress(logical) {
		return name
	}
	local := localName(logical)
	end := strings.LastIndex(logical, "."+local)
	if end < 0 {
		return name
	}
	prefix := logical[:end]
	if typ != "" {
		prefix = prefix[:strings.LastIndexByte(prefix, '.')+1] + typ
	}
	return prefix + "." + name
}

// newInline is an inline policy of a role.
func newInline(role *model.Role, name string, doc *policy.Document, origin source.Span) *model.Policy {
	p := &model.Policy{ID: inlineID(role, name), Name: name, Document: doc, Stack: role.Stack, Origin: origin}
	if isAddress(role.LogicalID) {
		p.LogicalID = beside(role.LogicalID, rolePolicy, name)
	}
	return p
}

// rolePolicy is the resource that an inline policy of a role is in Terraform.
const rolePolicy = "aws_iam_role_policy"
