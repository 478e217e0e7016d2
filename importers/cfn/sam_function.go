package cfn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A samRole collects what SAM puts into a role that it makes.
type samRole struct {
	t       *transform
	owner   *resource
	id      string
	span    source.Span
	managed []*yamlpos.Node
	inline  []*yamlpos.Node
	texts   map[string]bool
	first   map[*yamlpos.Node]string // of inline policies that events share: the first of them, by path or key
}

func (t *transform) newRole(owner *resource, id string, span source.Span) *samRole {
	return &samRole{t: t, owner: owner, id: id, span: span, texts: map[string]bool{}, first: map[*yamlpos.Node]string{}}
}

// aws attaches one of AWS's managed policies by its name, path included.
func (r *samRole) aws(name string) { r.awsFor(name, r.span) }

// awsFor is aws for what stands at a place, such as an event.
func (r *samRole) awsFor(name string, span source.Span) {
	r.addManaged(scalar("arn:"+r.t.partition+":iam::aws:policy/"+name, span), madeOf{})
}

func (r *samRole) addManaged(n *yamlpos.Node, from madeOf) {
	if n.Kind == yamlpos.Scalar && !isCall(n) {
		text := n.Value
		if p := r.t.catalog.ManagedPolicy(text); p != nil && !strings.HasPrefix(text, "arn:") {
			text = inPartition(p.ARN, r.t.partition)
		}
		if r.texts[text] {
			return
		}
		r.texts[text] = true
		item := scalar(text, n.Span())
		n = item
	} else {
		c := *n
		n = &c
	}
	r.t.template.origins[n] = from
	r.managed = append(r.managed, n)
}

func (r *samRole) addInline(name string, doc *yamlpos.Node, from madeOf) {
	span := doc.Span()
	if from.entry != nil {
		span = from.entry.Span()
	}
	item := mapping(span, pair("PolicyName", scalar(name, span)), pair("PolicyDocument", doc))
	r.t.template.origins[item] = from
	r.inline = append(r.inline, item)
}

// addOnce is addInline for a document that SAM leaves out where the role has one of the same words. It goes through events by their
// paths or keys, so that the name is that of the first by these.
func (r *samRole) addOnce(e event, name string, doc *yamlpos.Node) {
	order := cmp.Or(r.t.words(r.t.get(e.props, "Path")), e.key)
	for _, i := range r.inline {
		if !alike(i.Get("PolicyDocument"), doc) {
			continue
		}
		if first, ok := r.first[i]; ok && order < first {
			r.first[i] = order
			i.Get("PolicyName").Value = name
		}
		return
	}
	r.addInline(name, doc, madeOf{})
	r.first[r.inline[len(r.inline)-1]] = order
}

// alike reports whether two values are written with the same words.
func alike(a, b *yamlpos.Node) bool {
	a, b = a.Resolve(), b.Resolve()
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Items()) != len(b.Items()) || len(a.Pairs()) != len(b.Pairs()) {
		return false
	}
	if a.Kind == yamlpos.Scalar {
		return a.Tag == b.Tag
	}
	for i := range a.Items() {
		if !alike(a.Items()[i], b.Items()[i]) {
			return false
		}
	}
	for _, p := range a.Pairs() {
		if v := b.Get(p.Key.Value); v == nil || !alike(p.Value, v) {
			return false
		}
	}
	return true
}

// policies reads a SAM Policies property: managed policies, documents and policy templates.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-policies
func (r *samRole) policies(n *yamlpos.Node) {
	t := r.t
	for _, c := range t.choices(n) {
		list := c.node
		if list == nil {
			continue
		}
		items := []*yamlpos.Node{list}
		if list.Kind == yamlpos.Sequence && !isCall(list) {
			items = list.Items()
		}
		for i, raw := range items {
			if raw = raw.Resolve(); raw.Kind == yamlpos.Scalar && !isCall(raw) && plainKind(raw) != '"' {
				t.refuse(raw.Span(), "entry %d in Policies of %s is neither a text nor a mapping", i+1, r.owner.ID)
				continue
			}
			for _, entry := range t.choose(raw, c.when) {
				if entry.node != nil {
					r.policy(i, entry, list)
				}
			}
		}
	}
}

