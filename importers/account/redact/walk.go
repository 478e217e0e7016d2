package redact

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/catalog"
)

// A walk finds the strings of a page and says what each is. What it does not know is somebody's own.
type walk struct {
	*coder
	page *page
	err  error
}

// A place is where a value stands: the key that it, or the list that it is in, is the value of, and what is around it.
type place struct {
	key    string
	ours   bool // in what AWS has made: names are its own
	events bool // in a pattern of events
	aws    bool // … of AWS's own events
	filter bool // in a trigger's filter
	tags   bool
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// value goes through a value.
func (w *walk) value(n *yamlpos.Node, at place) {
	if n = n.Resolve(); n == nil || n.Null {
		return
	}
	switch n.Kind {
	case yamlpos.Mapping:
		w.object(n, at)
	case yamlpos.Sequence:
		for _, item := range n.Items() {
			w.value(item, at)
		}
	case yamlpos.Scalar, yamlpos.Alias:
		w.scalar(n, at)
	}
}

func (w *walk) object(n *yamlpos.Node, at place) {
	text := func(key string) string {
		if v := n.Get(key).Resolve(); v != nil && v.Kind == yamlpos.Scalar {
			return v.Value
		}
		return ""
	}
	if n.Get("Statement") != nil && !at.events && !at.ours {
		w.document(n)
		return
	}
	for _, key := range []string{"Arn", "PolicyArn"} {
		if arn := text(key); strings.Contains(arn, ":iam::aws:policy/") {
			at.ours = true // a managed policy of AWS, with its document
			w.attached(arn)
		}
	}
	if at.tags {
		w.tagged(n)
	}
	ours := at.ours
	linked := strings.HasPrefix(text("Path"), "/aws-service-role/")
	for _, p := range n.Pairs() {
		key := p.Key.Value
		in := at
		in.key = key
		in.ours = ours || linked && key == "RoleName"
		switch {
		case at.events:
			w.eventKey(p, in)
			continue
		case at.key == "Variables" && strings.HasPrefix(key, "AWS_"):
		case at.key == "Variables", (at.key == "Tags" || at.key == "tags") && text("Key") == "" && n.Get("Value") == nil:
			w.site(p.Key, w.name(key))
		case !keys[key] && !digits(key) && !at.ours:
			w.site(p.Key, w.whole(key))
		case digits(key) && len(key) == 12:
			w.site(p.Key, w.whole(key))
		case key == "FilterPolicy", key == "EventPattern", key == "pattern", key == "Pattern":
			in.events = true
		case key == "Filter":
			in.filter = true
		case key == "Tags" || key == "tags":
			in.tags = true
		}
		w.value(p.Value, in)
	}
}

// attached learns what a policy of AWS's is about: snapshots need not hold it.
func (w *walk) attached(arn string) {
	p := catalog.Load().ManagedPolicy(arn)
	if p == nil || w.known[arn] {
		return
	}
	w.known[arn] = true
	if root, _, err := yamlpos.Parse(arn, p.Document); err == nil {
		(&walk{coder: w.coder, page: &page{}}).value(root, place{ours: true})
	}
}

// theirs learns a pattern of AWS's: what it matches keeps what it asks for.
func (c *coder) theirs(pattern string) {
	if strings.Trim(pattern, "*") != "" && strings.ContainsAny(pattern, "*?") {
		c.own[pattern] = true
	}
}

func (w *walk) scalar(n *yamlpos.Node, at place) {
	text := n.Value
	switch {
	case !n.Quoted && !(len(text) == 12 && digits(text)):
		return // a number, true or false
	case text == "" || text == "true" || text == "false":
		return
	case at.ours:
		switch {
		case ofAccount.MatchString(text): // a role that AWS has made in the account
			w.site(n, w.arn(text))
		case at.key == "Resource" || at.key == "NotResource":
			w.theirs(text)
		}
		return
	case at.tags && at.key == "Key" && strings.HasPrefix(text, "aws:"):
		return
	case at.events:
		w.eventText(n, at)
		return
	}
	if inner, escaped, ok := embedded(text); ok {
		w.inside(n, inner, escaped, at)
		return
	}
	switch key := at.key; {
	case at.tags:
		w.site(n, w.whole(text))
	case (key == "Type" || key == "ResourceType") && strings.HasPrefix(text, "Custom::"):
		s := keptText("Custom::")
		s.add(w.name(strings.TrimPrefix(text, "Custom::")))
		w.site(n, s)
	case usual[key] && !strings.HasPrefix(text, "arn:"), key == "Grantee" && ownGroup.MatchString(text):
	case strings.HasPrefix(text, "arn:") || key == "Resource":
		w.site(n, w.arn(text))
	case at.filter && (key == "prefix" || key == "Prefix"):
		w.pattern(n, text, false, true)
	case at.filter && (key == "suffix" || key == "Suffix"):
		w.pattern(n, text, true, false)
	case at.filter && key == "Value":
		w.pattern(n, text, true, true)
	case at.filter && key == "Name":
	case key == "route" || key == "RouteKey" || key == "routeKey":
		w.site(n, w.spell(text, func(_ int, token string) bool { return method.MatchString(token) || token == "default" }))
	case key == "PolicyName" && catalog.Load().ManagedPolicy(text) != nil && text == catalog.Load().ManagedPolicy(text).Name:
		// Perhaps AWS's own: nobody can tell whose by the name.
	case key == "Path":
		w.site(n, w.name(text))
	case key == "Description" || key == "description":
		w.site(n, keptText("redacted"))
	case key == "Call" || key == "Error" || key == "Message":
		w.site(n, w.message(text))
	case key == "target" && text == "root":
	case key == "Version" || key == "Qualifier" || key == "FunctionVersion":
		if text != "$LATEST" && !digits(text) {
			w.site(n, w.name(text))
		}
	default:
		if key == "UserName" {
			w.fills("aws:username", w.whole(text))
		}
		w.site(n, w.whole(text))
	}
}

// whole spells a text that may be anything.
func (c *coder) whole(text string) spelling {
	if strings.HasPrefix(text, "arn:") {
		return c.arn(text)
	}
	if to, ok := c.network(text); ok {
		return keptText(to)
	}
	return c.name(text)
}

// pattern is a site for a text that things start with, end with, or have in them.
func (w *walk) pattern(n *yamlpos.Node, text string, before, after bool) {
	s := w.name(text)
	if before {
		s.parts = append([]part{{kind: star}}, s.parts...)
	}
	if after {
		s.parts = append(s.parts, part{kind: star})
	}
	w.site(n, s)
}

var (
	// Groups that access control lists name.
	ownGroup  = regexp.MustCompile(`^(http://acs\.amazonaws\.com/groups/(global|s3)/)?(AllUsers|AuthenticatedUsers|LogDelivery)$`)
	ofAccount = regexp.MustCompile(`^arn:[a-z*-]+:[^:]*:[^:]*:[0-9]{12}:`)
	operation = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+$`)
	fault     = regexp.MustCompile(`^[A-Za-z.]+(Exception|Error|Denied|Fault|Access|Timeout|Failure|NotFound)$`)
	// What an import says of calls and of why they were not answered, which is nobody's own, and which a design depends on.
	ownCall  = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+( of versions)?( in [a-z]{2,4}(-[a-z]+)+-[0-9]+)?$`)
	ownFault = regexp.MustCompile(`^(there is no such call there|what was answered cannot be read|no answer in time|cannot be reached|the connection was cut|IAM made no report|HTTP [0-9]{3}|` +
		`answered by a web page \([0-9]{3}\), not by AWS|(not allowed|too many calls) \(([A-Za-z.]+|HTTP [0-9]{3})\)|[0-9]+ versions are more than are asked for their policies \([0-9]+\)|` +
		`its certificate is not trusted here \(.*AWS_CA_BUNDLE\))$`)
)

