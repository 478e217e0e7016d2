package export

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "bulkhead/internal/draws"
	"bulkhead/model"
	"bulkhead/model/policy"
)

var (
	someActions   = []string{"s3:GetObject", "s3:PutObject", "s3:Get*", "S3:getobject", "sqs:SendMessage", "s3:*", "sqs:*Message", "*"}
	someResources = []string{"*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::a/x", "arn:aws:s3:::*", "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/team}", "arn:aws:s3:::${Stage}/x"}
	asked         = []string{"s3:GetObject", "s3:PutObject", "s3:GetBucketPolicy", "sqs:SendMessage", "sqs:ReceiveMessage", "iam:PassRole"}
	askedOf       = []string{"arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:s3:::a/y", "arn:aws:s3:::b", "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:red"}
	someValues    = [][]string{{"red"}, {"blue", "red"}, {"*"}}
)

func drawStatement(t *rapid.T) *policy.Statement {
	some := func(name string, from []string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(from), 1, 3).Draw(t, name)
	}
	s := &policy.Statement{Actions: some("actions", someActions), Resources: some("resources", someResources)}
	s.Effect = rapid.SampledFrom([]policy.Effect{policy.Allow, policy.Allow, policy.Deny}).Draw(t, "effect")
	s.NotAction = rapid.IntRange(0, 7).Draw(t, "notAction") == 0
	s.NotResource = rapid.IntRange(0, 7).Draw(t, "notResource") == 0
	if rapid.IntRange(0, 2).Draw(t, "conditions") == 0 {
		s.Conditions = []policy.Condition{{Operator: rapid.SampledFrom([]string{"StringEquals", "StringLike", "StringNotEquals"}).Draw(t, "operator"), Key: "aws:PrincipalTag/team", Values: rapid.SampledFrom(someValues).Draw(t, "values")}}
	}
	s.Sid = rapid.SampledFrom([]string{"", "", "One", "Two"}).Draw(t, "sid")
	return s
}

func drawDocument(t *rapid.T) *policy.Document {
	d := &policy.Document{Version: current, Statements: rapid.SliceOfN(rapid.Custom(drawStatement), 1, 5).Draw(t, "statements")}
	taken := map[string]bool{}
	for _, s := range d.Statements {
		if taken[s.Sid] {
			s.Sid = ""
		}
		taken[s.Sid] = true
	}
	return d
}

// requests are all that the vocabulary can ask.
func requests(principal string) []policy.Request {
	var out []policy.Request
	for _, a := range asked {
		for _, r := range askedOf {
			for _, team := range [][]string{nil, {"red"}, {"green"}} {
				q := policy.Request{Principal: principal, Action: a, Resource: r, ResourceAccount: "111122223333", Context: policy.Context{}}
				if team != nil {
					q.Context["aws:principaltag/team"] = team
				}
				out = append(out, q)
			}
		}
	}
	return out
}

const somebody = "arn:aws:iam::111122223333:role/app"

func mustStack(t interface{ Fatal(...any) }, docs ...*policy.Document) *policy.Stack {
	s, err := stack(docs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func text(t interface{ Fatal(...any) }, d *policy.Document) string {
	data, err := d.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A tidy document decides every request as it did, is no longer, the same when it is tidied again, and does not depend on the
// order in which its statements and lists stood.
func TestTidyMeansTheSame(t *testing.T) {
	asked := requests(somebody)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t)
		tidy := Tidy(d)
		was, is := mustStack(t, d), mustStack(t, tidy)
		for _, q := range asked {
			if a, b := was.Evaluate(q).Outcome, is.Evaluate(q).Outcome; a != b {
				t.Fatalf("%v was %v and is %v:\n%s\n%s", q, a, b, text(t, d), text(t, tidy))
			}
		}
		if tidy.Size() > d.Size() {
			t.Errorf("%d characters became %d:\n%s\n%s", d.Size(), tidy.Size(), text(t, d), text(t, tidy))
		}
		if again := Tidy(tidy); !again.Equal(tidy) {
			t.Errorf("tidied twice it is another:\n%s\n%s", text(t, tidy), text(t, again))
		}
		turned := &policy.Document{Version: d.Version, Statements: slices.Clone(d.Statements)}
		slices.Reverse(turned.Statements)
		if other := Tidy(turned); !other.Equal(tidy) {
			t.Errorf("the order of statements tells:\n%s\n%s", text(t, tidy), text(t, other))
		}
	})
}