// checkPolicyChoices looks at what is chosen by conditions in Policies, whether the role is made or given.
func (t *transform) checkPolicyChoices(n *yamlpos.Node) {
	n = n.Resolve()
	if name, arg := intrinsic(n); name == "Fn::If" && arg != nil {
		for _, branch := range arg.Items()[min(1, len(arg.Items())):] {
			if branch = branch.Resolve(); branch.Kind == yamlpos.Sequence && !isCall(branch) {
				t.refuse(branch.Span(), "a branch of an Fn::If in the place of Policies is one policy, not a list")
			}
		}
	}
	if n == nil || n.Kind != yamlpos.Sequence || isCall(n) {
		t.checkPolicyChoice(n)
		return
	}
	for _, i := range n.Items() {
		if i = i.Resolve(); !isCall(i) && (i.Kind == yamlpos.Mapping && len(i.Pairs()) == 0 || i.Kind == yamlpos.Sequence) {
			t.refuse(i.Span(), "an entry of Policies is neither a text nor a policy")
		}
		t.checkPolicyChoice(i)
	}
}

// checkRoleChoice looks at a role that is chosen by a condition: SAM makes one where a branch has none.
func (t *transform) checkRoleChoice(what string, n *yamlpos.Node) {
	n = n.Resolve()
	if name, arg := intrinsic(n); name == "Fn::If" && (arg == nil || arg.Kind != yamlpos.Sequence || len(arg.Items()) != 3) {
		t.refuse(n.Span(), "%s: Fn::If takes a condition and two values", what)
	}
}

// policyKind is what an entry of Policies is: "managed", "document", "template", or "" for what is none of them.
func (t *transform) policyKind(n *yamlpos.Node) string {
	n = n.Resolve()
	name, arg := intrinsic(n)
	switch {
	case n == nil:
		return ""
	case name == "Fn::If" && arg != nil && arg.Kind == yamlpos.Sequence && len(arg.Items()) == 3:
		if isNoValue(arg.Items()[1].Resolve()) {
			return t.policyKind(arg.Items()[2])
		}
		return t.policyKind(arg.Items()[1])
	case name != "" || plainKind(n) == '"':
		return "managed"
	case n.Get("Statement") != nil:
		return "document"
	case len(n.Pairs()) == 1 && t.catalog.SAMPolicyTemplate(n.Pairs()[0].Key.Value) != nil:
		return "template"
	}
	return ""
}

// checkPolicyChoice tells of an entry of Policies that is of one kind or of another as a condition says.
func (t *transform) checkPolicyChoice(n *yamlpos.Node) {
	n = n.Resolve()
	name, arg := intrinsic(n)
	if name != "Fn::If" {
		return
	}
	if arg == nil || arg.Kind != yamlpos.Sequence || len(arg.Items()) != 3 {
		t.refuse(n.Span(), "Fn::If takes a condition and two values")
		return
	}
	then, other := arg.Items()[1].Resolve(), arg.Items()[2].Resolve()
	kind := t.policyKind(then)
	switch {
	case isNoValue(then):
		kind = t.policyKind(other)
	case !isNoValue(other) && t.policyKind(other) != kind:
		kind = ""
	}
	if kind == "" {
		t.refuse(n.Span(), "both branches of an Fn::If in Policies have to be of one kind: managed policies, documents or policy templates")
	}
}