// message spells what was said of a call: the call and the kind of fault are kept, names and all else are coded.
func (c *coder) message(text string) spelling {
	if ownCall.MatchString(text) || ownFault.MatchString(text) {
		return keptText(text)
	}
	var out spelling
	for i, w := range strings.SplitAfter(text, " ") {
		bare := strings.TrimRight(w, " :,.;")
		switch {
		case operation.MatchString(bare) || i == 0 && fault.MatchString(bare) || region.MatchString(bare):
			out.add(keptText(w))
		case strings.HasPrefix(w, "arn:"):
			out.add(c.arn(w))
		default:
			out.add(c.name(w))
		}
	}
	return out
}

// embedded is JSON that stands in a text, perhaps URL-encoded.
func embedded(text string) (inner []byte, escaped, ok bool) {
	if strings.HasPrefix(text, "%7B") || strings.HasPrefix(text, "%7b") || strings.HasPrefix(text, "%0A") {
		if decoded, err := url.PathUnescape(text); err == nil {
			text, escaped = decoded, true
		}
	}
	start := strings.TrimSpace(text)
	if !strings.HasPrefix(start, "{") && !strings.HasPrefix(start, "[{") || !strings.HasSuffix(start, "}") && !strings.HasSuffix(start, "]") {
		return nil, false, false
	}
	return []byte(text), escaped, true
}