func TestTidy(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`[{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject","s3:GetObject"],"Resource":"arn:aws:s3:::a/*"},{"Sid":"B","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"}]`,
			`[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}]`},
		{`[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","Action":"s3:getObject","Resource":"arn:aws:s3:::a/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]`,
			`[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]`},
		{`[{"Effect":"Deny","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]`,
			`[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}]`},
		// The same lists, of what they name and of all else.
		{`[{"Effect":"Deny","Action":"s3:GetObject","NotResource":"arn:aws:s3:::a/*"},{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]`,
			`[{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Action":"s3:GetObject","NotResource":"arn:aws:s3:::a/*"}]`},
		{`[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}]`,
			`[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}]`},
	} {
		parse := func(statements string) *policy.Document {
			d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":` + statements + `}`))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		if got := Tidy(parse(c.in)); !got.Equal(parse(c.want)) {
			t.Errorf("%s becomes\n%s\nwant %s", c.in, text(t, got), c.want)
		}
	}
}

// What has no room in line is divided into managed policies that have, and that say the same together.
func TestFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &policy.Document{Version: current}
		for i := range rapid.IntRange(1, 4).Draw(t, "statements") {
			s := drawStatement(t)
			s.Sid = fmt.Sprintf("S%d", i)
			for n := range rapid.SampledFrom([]int{0, 30, 150}).Draw(t, "more") {
				if s.NotResource {
					break // cannot be divided
				}
				s.Resources = append(s.Resources, fmt.Sprintf("arn:aws:s3:::bucket-%d-%d/${aws:username}/*", i, n))
			}
			d.Statements = append(d.Statements, s)
		}
		role := &model.Role{ID: "role/app", ARN: somebody}
		h := &Holder{ID: role.ID, Element: role, Own: []*policy.Document{d}}
		h.fit(policy.RoleInline)
		if len(h.Notes) > 0 {
			t.Fatal(h.Notes)
		}
		size := 0
		for _, x := range h.Inline {
			size += x.Size()
		}
		if size > 10240 || (d.Size() <= 10240) != (len(h.Inline) == 1) {
			t.Fatalf("%d characters in line of %d", size, d.Size())
		}
		for _, x := range h.Managed {
			if x.Size() > 6144 {
				t.Fatalf("a managed policy of %d characters", x.Size())
			}
			if x.Size() == 0 || len(x.Statements) == 0 {
				t.Fatal("an empty managed policy")
			}
		}
		was, is := mustStack(t, d), mustStack(t, append(h.Inline, h.Managed...)...)
		for _, q := range rapid.SliceOfN(rapid.SampledFrom(requests(somebody)), 12, 12).Draw(t, "requests") {
			if a, b := was.Evaluate(q).Outcome, is.Evaluate(q).Outcome; a != b {
				t.Fatalf("%v was %v and is %v", q, a, b)
			}
		}
	})
	// One statement that is larger than a managed policy and cannot be divided is told.
	long := &policy.Statement{Effect: policy.Deny, Actions: []string{"*"}, NotResource: true}
	for n := range 400 {
		long.Resources = append(long.Resources, fmt.Sprintf("arn:aws:s3:::bucket-number-%d/*", n))
	}
	role := &model.Role{ID: "role/app"}
	h := &Holder{ID: role.ID, Element: role, Own: []*policy.Document{{Version: current, Statements: []*policy.Statement{long}}}}
	h.fit(policy.RoleInline)
	if len(h.Notes) != 1 || !strings.Contains(h.Notes[0], "cannot be divided") {
		t.Errorf("notes: %v", h.Notes)
	}
}

