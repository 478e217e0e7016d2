package differential

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A document is a policy as JSON.
type document = map[string]any

// A drawn case has the form that "bulkhead simulate" reads.
type drawn struct {
	ID       string       `json:"id"`
	Request  request      `json:"request"`
	Identity []document   `json:"identityPolicies"`
	Resource document     `json:"resourcePolicy,omitempty"`
	Boundary *[]document  `json:"permissionBoundary,omitempty"` // [] is a boundary that allows nothing
	SCPs     [][]document `json:"scps,omitempty"`
	RCPs     [][]document `json:"rcps,omitempty"`
	Session  []document   `json:"sessionPolicies,omitempty"`
	Endpoint []document   `json:"vpcEndpointPolicies,omitempty"`
	Settings settings     `json:"settings"`
}

type request struct {
	Principal       string         `json:"principal"`
	Action          string         `json:"action"`
	Resource        string         `json:"resource"`
	ResourceAccount string         `json:"resourceAccount"`
	Context         map[string]any `json:"context"`
}

type settings struct {
	S3 struct {
		BlockPublicAccess bool `json:"blockPublicAccess"`
		BucketABAC        bool `json:"bucketAbacEnabled"`
	} `json:"s3"`
}

const (
	home = "111111111111"
	away = "222222222222"
)

// principals that meet in policies and requests.
var (
	users    = []string{"arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:user/team/ann", "arn:aws:iam::222222222222:user/bob"}
	sessions = []string{"arn:aws:sts::111111111111:assumed-role/app/s1", "arn:aws:sts::111111111111:assumed-role/app/s2", "arn:aws:sts::222222222222:assumed-role/ext/s1"}
	others   = []string{"anonymous", "s3.amazonaws.com", "sns.amazonaws.com", "arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:federated-user/fed",
		"arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s", "arn:aws:iam::111111111111:role/app"}
)

// A topic is a service's requests and the texts of policies that are about them.
type topic struct {
	actions, actionTexts     []string
	resources, resourceTexts []string
	unnamed                  bool // the resource's policy has no Resource: trust
}