func (r *samRole) policy(i int, choice choice, list *yamlpos.Node) {
	t, entry := r.t, choice.node
	from := madeOf{list: list, entry: entry, when: choice.when}
	name := fmt.Sprintf("%sPolicy%d", r.id, i)
	switch {
	case entry.Kind == yamlpos.Scalar || isCall(entry):
		if entry.Null || entry.Kind == yamlpos.Scalar && entry.Value == "" {
			return
		}
		r.addManaged(entry, from)
	case entry.Kind == yamlpos.Mapping && len(entry.Pairs()) == 0:
	case entry.Kind == yamlpos.Mapping && entry.Get("Statement") != nil:
		r.addInline(name, entry, from)
	case entry.Kind == yamlpos.Mapping && len(entry.Pairs()) == 1 && t.catalog.SAMPolicyTemplate(entry.Pairs()[0].Key.Value) != nil:
		from.template = entry.Pairs()[0].Key.Value
		if doc := t.policyTemplate(entry); doc != nil {
			r.addInline(name, doc, from)
		}
	default:
		t.notes.add(source.Error, entry.Span(), fmt.Sprintf("entry %d in Policies of %s is neither a managed policy, a policy document nor a policy template", i+1, r.owner.ID),
			"It was left out.")
	}
}

// make adds the role to the resources.
func (r *samRole) make(trust *yamlpos.Node, more ...yamlpos.Pair) *resource {
	pairs := []yamlpos.Pair{pair("AssumeRolePolicyDocument", trust), pair("ManagedPolicyArns", sequence(r.span, r.managed...)), pair("Policies", sequence(r.span, r.inline...))}
	return r.t.make(r.owner, r.id, "AWS::IAM::Role", mapping(r.span, append(pairs, more...)...), r.span)
}

// function turns AWS::Serverless::Function into a Lambda function, its role, alias, permissions and triggers.
func (t *transform) function(f *resource) {
	f.Type = "AWS::Lambda::Function"
	p := f.Props
	span := f.Origin
	behind := len(t.out) // where the role goes: events add to it till the end
	var role *samRole
	if t.get(p, "Role") == nil || t.perhapsNone(p.Get("Role")) {
		role = t.newRole(f, f.ID+"Role", span)
		if !isEmpty(t.get(p, "DurableConfig")) {
			role.aws("service-role/AWSLambdaBasicDurableExecutionRolePolicy")
		} else {
			role.aws("service-role/AWSLambdaBasicExecutionRole")
		}
		if traces(t.words(t.get(p, "Tracing"))) {
			role.aws(t.xray())
		}
		if n := t.get(p, "VpcConfig"); n != nil && len(n.Pairs()) > 0 {
			role.aws("service-role/AWSLambdaVPCAccessExecutionRole")
		}
		t.deadLetter(f, role)
	} else if n := t.get(p, "Policies"); !isEmpty(n) {
		t.notes.add(source.Warning, n.Span(), "Policies of "+f.ID+" mean nothing beside its Role", "The transform ignores them: the role that is given has what its own policies allow.")
	}
	t.eventInvoke(f, role)
	if role != nil {
		role.policies(p.Get("Policies"))
		f.Props = with(f.Props, pair("Role", getAttOf(role.id, "Arn", span)))
	}
	t.alias(f)
	t.functionURLConfig(f)
	for _, e := range t.pairs(t.get(p, "Events")) {
		t.event(f, role, e)
	}
	if role != nil {
		trust := t.get(p, "AssumeRolePolicyDocument")
		if trust == nil {
			trust = trustOf("lambda.amazonaws.com", span)
		}
		role.make(trust, pair("Path", t.get(p, "RolePath")), pair("PermissionsBoundary", p.Get("PermissionsBoundary")), pair("Tags", t.get(p, "Tags")))
		if last := len(t.out) - 1; t.out[last].ID == role.id {
			made := t.out[last]
			copy(t.out[behind+1:], t.out[behind:last])
			t.out[behind] = made
		}
	}
}

// inPlaceOfNone is an Fn::If with a value in the branch that has none.
func inPlaceOfNone(n, value *yamlpos.Node) *yamlpos.Node {
	_, arg := intrinsic(n)
	items := slices.Clone(arg.Items())
	for i, x := range items {
		if i > 0 && isNoValue(x.Resolve()) {
			items[i] = value
		}
	}
	return mapping(n.Span(), pair("Fn::If", sequence(arg.Span(), items...)))
}

