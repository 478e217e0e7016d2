package reach

import (
	"slices"
	"strings"

	"bulkhead/model/policy"
)

// A policy that lets everybody in on condition of the organization lets in its other accounts, which is not anyone at all ("AWS
// global condition context keys": aws:PrincipalOrgID, aws:PrincipalOrgPaths).

// organizations are those whose members alone an Allow lets in, by id or by path ("o-abc/r-1/ou-2/*"); none where others get in too.
func organizations(st *policy.Statement) []string {
	return wanted(st, "aws:principalorgid", "aws:principalorgpaths")
}

// wanted are the values that a statement's conditions ask one of some keys, lower-case, to have.
func wanted(st *policy.Statement, keys ...string) (out []string) {
	for _, c := range st.Conditions {
		operator := strings.ToLower(c.Operator)
		if i := strings.IndexByte(operator, ':'); i >= 0 {
			if operator[:i] == "forallvalues" {
				continue // which holds without a value
			}
			operator = operator[i+1:]
		}
		switch operator {
		case "stringequals", "stringlike", "stringequalsignorecase":
			if slices.Contains(keys, strings.ToLower(c.Key)) {
				out = append(out, c.Values...)
			}
		}
	}
	return out
}

// organization is the start that the other accounts of an organization are, or of a part of it.
func organization(value string) *stranger {
	return &stranger{principal: value, caller: "arn:aws:iam::" + somebody + ":role/" + anyName, account: somebody, organization: value, stack: &policy.Stack{Identity: program(everything)}}
}

// member is what is known of the requests of a member of an organization, or of a part of it.
func member(value string) policy.Context {
	id, _, part := strings.Cut(value, "/")
	c := policy.Context{"aws:principalorgid": {instance(id)}}
	if part {
		c["aws:principalorgpaths"] = []string{instance(value)}
	}
	return c
}

// has reports whether the members of one organization, or part of it, are those of another too.
func (s *stranger) has(o *stranger) bool {
	return s.organization != "" && o.organization != "" && strings.HasPrefix(o.organization, strings.TrimSuffix(s.organization, "*"))
}