// design is one role with policies.
func design(t interface{ Fatal(...any) }, bound *policy.Document, more []model.Element, docs ...*policy.Document) *model.Design {
	role := &model.Role{ID: "role/app", LogicalID: "app", Name: "app", ARN: somebody}
	elements := []model.Element{role}
	for i, d := range docs {
		id := model.ID(fmt.Sprintf("policy/%d", i))
		role.Policies = append(role.Policies, id)
		elements = append(elements, &model.Policy{ID: id, Name: string(id), Document: d})
	}
	if bound != nil {
		role.Boundary = "policy/bound"
		elements = append(elements, &model.Policy{ID: "policy/bound", Name: "bound", ARN: "arn:aws:iam::111122223333:policy/bound", Managed: true, Document: bound})
	}
	d, err := model.New(model.Info{Name: "x", Account: "111122223333"}, append(elements, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A boundary lets a role do all that it may do, and as an identity policy it would allow nothing else.
func TestBoundaryIsWhatTheRoleMayDo(t *testing.T) {
	kept, made := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		own := drawDocument(t)
		var bound *policy.Document
		if rapid.Bool().Draw(t, "bounded") {
			bound = drawDocument(t)
		}
		d := design(t, bound, nil, own)
		b, err := boundaryOf(d, d.Role("role/app"))
		if err != nil {
			t.Fatal(err)
		}
		is := mustStack(t, own)
		if bound != nil {
			is.Boundary = mustStack(t, bound).Identity
		}
		if b == nil {
			for _, q := range requests(somebody) {
				if is.Evaluate(q).Outcome == policy.Allowed {
					t.Fatalf("no boundary, and %v is allowed", q)
				}
			}
			return
		}
		if b.Kept != "" {
			kept++
			return
		}
		made++
		alone, within := mustStack(t, b.Document), mustStack(t, own)
		within.Boundary = alone.Identity
		for _, q := range requests(somebody) {
			was := is.Evaluate(q).Outcome == policy.Allowed
			if now := within.Evaluate(q).Outcome == policy.Allowed; was != now {
				t.Fatalf("%v: within the boundary %v, before %v\n%s\n%s", q, now, was, text(t, own), text(t, b.Document))
			}
			if now := alone.Evaluate(q).Outcome == policy.Allowed; was != now {
				t.Fatalf("%v: the boundary alone allows %v, the role %v\n%s\n%s", q, now, was, text(t, own), text(t, b.Document))
			}
		}
	})
	if made == 0 || kept > made {
		t.Errorf("%d boundaries made, %d kept", made, kept)
	}
}

// What a policy of a resource or another role's trust policy allows the role, its boundary lets pass.
func TestBoundaryLetsPassWhatResourcesAllow(t *testing.T) {
	parse := func(s string) *policy.Document {
		d, err := policy.Parse([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	own := parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}}`)
	bucket := parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + somebody + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/other"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"}]}`)
	trust := parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + somebody + `"},"Action":"sts:AssumeRole"}}`)
	d := design(t, nil, []model.Element{
		&model.Resource{ID: "res/a", Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::a", Policy: bucket},
		&model.Role{ID: "role/next", Name: "next", ARN: "arn:aws:iam::111122223333:role/next", Trust: trust},
	}, own)
	b, err := boundaryOf(d, d.Role("role/app"))
	if err != nil {
		t.Fatal(err)
	}
	got := mustStack(t, own)
	got.Boundary = mustStack(t, b.Document).Identity
	for _, c := range []struct {
		action, resource string
		of               *policy.Document
		want             bool
	}{
		{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q", nil, true},
		{"s3:GetObject", "arn:aws:s3:::a/x", bucket, true},
		{"s3:PutObject", "arn:aws:s3:::a/x", bucket, false},
		{"sts:AssumeRole", "arn:aws:iam::111122223333:role/next", trust, true},
	} {
		q := policy.Request{Principal: somebody, Action: c.action, Resource: c.resource, ResourceAccount: "111122223333"}
		if c.of != nil {
			q.ResourcePolicy = mustStack(t, c.of).Identity
		}
		if is := got.Evaluate(q).Outcome == policy.Allowed; is != c.want {
			t.Errorf("%s on %s: %v\n%s", c.action, c.resource, is, text(t, b.Document))
		}
	}
}

// A boundary that would be too large is made smaller, still lets all pass, and says how it is looser.
func TestBoundaryHasRoom(t *testing.T) {
	d := &policy.Document{Version: current}
	for n := range 300 {
		d.Statements = append(d.Statements, &policy.Statement{Effect: policy.Allow, Actions: []string{fmt.Sprintf("s3:Get%d", n)}, Resources: []string{fmt.Sprintf("arn:aws:s3:::bucket-%d/*", n)}})
	}
	for _, more := range []int{0, 400} {
		for n := range more {
			d.Statements = append(d.Statements, &policy.Statement{Effect: policy.Allow, Actions: []string{fmt.Sprintf("sqs:SendAnUncommonlyLongNameOfAnAction%d", n)}, Resources: []string{fmt.Sprintf("arn:aws:s3:::queue-%d/*", n)}})
		}
		x := design(t, nil, nil, d)
		b, err := boundaryOf(x, x.Role("role/app"))
		if err != nil {
			t.Fatal(err)
		}
		if b.Document.Size() > 6144 || b.Loose == "" {
			t.Errorf("%d characters, loose: %q", b.Document.Size(), b.Loose)
		}
		within := mustStack(t, b.Document)
		for _, s := range d.Statements {
			q := policy.Request{Principal: somebody, Action: s.Actions[0], Resource: strings.TrimSuffix(s.Resources[0], "*") + "x"}
			if within.Evaluate(q).Outcome != policy.Allowed {
				t.Fatalf("it cuts %v", q)
			}
		}
	}
}

var everything = &policy.Document{Version: current, Statements: []*policy.Statement{{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}}}}

// Service control policies let a role do all that its policies allow; whatever else its policies allowed, they would let it do
// nothing but its actions on its resources; and nobody else is held.
func TestServiceControlHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own := drawDocument(t)
		d := design(t, nil, nil, own)
		scps, _ := ServiceControl(d)
		for _, s := range scps {
			if n := printed(s); n > 5120 {
				t.Fatalf("a service control policy of %d characters", n)
			}
		}
		level := []*policy.Program{mustStack(t, append([]*policy.Document{everything}, scps...)...).Identity}
		is, held, admin := mustStack(t, own), mustStack(t, own), mustStack(t, everything)
		held.SCPs, admin.SCPs = [][]*policy.Program{level}, [][]*policy.Program{level}
		bare := &policy.Document{Version: current} // what its policies allow, whatever the conditions and variables
		for _, s := range own.Statements {
			if c := *s; c.Effect == policy.Allow {
				c.Conditions = nil
				if !c.NotResource {
					c.Resources = nil
					for _, r := range s.Resources {
						c.Resources = append(c.Resources, withoutVariables(r))
					}
				}
				bare.Statements = append(bare.Statements, &c)
			}
		}
		exact := !slices.ContainsFunc(own.Statements, func(s *policy.Statement) bool {
			return s.Effect == policy.Allow && (s.NotAction || s.NotResource || slices.Contains(s.Actions, "*") || slices.ContainsFunc(s.Actions, func(a string) bool { return strings.Contains(a, "*") }))
		})
		most := mustStack(t, bare)
		for _, q := range requests(somebody) {
			was := is.Evaluate(q).Outcome == policy.Allowed
			if now := held.Evaluate(q).Outcome == policy.Allowed; was != now {
				t.Fatalf("%v: under the service control policies %v, before %v\n%s\n%v", q, now, was, text(t, own), scps)
			}
			if exact && admin.Evaluate(q).Outcome == policy.Allowed && most.Evaluate(q).Outcome != policy.Allowed {
				t.Fatalf("%v passes, and the role's policies have nothing of the kind\n%s\n%s", q, text(t, own), text(t, scps[0]))
			}
			q.Principal = "arn:aws:iam::111122223333:role/other"
			if admin.Evaluate(q).Outcome != policy.Allowed {
				t.Fatalf("%v: another role is held", q)
			}
		}
	})
}

// What service control policies do not hold is said: roles whose policies were not all seen, and those of a name that the source
// does not tell.
func TestServiceControlTellsWhatItLacks(t *testing.T) {
	doc := &policy.Document{Version: current, Statements: []*policy.Statement{{Effect: policy.Allow, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::${Stage}-b/*"}}}}
	d, err := model.New(model.Info{Name: "shop", Kind: "sam", Account: "111122223333"},
		&model.Role{ID: "role/Seen", LogicalID: "Seen", ARN: "arn:aws:iam::111122223333:role/shop-Seen-GENERATED", Policies: []model.ID{"policy/p"}},
		&model.Policy{ID: "policy/p", Name: "p", Document: doc},
		&model.Role{ID: "role/Half", LogicalID: "Half", ARN: "arn:aws:iam::111122223333:role/half", Policies: []model.ID{"policy/p", "policy/unseen"}},
		&model.Policy{ID: "policy/unseen", Name: "unseen", Managed: true})
	if err != nil {
		t.Fatal(err)
	}
	_, notes := ServiceControl(d)
	for _, want := range []string{"Half: no service control policy holds it", "${Stage}, shop-Seen-GENERATED"} {
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("nothing says %q: %q", want, notes)
		}
	}
}
