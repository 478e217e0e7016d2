package edit_test

import (
	"fmt"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

const photo = "arn:aws:s3:::shop-Photos-GENERATED/x"

// inHalves splits Shop into two parts that are both given everything the tests ask for; one may stay.
func inHalves(keeps bool) *edit.Split {
	grants := []edit.Access{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"res/Orders"}}, {Actions: []string{"s3:GetObject"}, Resources: []string{"res/Photos/*"}}}
	s := &edit.Split{Function: "fn/Shop", Parts: []edit.Part{
		{Name: "Catalog", Triggers: []string{"List"}, Grants: grants},
		{Name: "Shop", Keeps: true, Triggers: []string{"Checkout"}, Grants: grants},
	}}
	if !keeps {
		s.Parts[1].Name, s.Parts[1].Keeps, s.Repoint = "Rest", false, "Rest"
	}
	return s
}

// outcome decides what a function asks, by all layers of the design.
func outcome(t *testing.T, d *model.Design, id model.ID, action, resource string) policy.Decision {
	t.Helper()
	f := d.Function(id)
	role := d.Role(f.Role)
	s := stackOf(t, d, f.Role)
	compiled := func(doc *policy.Document) *policy.Program {
		p, err := policy.Compile(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if b := d.Policy(role.Boundary); b != nil {
		s.Boundary = compiled(b.Document)
	}
	for _, l := range d.Info().Guardrails["123456789012"].SCPs {
		var level []*policy.Program
		for _, doc := range l.Policies {
			level = append(level, compiled(doc))
		}
		s.SCPs = append(s.SCPs, level)
	}
	req := policy.Request{Principal: "arn:aws:sts::123456789012:assumed-role/" + role.Name + "/" + f.Name, Action: action, Resource: resource, ResourceAccount: "123456789012",
		Context: policy.Context{"aws:principalarn": {role.ARN}, "lambda:sourcefunctionarn": {f.ARN}, "aws:securetransport": {"true"}}}
	for _, r := range d.Resources() {
		if r.Policy != nil && strings.HasPrefix(resource, r.ARN) {
			req.ResourcePolicy = compiled(r.Policy)
		}
	}
	return s.Evaluate(req)
}

// A denial that names the whole, and where it stands.
type named struct {
	name, action, resource string
	put                    func(t *testing.T, d *model.Design) *model.Design
}

func withElement(t *testing.T, d *model.Design, changes ...model.Change) *model.Design {
	t.Helper()
	d, err := d.With(changes...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func withPolicy(t *testing.T, d *model.Design, id model.ID, statements ...string) *model.Design {
	t.Helper()
	r := *d.Resource(id)
	r.Policy = document(t, 97, statements...)
	return withElement(t, d, model.Change{Before: d.Resource(id), After: &r})
}

func withBoundary(t *testing.T, d *model.Design, statements ...string) *model.Design {
	t.Helper()
	p := &model.Policy{ID: "policy/bound", LogicalID: "Bound", Name: "bound", ARN: account + "policy/bound", Managed: true, Stack: "shop", Origin: at(98), Document: document(t, 99, statements...)}
	role := *d.Role("role/ShopRole")
	role.Boundary = p.ID
	return withElement(t, d, model.Change{After: p}, model.Change{Before: d.Role("role/ShopRole"), After: &role})
}

// byName are denials of dynamodb:PutItem on Orders or of s3:GetObject on Photos to Shop, by one of its names.
func byName() []named {
	role, function := arnOf("role", generated("ShopRole")), arnOf("function", generated("Shop"))
	under := func(operator, key, value string) string {
		return fmt.Sprintf(`"Condition": {%q: {%q: %q}, "Bool": {"aws:SecureTransport": ["true", "false"]}}`, operator, key, value)
	}
	put := func(condition string) string {
		return `{"Sid": "Named", "Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*", ` + condition + `}`
	}
	own := func(condition string) func(*testing.T, *model.Design) *model.Design {
		return func(t *testing.T, d *model.Design) *model.Design {
			return withStatement(t, d, "role/ShopRole", put(condition))
		}
	}
	bucket := func(who string) func(*testing.T, *model.Design) *model.Design {
		return func(t *testing.T, d *model.Design) *model.Design {
			return withPolicy(t, d, "res/Photos", `{"Sid": "not for roles", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "`+arnOf("bucket", generated("Photos"))+`/*", `+who+`}`)
		}
	}
	const all = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	const write, read = "dynamodb:PutItem", "s3:GetObject"
	orders := arnOf("table", generated("Orders"))
	return []named{
		{"own, by the function", write, orders, own(under("ArnEquals", "lambda:SourceFunctionArn", function))},
		{"own, by a pattern", write, orders, own(under("StringLike", "lambda:SourceFunctionArn", "*:function:shop-Sh*"))},
		{"own, by the role", write, orders, own(under("StringEqualsIgnoreCase", "aws:PrincipalArn", role))},
		{"own, unless it is a part", write, orders, own(under("ArnNotLike", "aws:PrincipalArn", account+"role/shop-C*"))},
		{"the boundary", write, orders, func(t *testing.T, d *model.Design) *model.Design {
			return withBoundary(t, d, all, put(under("ArnEquals", "aws:PrincipalArn", role)))
		}},
		{"an SCP", write, orders, func(t *testing.T, d *model.Design) *model.Design {
			info := d.Info()
			info.Guardrails = map[string]model.Guardrails{"123456789012": {SCPs: []model.Level{{Target: "r-1", Policies: []*policy.Document{document(t, 97, all, put(under("ArnLike", "aws:PrincipalArn", account+"role/shop-ShopRole*")))}}}}}
			return d.WithInfo(info)
		}},
		{"a bucket, by the role", read, photo, bucket(`"Principal": {"AWS": "` + role + `"}`)},
		{"a bucket, by the session", read, photo, bucket(`"Principal": {"AWS": "arn:aws:sts::123456789012:assumed-role/` + generated("ShopRole") + "/" + generated("Shop") + `"}`)},
		{"a bucket, by a condition", read, photo, bucket(`"Principal": "*", ` + under("StringLike", "aws:PrincipalArn", "*ShopRole*"))},
		{"a bucket, whatever is in it", read, photo, func(t *testing.T, d *model.Design) *model.Design {
			return withPolicy(t, d, "res/Photos", `{"Effect": "Deny", "Principal": {"AWS": "`+role+`"}, "Action": "s3:*", "Resource": "*"}`)
		}},
	}
}

// What a whole is denied by its name its parts are denied as well, whatever they are called.
func TestPartsAreDeniedWhatTheWholeIsDenied(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		parts := []model.ID{"fn/Catalog", "fn/Shop"}
		if !keeps {
			parts[1] = "fn/Rest"
		}
		plain := apply(t, shop(t), inHalves(keeps)).Design
		for _, c := range byName() {
			t.Run(fmt.Sprintf("%s, keeps %v", c.name, keeps), func(t *testing.T) {
				d := c.put(t, shop(t))
				if outcome(t, d, "fn/Shop", c.action, c.resource).Outcome != policy.ExplicitDeny {
					t.Fatal("the whole is not denied it")
				}
				r := apply(t, d, inHalves(keeps))
				for _, id := range parts {
					if outcome(t, plain, id, c.action, c.resource).Outcome != policy.Allowed {
						t.Fatalf("%s is not given it", id)
					}
					if got := outcome(t, r.Design, id, c.action, c.resource); got.Outcome != policy.ExplicitDeny {
						t.Errorf("%s is not denied it: %v", id, got.Outcome)
					}
				}
				if r.Unproven != "" {
					t.Errorf("unproven: %s", r.Unproven)
				}
				if other := map[string][2]string{"s3:GetObject": {"dynamodb:PutItem", arnOf("table", generated("Orders"))}, "dynamodb:PutItem": {"s3:GetObject", photo}}[c.action]; outcome(t, r.Design, "fn/Catalog", other[0], other[1]).Outcome != policy.Allowed {
					t.Errorf("Catalog is denied %s as well", other[0])
				}
				if carried := !strings.HasPrefix(c.name, "own"); carried != contains(r.Warnings, "by name: a statement in the policies of CatalogRole denies it to Catalog") {
					t.Errorf("warnings: %q", r.Warnings)
				}
				if contains(r.Warnings, "it does not name the roles of") {
					t.Errorf("it warns of a name that is not missed: %q", r.Warnings)
				}
			})
		}
	}
}

// What a part would be allowed by its own name the whole was not.
func TestPartsAreNotAllowedMoreByTheirNames(t *testing.T) {
	catalog := account + "role/shop-Catalog*"
	under := `"Condition": {"ArnLike": {"aws:PrincipalArn": "` + catalog + `"}}}`
	for name, d := range map[string]*model.Design{
		"a bucket": withPolicy(t, shop(t), "res/Photos", `{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "`+arnOf("bucket", generated("Photos"))+`/*", `+under),
		"its own":  withStatement(t, shop(t), "role/ShopRole", `{"Sid": "Put", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", `+under),
	} {
		s := inHalves(true)
		if name == "its own" {
			s.Parts[0].Grants = append(s.Parts[0].Grants, edit.Access{Actions: []string{"s3:PutObject"}, Resources: []string{"res/Photos/*"}})
		}
		if outcome(t, d, "fn/Shop", "s3:PutObject", photo).Outcome == policy.Allowed {
			t.Fatalf("%s: the whole is allowed it", name)
		}
		_, err := s.Apply(d)
		if r := refused(err); r == nil || r.Undecided || r.Witness == nil || r.Witness.Action != "s3:PutObject" || !strings.HasPrefix(r.Why, "part Catalog") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where it is not known whom a statement names, that parts are allowed nothing new is not proven.
func TestSplitIsUndecidedWhereNamesAreNotKnown(t *testing.T) {
	role := arnOf("role", generated("ShopRole"))
	photos := arnOf("bucket", generated("Photos"))
	for name, d := range map[string]*model.Design{
		"a parameter": withPolicy(t, shop(t), "res/Photos", `{"Effect": "Deny", "Principal": {"AWS": "${Whom}"}, "Action": "s3:GetObject", "Resource": "`+photos+`/*"}`),
		"a unique id": withStatement(t, shop(t), "role/ShopRole", `{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}}`),
		"a variable":  withStatement(t, shop(t), "role/ShopRole", `{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "`+photos+`/${aws:userid}"}`),
		"all but":     withPolicy(t, shop(t), "res/Photos", `{"Effect": "Deny", "Principal": {"AWS": "`+role+`"}, "Action": "s3:GetObject", "NotResource": "`+photos+`/open/*"}`),
	} {
		s := inHalves(true)
		_, err := s.Apply(d)
		if r := refused(err); r == nil || !r.Undecided || !strings.Contains(r.Why, "part Catalog") {
			t.Errorf("%s: %v", name, err)
		}
		s.Confirm = true
		if r, err := s.Apply(d); err != nil || r.Unproven == "" {
			t.Errorf("%s, confirmed: %v", name, err)
		}
	}
	// Who is spared by a unique id is no role that AWS has yet to make.
	d := withPolicy(t, shop(t), "res/Photos", `{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "`+photos+`/*", "Condition": {"StringNotLike": {"aws:userid": "AROAEXAMPLE:*"}}}`)
	if r := apply(t, d, inHalves(true)); r.Unproven != "" {
		t.Errorf("unproven: %s", r.Unproven)
	}
}

// What only the whole's name is allowed, or is spared, is named.
func TestSplitSaysWhatNamesLose(t *testing.T) {
	function := arnOf("function", generated("Shop"))
	d := withStatement(t, shop(t), "role/ShopRole", `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "`+function+`"}}}`)
	d = withBoundary(t, d, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`, `{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*", "Condition": {"ArnNotEquals": {"lambda:SourceFunctionArn": "`+function+`"}}}`)
	s := inHalves(true)
	for i := range s.Parts {
		s.Parts[i].Grants = append(s.Parts[i].Grants, edit.Access{Actions: []string{"s3:PutObject"}, Resources: []string{"res/Photos/*"}})
	}
	r := apply(t, d, s)
	for _, want := range []string{"part Catalog: Allow s3:PutObject on " + arnOf("bucket", generated("Photos")) + "/* under 1 condition asks for the names of fn/Shop, so it allows Catalog nothing",
		"the boundary Bound spares role/ShopRole by name; it does not spare Catalog: Deny s3:DeleteObject on *"} {
		if !contains(r.Warnings, want) {
			t.Errorf("no warning %q in %q", want, r.Warnings)
		}
	}
	if contains(r.Warnings, "allows Shop nothing") {
		t.Errorf("Shop keeps its name: %q", r.Warnings)
	}
}