// perhapsNone reports whether a value is none under a condition that cannot be decided.
func (t *transform) perhapsNone(n *yamlpos.Node) bool {
	then, other, both := t.undecidedIf(n)
	return both && (isNoValue(then) || isNoValue(other))
}

// xray is the managed policy for tracing: SAM keeps an older name in the commercial partition.
func (t *transform) xray() string {
	if t.partition == "aws" {
		return "AWSXrayWriteOnlyAccess"
	}
	return "AWSXRayDaemonWriteAccess"
}

// asWrittenIn is the value of a key as it stands, with all that an undecided condition may choose; nil for none.
func (t *transform) asWrittenIn(n *yamlpos.Node, key string) *yamlpos.Node {
	if t.get(n, key) == nil {
		return nil
	}
	return t.settle(n).Get(key).Resolve()
}

func (t *transform) deadLetter(f *resource, role *samRole) {
	n := t.get(f.Props, "DeadLetterQueue")
	if n == nil {
		return
	}
	action := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}[t.words(t.get(n, "Type"))]
	target := t.asWrittenIn(n, "TargetArn")
	if action == "" || target == nil {
		return // told by checkFunction
	}
	role.addInline("DeadLetterQueuePolicy", documentOf(n.Span(), "2012-10-17", allow(n.Span(), target, action)), madeOf{})
}

// eventInvoke reads EventInvokeConfig: destinations, queues and topics that SAM makes for them, and the right
// to send to them.
func (t *transform) eventInvoke(f *resource, role *samRole) {
	n := t.get(f.Props, "EventInvokeConfig")
	if n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	var destinations []yamlpos.Pair
	for _, when := range []string{"OnSuccess", "OnFailure"} {
		d := t.get(n, "DestinationConfig", when)
		if d == nil || d.Kind != yamlpos.Mapping {
			continue
		}
		id := f.ID + "EventInvokeConfig" + when
		to := t.asWrittenIn(d, "Destination")
		kind := t.words(t.get(d, "Type"))
		if raw := d.Get("Destination"); to == nil || t.perhapsNone(raw) {
			var made *yamlpos.Node
			switch kind {
			case "SQS":
				made = getAttOf(t.make(f, id+"Queue", "AWS::SQS::Queue", mapping(d.Span()), d.Span()).ID, "Arn", d.Span())
			case "SNS":
				made = refTo(t.make(f, id+"Topic", "AWS::SNS::Topic", mapping(d.Span()), d.Span()).ID, d.Span())
			}
			if to == nil {
				to = made
			} else if made != nil {
				to = inPlaceOfNone(raw.Resolve(), made)
			}
		}
		if to == nil {
			continue
		}
		destinations = append(destinations, pair(when, mapping(d.Span(), pair("Destination", to))))
		if role == nil {
			continue
		}
		switch kind {
		case "SQS":
			role.addInline(id+"SQSPolicy", documentOf(d.Span(), "", allow(d.Span(), to, "sqs:SendMessage")), madeOf{})
		case "SNS":
			role.addInline(id+"SNSPolicy", documentOf(d.Span(), "", allow(d.Span(), to, "sns:publish")), madeOf{})
		case "EventBridge":
			role.addInline(id+"EventBridgePolicy", documentOf(d.Span(), "", allow(d.Span(), to, "events:PutEvents")), madeOf{})
		case "Lambda":
			role.addInline(id+"LambdaPolicy", documentOf(d.Span(), "", allow(d.Span(), to, "lambda:InvokeFunction")), madeOf{})
		case "S3Bucket":
			role.addInline(id+"S3Policy", storing(to, d.Span()), madeOf{})
		}
	}
	t.make(f, f.ID+"EventInvokeConfig", "AWS::Lambda::EventInvokeConfig",
		mapping(n.Span(), pair("FunctionName", refTo(f.ID, n.Span())), pair("DestinationConfig", mapping(n.Span(), destinations...))), n.Span())
}