// inside goes through JSON that stands in a text. What is no JSON after all is a text like any other.
func (w *walk) inside(n *yamlpos.Node, data []byte, escaped bool, at place) {
	root, _, err := yamlpos.Parse("", data)
	if err != nil || root.Resolve() == nil || root.Resolve().Kind == yamlpos.Scalar {
		w.site(n, w.name(n.Value))
		return
	}
	p := &page{data: data}
	in := &walk{coder: w.coder, page: p}
	in.value(root, at)
	w.page.sites = append(w.page.sites, site{start: n.Span().Start, end: n.Span().End, inner: p, escaped: escaped})
}

// site writes a string anew.
func (w *walk) site(n *yamlpos.Node, s spelling) {
	w.page.sites = append(w.page.sites, site{start: n.Span().Start, end: n.Span().End, spelling: s})
	w.learn(s)
}

// learn takes a string for what cuts others, and what is cut.
func (c *coder) learn(s spelling) {
	was := s.plain()
	if s.arn {
		was = "arn " + was
	}
	if _, ok := c.strings[was]; ok {
		return
	}
	c.strings[was] = s
	c.texts = append(c.texts, s)
	if s.wild() {
		c.patterns = append(c.patterns, s)
	}
}

// document goes through a policy.
func (w *walk) document(n *yamlpos.Node) {
	for _, p := range n.Pairs() {
		switch p.Key.Value {
		case "Version":
		case "Id":
			w.value(p.Value, place{key: "Id"})
		case "Statement":
			for _, s := range list(p.Value) {
				w.statement(s)
			}
		default:
			w.value(p.Value, place{key: p.Key.Value})
		}
	}
}

// list is the items of a list, or one.
func list(n *yamlpos.Node) []*yamlpos.Node {
	if n = n.Resolve(); n == nil {
		return nil
	}
	if n.Kind == yamlpos.Sequence {
		return n.Items()
	}
	return []*yamlpos.Node{n}
}

func (w *walk) statement(n *yamlpos.Node) {
	if n = n.Resolve(); n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	for _, p := range n.Pairs() {
		switch p.Key.Value {
		case "Effect", "Action", "NotAction":
		case "Resource", "NotResource":
			for _, r := range list(p.Value) {
				if r = r.Resolve(); r != nil && r.Quoted && r.Value != "*" {
					w.site(r, w.arn(r.Value))
				}
			}
		case "Principal", "NotPrincipal":
			w.principal(p.Value.Resolve())
		case "Condition":
			w.conditions(p.Value.Resolve())
		default:
			w.value(p.Value, place{key: p.Key.Value})
		}
	}
}

func (w *walk) principal(n *yamlpos.Node) {
	if n == nil || n.Kind != yamlpos.Mapping {
		return // everybody
	}
	for _, p := range n.Pairs() {
		for _, v := range list(p.Value) {
			v = v.Resolve()
			if v == nil || v.Kind != yamlpos.Scalar || v.Value == "*" || p.Key.Value == "Service" {
				continue
			}
			w.site(v, w.whole(v.Value))
		}
	}
}

// awsValued are condition keys whose values are AWS's words; those whose type is Bool, Numeric or Date are, too.
var awsValued = set("iam:passedtoservice aws:requestedregion kms:viaservice aws:calledvia aws:calledviafirst aws:calledvialast aws:principalservicename aws:principalservicenameslist aws:principaltype " +
	"lambda:functionurlauthtype s3:x-amz-acl s3:x-amz-server-side-encryption s3:x-amz-storage-class s3:signatureversion s3:authtype s3:locationconstraint s3:object-lock-mode s3:x-amz-metadata-directive " +
	"kms:grantoperations kms:keyspec kms:keyusage kms:keyorigin kms:encryptionalgorithm kms:grantconstrainttype kms:signingalgorithm sns:protocol dynamodb:select dynamodb:returnvalues " +
	"ec2:instancetype ec2:region ec2:tenancy ec2:volumetype ec2:createaction iam:awsservicename apigateway:request/endpointtype apigateway:request/authorizertype aws:tokenissuetime " +
	"ecs:compute rds:databaseengine rds:databaseclass sagemaker:instancetypes")

