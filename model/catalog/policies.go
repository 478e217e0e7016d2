package catalog

import "strings"

// A ManagedPolicy is an AWS managed policy.
type ManagedPolicy struct {
	Name, ARN string // ARN in the partition "aws"
	Version   string // default version, such as "v12", when the data was taken
	Document  []byte // JSON
}

type policies struct{ pack lazy[*pack] }

func (c *Catalog) policiesPack() *pack {
	return c.policies.pack.get(func() *pack { return &pack{name: "policies"} })
}

// ManagedPolicies lists the names of all AWS managed policies, sorted.
func (c *Catalog) ManagedPolicies() []string { return c.policiesPack().members().keys }

// ManagedPolicyARN is the ARN, in the partition "aws", of the AWS managed policy of a bare name; "" if AWS has none.
func (c *Catalog) ManagedPolicyARN(name string) string {
	if m, ok := c.policiesPack().members().members[name]; ok {
		return m.more[0]
	}
	return ""
}

// ManagedPolicy returns the AWS managed policy of an ARN (any partition) or of a name, with its path
// ("service-role/AWSLambdaBasicExecutionRole") or bare; nil if AWS has none.
func (c *Catalog) ManagedPolicy(arnOrName string) *ManagedPolicy {
	path := arnOrName
	if rest, ok := strings.CutPrefix(arnOrName, "arn:"); ok {
		_, rest, _ = strings.Cut(rest, ":")
		if path, ok = strings.CutPrefix(rest, "iam::aws:policy/"); !ok {
			return nil
		}
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	m, ok := c.policiesPack().members().members[name]
	if !ok {
		return nil
	}
	arn, version := m.more[0], m.more[1]
	if path != arnOrName || path != name { // a path was given: it must be the policy's
		if arn != "arn:aws:iam::aws:policy/"+path {
			return nil
		}
	}
	return &ManagedPolicy{name, arn, version, c.policiesPack().text(name)}
}
