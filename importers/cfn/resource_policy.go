package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// AWS adds types with resource policies all the time, under as many names (AccessPolicies, RepositoryPolicyText,
// PermissionsPolicyDocument …). So what is one is told by its shape: a document with statements that name principals.

// notOfResource has the types whose documents with principals are no resource policies.
var notOfResource = map[string]bool{
	"AWS::EC2::VPCEndpoint": true, // limits what passes it
	"AWS::RAM::Permission":  true, "AWS::Organizations::Policy": true, "AWS::SSO::PermissionSet": true, "AWS::IoT::Policy": true,
}

// maxPolicyDepth is how deep in its properties a resource's policy is looked for.
const maxPolicyDepth = 5

// A found is a policy document in the properties of a resource.
type found struct {
	path []string
	node *yamlpos.Node // as written
}

// documentsIn lists the policy documents in a value that say of whom each statement is.
func (b *builder) documentsIn(n *yamlpos.Node, path []string, out *[]found) {
	if n == nil || len(path) > maxPolicyDepth {
		return
	}
	settled := b.settle(n)
	switch {
	case settled == nil:
	case b.isPolicy(settled):
		*out = append(*out, found{slices.Clone(path), n})
	case settled.Kind == yamlpos.Mapping && !isCall(settled):
		for _, p := range lastOfEach(settled.Pairs()) {
			b.documentsIn(p.Value, append(path, p.Key.Value), out)
		}
	case settled.Kind == yamlpos.Sequence && !isCall(settled):
		for _, i := range settled.Items() {
			b.documentsIn(i, path, out)
		}
	}
}

// isPolicy reports whether a value is a document with principals, as a mapping or as JSON in a text.
func (b *builder) isPolicy(n *yamlpos.Node) bool {
	if n.Kind == yamlpos.Mapping && !isCall(n) {
		for _, st := range b.items(n.Get("Statement")) {
			if st.Kind == yamlpos.Mapping && (st.Get("Principal") != nil || st.Get("NotPrincipal") != nil) {
				return true
			}
		}
		return false
	}
	text, ok := b.policyText(n)
	return ok && strings.Contains(text, `"Principal"`)
}

// policyText is the text of a value if it may be a policy in JSON.
func (b *builder) policyText(n *yamlpos.Node) (string, bool) {
	if n == nil || n.Kind != yamlpos.Scalar && !isCall(n) {
		return "", false
	}
	b.notes.quiet++
	text, ok := b.text(n)
	b.notes.quiet--
	text = strings.TrimSpace(text)
	return text, ok && strings.HasPrefix(text, "{") && strings.Contains(text, `"Statement"`)
}

// ownPolicy puts the documents that stand in a resource's own properties on it, or, of a resource that is only the policy
// of another one, on that.
func (b *builder) ownPolicy(r *resource) {
	if notOfResource[r.Type] || strings.HasPrefix(r.Type, "AWS::IAM::") || strings.HasPrefix(r.Type, "AWS::Lambda::") || strings.HasPrefix(r.Type, "AWS::CloudFormation::") || !strings.HasPrefix(r.Type, "AWS::") {
		return
	}
	var docs []found
	props := r.Props
	if r.Written == samAPI {
		props = without(props, "DefinitionBody", "Domain") // read as Body, and not about the API
	}
	b.documentsIn(props, nil, &docs)
	for _, d := range docs {
		on, of := []*resource{r}, r.Type
		if strings.HasSuffix(r.Type, "Policy") {
			if targets := b.policyTargets(r, d.path); len(targets) > 0 {
				on, of = targets, targets[0].Type
			} else if isWiring(r.Type) {
				b.note(source.Warning, r.Origin, "It was left out.", "%s is a policy of a resource that is not in the template", r.ID)
				continue
			}
		}
		doc := b.document(d.node, ofResource(of))
		if slices.Contains(d.path, "StreamSpecification") {
			doc = onlyOn(doc, b.arnOf(r)+"/stream/*")
		}
		for _, t := range on {
			when := []policy.Condition(nil)
			if t != r {
				when = beyond(b.given(r.condition()), b.given(t.condition()))
			}
			b.mergePolicy(t, only(doc, when))
		}
	}
}

// policyTargets are the resources that a policy's other properties name.
func (b *builder) policyTargets(r *resource, document []string) []*resource {
	var out []*resource
	for _, p := range b.pairs(r.Props) {
		if len(document) > 0 && p.Key.Value == document[0] || p.Key.Value == "Tags" {
			continue
		}
		for _, i := range b.items(p.Value) {
			t := b.find(i, func(t *resource) bool {
				k := kindOf(t.Type)
				return t != r && k == "res" && !isWiring(t.Type)
			})
			if t != nil && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// onlyOn is a document of which statements about everything are about a part of the resource.
func onlyOn(d *policy.Document, part string) *policy.Document {
	if d == nil {
		return nil
	}
	out := *d
	out.Statements = nil
	for _, st := range d.Statements {
		c := *st
		if !c.NotResource && (len(c.Resources) == 0 || slices.Equal(c.Resources, []string{"*"})) {
			c.Resources = []string{part}
		}
		out.Statements = append(out.Statements, &c)
	}
	return &out
}

// layerPermission reads AWS::Lambda::LayerVersionPermission: who may use a layer.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html
func (b *builder) layerPermission(r *resource) {
	layer := b.find(b.get(r.Props, "LayerVersionArn"), ofType("AWS::Lambda::LayerVersion"))
	if layer == nil {
		b.note(source.Warning, r.Origin, "It was left out.", "%s is a permission on a layer that is not in the template", r.ID)
		return
	}
	st := &policy.Statement{Sid: r.ID, Actions: []string{b.words(b.get(r.Props, "Action"))}, Resources: []string{b.arnOf(layer)},
		Principals: []policy.Principal{policy.PrincipalOf(b.words(b.get(r.Props, "Principal")), b.partition)}, Span: r.Origin}
	if org := b.words(b.get(r.Props, "OrganizationId")); org != "" {
		st.Conditions = append(st.Conditions, policy.Condition{Operator: "StringEquals", Key: "aws:PrincipalOrgID", Values: []string{org}})
	}
	d := &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: r.Origin}
	b.mergePolicy(layer, only(d, beyond(b.given(r.condition()), b.given(layer.condition()))))
}