// conditions goes through a statement's conditions.
func (w *walk) conditions(n *yamlpos.Node) {
	if n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	for _, operator := range n.Pairs() {
		of := operator.Value.Resolve()
		if of == nil || of.Kind != yamlpos.Mapping {
			continue
		}
		_, op, qualified := strings.Cut(operator.Key.Value, ":")
		if !qualified {
			op = operator.Key.Value
		}
		op = strings.ToLower(strings.TrimSuffix(op, "IfExists"))
		for _, p := range of.Pairs() {
			key := p.Key.Value
			if s := w.conditionKey(key); textOf(s.parts) != "" && slices.ContainsFunc(s.parts, func(p part) bool { return p.kind != kept }) {
				w.site(p.Key, s)
			}
			for _, v := range list(p.Value) {
				if v = v.Resolve(); v != nil && v.Kind == yamlpos.Scalar && (v.Quoted || len(v.Value) == 12) {
					w.condition(v, op, strings.ToLower(key))
				}
			}
		}
	}
}

func (w *walk) condition(n *yamlpos.Node, op, key string) {
	text := n.Value
	switch {
	case text == "*" || text == "" || text == "true" || text == "false":
		return
	case op == "bool" || op == "null" || strings.HasPrefix(op, "numeric") || strings.HasPrefix(op, "date"):
		return
	case (awsValued[key] || wordValued(key)) && !strings.HasPrefix(text, "arn:"):
		return
	case strings.HasSuffix(text, ".amazonaws.com") && amazonHost.FindString(text) == text && len(own(text)) > 0 && own(text)[0] == [2]int{0, len(text)}:
		return
	case key == "events:source" && strings.HasPrefix(text, "aws."), key == "events:detail-type" && catalog.NotificationOf(text) != "":
		return
	case strings.HasPrefix(text, "arn:"), strings.HasSuffix(key, "arn") || strings.HasPrefix(op, "arn"):
		s := w.arn(text)
		if !strings.HasPrefix(text, "arn:") {
			s.structural = true
		}
		w.site(n, s)
	default:
		if strings.HasPrefix(key, principalTag) { // who may tag itself takes what is asked for
			w.fills(key, w.whole(text))
		}
		w.site(n, w.whole(text))
	}
}

// wordValued reports whether the values of a condition key are AWS's words by the type that AWS gives it.
func wordValued(key string) bool {
	prefix, _, _ := strings.Cut(key, ":")
	switch catalog.Load().ConditionKeyType(prefix, key) {
	case "Bool", "Boolean", "Numeric", "Date":
		return true
	}
	return false
}

// conditionKey spells a condition key: what a tag, a context or an identity provider is called in it is somebody's own.
func (c *coder) conditionKey(key string) spelling {
	service, rest, ok := strings.Cut(key, ":")
	if strings.ContainsAny(service, "./") { // of an identity provider
		i := strings.LastIndexByte(key, ':')
		if i < 0 {
			return c.name(key)
		}
		out := c.name(key[:i])
		out.add(keptText(key[i:]))
		return out
	}
	if !ok {
		return keptText(key)
	}
	if lower := strings.ToLower(service); lower != "aws" && lower != "saml" && catalog.Load().ServiceName(lower) == "" && catalog.Load().Actions(lower) == nil {
		return c.name(key)
	}
	if i := strings.IndexAny(rest, "/:"); i >= 0 {
		out := keptText(service + ":" + rest[:i+1])
		if name := rest[i+1:]; strings.HasPrefix(name, "aws:") || strings.EqualFold(service, "apigateway") || strings.EqualFold(service, "aws") && !strings.HasSuffix(strings.ToLower(rest[:i]), "tag") {
			out.add(keptText(name))
		} else {
			out.add(c.name(name))
		}
		return out
	}
	return keptText(key)
}