// storing is a document that lets put objects into a bucket.
func storing(bucket *yamlpos.Node, span source.Span) *yamlpos.Node {
	objects := mapping(span, pair("Fn::Join", sequence(span, scalar("/", span), sequence(span, bucket, scalar("*", span)))))
	return documentOf(span, "", allow(span, objects, "s3:PutObject"), allow(span, bucket, "s3:ListBucket"))
}

func (t *transform) alias(f *resource) {
	id := t.aliasOf(f)
	if id == "" {
		return
	}
	n := t.get(f.Props, "AutoPublishAlias")
	t.make(f, id, "AWS::Lambda::Alias", mapping(n.Span(), pair("FunctionName", refTo(f.ID, n.Span())), pair("Name", n)), n.Span())
	t.make(f, f.ID+"Version", "AWS::Lambda::Version", mapping(n.Span(), pair("FunctionName", refTo(f.ID, n.Span()))), n.Span())
}

// functionURLConfig makes a function's URL and, where it takes callers without credentials, their permission.
func (t *transform) functionURLConfig(f *resource) {
	n := t.get(f.Props, "FunctionUrlConfig")
	if n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	auth := t.get(n, "AuthType")
	span := n.Span()
	written := n.Get("AuthType").Resolve()
	t.make(f, f.ID+"Url", "AWS::Lambda::Url", mapping(span, pair("TargetFunctionArn", t.callee(f, span)), pair("AuthType", auth)), span)
	if t.words(auth) != "NONE" || isCall(written) { // SAM does not look into calls
		return
	}
	t.hide(f, f.ID+"UrlPublicPermissions", "AWS::Lambda::Permission", mapping(span,
		pair("Action", scalar("lambda:InvokeFunctionUrl", span)), pair("FunctionName", t.callee(f, span)),
		pair("Principal", scalar("*", span)), pair("FunctionUrlAuthType", scalar("NONE", span))), span)
	t.permission(f, f.ID+"URLInvokeAllowPublicAccess", "*", span, pair("InvokedViaFunctionUrl", scalar("true", span)))
}

// policyTemplate fills a SAM policy template with the values of an entry. All statements stand at the entry.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
func (t *transform) policyTemplate(entry *yamlpos.Node) *yamlpos.Node {
	name := entry.Pairs()[0].Key.Value
	values := t.settle(entry.Pairs()[0].Value)
	def := t.catalog.SAMPolicyTemplate(name)
	if values != nil && values.Kind != yamlpos.Mapping && !values.Null {
		t.notes.add(source.Error, values.Span(), "the values of "+name+" are not a mapping", "It was left out.")
		return nil
	}
	given := map[string]*yamlpos.Node{}
	for _, p := range def.Parameters {
		if v := values.Get(p); v != nil {
			given[p] = v
			continue
		}
		t.notes.add(source.Error, entry.Span(), name+" needs "+p, "It was left out.")
		return nil
	}
	if values != nil {
		for _, p := range values.Pairs() {
			if p.Key != nil && given[p.Key.Value] == nil {
				t.notes.add(source.Error, p.Key.Span(), name+" takes no "+p.Key.Value, "It was left out.")
			}
		}
	}
	root, _, err := yamlpos.Parse(name, def.Definition)
	if err != nil || root == nil {
		return nil
	}
	return substituted(root, given, entry.Span())
}

// substituted is a definition with its parameters replaced, all of it at one place.
func substituted(n *yamlpos.Node, given map[string]*yamlpos.Node, span source.Span) *yamlpos.Node {
	if name, arg := intrinsic(n); name == "Ref" && arg != nil {
		if v := given[arg.Value]; v != nil {
			return v
		}
	}
	c := *n
	c.SetSpan(span)
	c.Clear()
	for _, i := range n.Items() {
		c.SetItems(append(c.Items(), substituted(i, given, span)))
	}
	for _, p := range n.Pairs() {
		key := *p.Key
		key.SetSpan(span)
		c.SetPairs(append(c.Pairs(), yamlpos.Pair{Key: &key, Value: substituted(p.Value, given, span)}))
	}
	return &c
}