var topics = []topic{
	{
		actions:     []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
		actionTexts: []string{"*", "s3:*", "s3:GetObject", "S3:getobject", "s3:Get*", "s3:?etObject", "s3:*Object", "s3:PutObject", "s3:Put*", "sqs:*", "s3:*t*j*t"},
		resources:   []string{"arn:aws:s3:::data/a", "arn:aws:s3:::data/a/b", "arn:aws:s3:::data/alice/x", "arn:aws:s3:::other/a", "arn:aws:s3:::data/a$b", "arn:aws:s3:::data/red/x"},
		resourceTexts: []string{"*", "arn:aws:s3:::*", "arn:aws:s3:::data/*", "arn:aws:s3:::data/a", "arn:aws:s3:::data/?", "arn:aws:s3:::Data/a", "arn:aws:s3:::data/a*", "arn:aws:s3:::data",
			"arn:aws:s3:::data/*/b", "arn:aws:s3:::*/a", "arn:aws:s3:::data/${aws:username}/*", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*", "arn:aws:s3:::data/${aws:PrincipalTag/none, 'a'}",
			"arn:aws:s3:::data/a${$}b", "arn:aws:s3:::data/${aws:TagKeys}/x", "arn:*:s3:*:*:data/*", "arn:aws:s3:::${aws:PrincipalTag/none}/*"},
	},
	{
		actions:       []string{"sqs:SendMessage", "sqs:ReceiveMessage"},
		actionTexts:   []string{"*", "sqs:*", "sqs:SendMessage", "SQS:sendmessage", "sqs:Send*", "sqs:*Message", "s3:*"},
		resources:     []string{"arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sqs:eu-west-1:111111111111:q-1"},
		resourceTexts: []string{"*", "arn:aws:sqs:*:*:*", "arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sqs:*:111111111111:q*", "arn:aws:sqs:us-east-?:111111111111:q", "arn:aws:sqs:us-east-1:222222222222:q", "arn:aws:sqs:us-east-1:111111111111:Q", "arn:aws:sqs:*"},
	},
	{
		actions:       []string{"kms:Decrypt", "kms:GenerateDataKey"},
		actionTexts:   []string{"*", "kms:*", "kms:Decrypt", "kms:De*", "kms:Generate*", "s3:*"},
		resources:     []string{"arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
		resourceTexts: []string{"*", "arn:aws:kms:*:*:key/*", "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:*:222222222222:key/*"},
	},
	{
		actions:       []string{"sts:AssumeRole"},
		actionTexts:   []string{"*", "sts:*", "sts:AssumeRole", "sts:Assume*", "STS:assumerole", "sts:TagSession"},
		resources:     []string{"arn:aws:iam::111111111111:role/target"},
		resourceTexts: []string{"*", "arn:aws:iam::111111111111:role/*", "arn:aws:iam::*:role/target", "arn:aws:iam::111111111111:role/t?rget", "arn:aws:iam::222222222222:role/target"},
		unnamed:       true,
	},
	{
		actions:       []string{"lambda:InvokeFunction"},
		actionTexts:   []string{"*", "lambda:*", "lambda:InvokeFunction", "lambda:Invoke*", "lambda:Get*"},
		resources:     []string{"arn:aws:lambda:us-east-1:111111111111:function:fn", "arn:aws:lambda:us-east-1:111111111111:function:fn:live"},
		resourceTexts: []string{"*", "arn:aws:lambda:*:*:function:fn", "arn:aws:lambda:*:*:function:fn:*", "arn:aws:lambda:us-east-1:111111111111:function:fn*", "arn:aws:lambda:us-east-1:111111111111:function:fn:live"},
	},
	{
		actions:       []string{"sns:Publish"},
		actionTexts:   []string{"*", "sns:*", "sns:Publish", "sns:Pub*", "sqs:*"},
		resources:     []string{"arn:aws:sns:us-east-1:111111111111:t"},
		resourceTexts: []string{"*", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:111111111111:*", "arn:aws:sns:us-east-1:111111111111:T"},
	},
	{
		actions:       []string{"iam:PassRole"},
		actionTexts:   []string{"*", "iam:*", "iam:PassRole", "iam:Pass*", "iam:Get*"},
		resources:     []string{"arn:aws:iam::111111111111:role/target"},
		resourceTexts: []string{"*", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:role/target", "arn:aws:iam::111111111111:role/red-*"},
	},
}

// A field is a condition key, what requests hold of it and what policies ask of it.
type field struct {
	key            string
	many           bool // a multivalued key
	operators      []string
	values, wanted []string
}

var (
	texts = []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"}
	// conditions by key: global ones, as the other engine forgets keys that an action does not have.
	fields = []field{
		{"aws:PrincipalTag/team", false, texts, []string{"red", "Red", "blue", "r*d", "rd", "r\nd", "alice", "a"},
			[]string{"red", "RED", "r*", "r?d", "*", "blue", "r${*}d", "${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/none, 'red'}", "${aws:PrincipalTag/none}", "", "$", "r$d"}},
		{"aws:TagKeys", true, texts, []string{"a", "b", "B", "ab", "c"}, []string{"a", "b", "a*", "?", "c", "ab", "*"}},
		{"aws:MultiFactorAuthAge", false, []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
			[]string{"0", "9", "10", "10.5", "-1", "3600"}, []string{"10", "9.5", "0", "-2", "10.0", "3600", "100"}},
		{"aws:CurrentTime", false, []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
			[]string{"2024-01-01T00:00:00Z", "2024-06-01T12:00:00Z", "2023-12-31T23:59:59Z", "1704067200"}, []string{"2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-06-01T00:00:00Z", "1704067200", "2024-01-01"}},
		{"aws:SecureTransport", false, []string{"Bool"}, []string{"true", "false"}, []string{"true", "false", "True"}},
		{"aws:MultiFactorAuthPresent", false, []string{"Bool"}, []string{"true", "false"}, []string{"true", "false"}},
		{"aws:SourceIp", false, []string{"IpAddress", "NotIpAddress"}, []string{"203.0.113.7", "203.0.113.200", "10.1.2.3", "2001:db8::1"},
			[]string{"203.0.113.0/24", "203.0.113.0/25", "10.0.0.0/8", "203.0.113.7", "0.0.0.0/0", "2001:db8::/32", "203.0.113.7/32", "::/0"}},
		{"aws:SourceArn", false, []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"},
			[]string{"arn:aws:s3:::data", "arn:aws:sns:us-east-1:111111111111:t", "arn:aws:sns:us-east-1:222222222222:t", "arn:aws:lambda:us-east-1:111111111111:function:fn:live"},
			[]string{"arn:aws:s3:::data", "arn:aws:s3:::*", "arn:aws:sns:*:111111111111:*", "arn:aws:sns:*:*:T", "arn:aws:lambda:*:*:function:*", "arn:*:*:*:*:*", "arn:aws:sns:us-east-?:111111111111:t", "arn:aws:sns:*:t"}},
		{"aws:PrincipalArn", false, []string{"ArnEquals", "ArnLike", "ArnNotLike", "StringEquals", "StringLike", "StringNotEquals"}, nil,
			[]string{"arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:role/app", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:*", "arn:aws:iam::222222222222:*"}},
		{"aws:PrincipalOrgID", false, texts, []string{"o-abc", "o-xyz"}, []string{"o-abc", "o-*"}},
		{"aws:PrincipalOrgPaths", true, texts, []string{"o-abc/r-1/ou-1/", "o-abc/r-1/ou-2/", "o-xyz/r-9/"}, []string{"o-abc/*", "o-abc/r-1/ou-1/", "o-abc/r-1/ou-1/*", "*"}},
		{"aws:ResourceTag/team", false, texts, []string{"red", "blue"}, []string{"red", "${aws:PrincipalTag/team}", "b*"}},
		{"aws:PrincipalAccount", false, texts, nil, []string{home, away, "1*"}},
	}
)

// A drawer draws cases, the same for the same seed.
type drawer struct {
	*rand.Rand
	topic topic
}

func newDrawer(seed uint64) *drawer { return &drawer{Rand: rand.New(rand.NewPCG(seed, 20261123))} }

func (d *drawer) of(list []string) string { return list[d.IntN(len(list))] }

// one in n.
func (d *drawer) once(n int) bool { return d.IntN(n) == 0 }

// some draws one to three of a list; one by itself is now and then no list.
func (d *drawer) some(list []string) any {
	n := 1 + d.IntN(3)
	if n == 1 && d.once(2) {
		return d.of(list)
	}
	out := make([]string, n)
	for i := range out {
		out[i] = d.of(list)
	}
	return out
}

func (d *drawer) draw(n int) *drawn {
	d.topic = topics[d.IntN(len(topics))]
	if d.once(3) {
		d.topic = topics[0]
	}
	c := &drawn{ID: fmt.Sprint(n)}
	c.Request = request{Principal: d.principal(), Action: d.of(d.topic.actions), Resource: d.of(d.topic.resources), ResourceAccount: home, Context: map[string]any{}}
	if d.once(12) {
		c.Request.Action = strings.ToUpper(c.Request.Action[:1]) + c.Request.Action[1:]
	}
	d.context(c)
	signed := strings.HasPrefix(c.Request.Principal, "arn:")
	c.Identity = []document{}
	if signed && !strings.HasSuffix(c.Request.Principal, ":root") {
		for range 1 + d.IntN(2) {
			c.Identity = append(c.Identity, d.document("identity"))
		}
		if d.once(4) {
			b := []document{d.document("identity")}
			c.Boundary = &b
		}
		if strings.Contains(c.Request.Principal, ":sts:") && d.once(4) {
			c.Session = []document{d.document("identity")}
		}
	}
	if d.topic.unnamed || d.topic.actions[0] == "kms:Decrypt" || d.topic.actions[0] != "iam:PassRole" && d.once(2) {
		c.Resource = d.document("resource")
	}
	if signed && d.once(5) {
		for range 1 + d.IntN(3) {
			c.SCPs = append(c.SCPs, []document{d.document("identity"), d.document("identity")})
		}
	}
	if d.once(6) {
		for range 1 + d.IntN(2) {
			c.RCPs = append(c.RCPs, []document{d.document("rcp")})
		}
	}
	if d.once(8) {
		c.Endpoint = []document{d.document("endpoint")}
	}
	c.Settings.S3.BlockPublicAccess, c.Settings.S3.BucketABAC = d.once(6), d.once(2)
	return c
}

func (d *drawer) principal() string {
	switch d.IntN(5) {
	case 0, 1:
		return d.of(users)
	case 2, 3:
		return d.of(sessions)
	}
	return d.of(others)
}

// context fills in what follows from the principal, which the other engine has to be told, and draws the rest.
func (d *drawer) context(c *drawn) {
	ctx, p := c.Request.Context, c.Request.Principal
	if p == "anonymous" {
		ctx["aws:PrincipalAccount"] = p
	}
	f := strings.SplitN(p, ":", 6)
	if len(f) == 6 {
		ctx["aws:PrincipalAccount"], ctx["aws:PrincipalArn"] = f[4], p
		if kind := strings.Split(f[5], "/"); kind[0] == "user" {
			ctx["aws:username"] = kind[len(kind)-1]
		} else if kind[0] == "assumed-role" {
			ctx["aws:PrincipalArn"] = "arn:aws:iam::" + f[4] + ":role/" + kind[1]
		}
	}
	for _, k := range fields {
		if len(k.values) == 0 || d.once(3) || len(f) != 6 && strings.HasPrefix(k.key, "aws:Principal") {
			continue
		}
		if k.many {
			list := []string{}
			for range d.IntN(4) {
				list = append(list, d.of(k.values))
			}
			ctx[k.key] = list
			continue
		}
		ctx[k.key] = d.of(k.values)
	}
}

func (d *drawer) document(kind string) document {
	out := document{"Version": "2012-10-17"}
	if (kind == "identity" || kind == "resource") && d.once(12) {
		out["Version"] = "2008-10-17"
	}
	list := []any{}
	for range 1 + d.IntN(3) {
		list = append(list, d.statement(kind))
	}
	out["Statement"] = list
	if len(list) == 1 && d.once(2) {
		out["Statement"] = list[0]
	}
	return out
}

func (d *drawer) statement(kind string) document {
	s := document{"Effect": "Allow"}
	if d.once(6) || kind == "rcp" {
		s["Effect"] = "Deny"
	}
	switch {
	case kind == "rcp": // has neither NotAction nor "*"
		s["Action"] = d.some(d.topic.actionTexts[1:])
	case kind == "resource" && d.topic.unnamed:
		s["Action"] = d.some(d.topic.actionTexts)
	default:
		s[d.perhapsNot("Action")] = d.some(d.topic.actionTexts)
	}
	if kind != "resource" || !d.topic.unnamed {
		s[d.perhapsNot("Resource")] = d.some(d.topic.resourceTexts)
	}
	switch kind {
	case "resource":
		s["Principal"] = d.named()
		if s["Effect"] == "Deny" && d.once(4) {
			s["NotPrincipal"] = d.named()
			delete(s, "Principal")
		}
	case "rcp", "endpoint": // which the other engine does not take otherwise
		s["Principal"] = "*"
	}
	if d.once(2) {
		s["Condition"] = d.conditions()
	}
	return s
}

func (d *drawer) perhapsNot(element string) string {
	if d.once(9) {
		return "Not" + element
	}
	return element
}

// named draws a Principal element.
func (d *drawer) named() any {
	switch d.IntN(6) {
	case 0:
		return "*"
	case 1:
		return document{"Service": d.of([]string{"s3.amazonaws.com", "sns.amazonaws.com"})}
	}
	return document{"AWS": d.some([]string{"*", home, away, "arn:aws:iam::111111111111:root", users[0], users[1], users[2], sessions[0], sessions[2],
		"arn:aws:iam::111111111111:role/app", "arn:aws:iam::222222222222:role/ext", "arn:aws:sts::111111111111:federated-user/fed"})}
}

func (d *drawer) conditions() document {
	out := document{}
	for range 1 + d.IntN(2) {
		f := fields[d.IntN(len(fields))]
		operator, values := d.of(f.operators), d.some(f.wanted)
		switch {
		case d.once(10):
			operator, values = "Null", d.of([]string{"true", "false"})
		case f.many:
			operator = d.of([]string{"ForAllValues:", "ForAnyValue:"}) + operator
		}
		if operator != "Null" && d.once(5) {
			operator += "IfExists"
		}
		key := f.key
		if d.once(8) {
			key = strings.ToLower(key)
		}
		keys, _ := out[operator].(document)
		if keys == nil {
			keys = document{}
		}
		keys[key] = values
		out[operator] = keys
	}
	return out
}
