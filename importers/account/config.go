package account

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// AWS Config's exports are turned into a snapshot, which is then read as any other:
//
//	snapshots and histories ("configurationItems"), batch-get-resource-config, results of select-resource-config, items one a line
//
// https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html

var configKeys = regexp.MustCompile(`"(configurationItems|baseConfigurationItems|BaseConfigurationItems|configurationItem|configurationItemVersion|configurationItemStatus)"|\\?"resourceType\\?"\s*:\s*\\?"AWS::`)

// isConfig reports whether text begins like an export of AWS Config.
func isConfig(head []byte) bool { return configKeys.Match(head) }

// documents parses a file of one JSON value, or of one a line.
func documents(file string, data []byte) ([]*yamlpos.Node, []source.Diagnostic, error) {
	lines := isLines(data)
	var values [][]byte
	if !lines && !json.Valid(data) {
		values = inOne(data)
	}
	if !lines && values == nil {
		root, ds, err := yamlpos.Parse(file, data)
		if err != nil || root.Resolve() == nil {
			return nil, ds, err
		}
		return []*yamlpos.Node{root.Resolve()}, ds, nil
	}
	var out []*yamlpos.Node
	var all []source.Diagnostic
	at, line := 0, 1
	if lines {
		values = slices.Collect(bytes.Lines(data))
	}
	for _, l := range values {
		if len(bytes.TrimSpace(l)) > 0 {
			root, ds, err := yamlpos.Parse(file, l)
			if err != nil {
				all = append(all, source.Diagnostic{Severity: source.Error, Span: source.Span{File: file, Start: at, End: at + len(l), Line: line, Column: 1},
					Summary: "this line is not JSON", Detail: "It was left out."})
			} else if n := root.Resolve(); n != nil {
				shift(n, at, line-1)
				out = append(out, n)
			}
			for _, d := range ds {
				d.Span.Start, d.Span.End, d.Span.Line = d.Span.Start+at, d.Span.End+at, d.Span.Line+line-1
				all = append(all, d)
			}
		}
		at += len(l)
		line += bytes.Count(l, []byte("\n"))
	}
	return out, all, nil
}

// isLines reports whether data has more than one JSON object, one a line.
func isLines(data []byte) bool {
	first, rest, more := bytes.Cut(bytes.TrimSpace(data), []byte("\n"))
	return more && json.Valid(first) && len(bytes.TrimSpace(rest)) > 0
}

// shift moves the places of a value that was parsed by itself to where it stands in its file.
func shift(n *yamlpos.Node, bytes, lines int) {
	at := n.Span()
	at.Start, at.End, at.Line = at.Start+bytes, at.End+bytes, at.Line+lines
	n.SetSpan(at)
	for _, i := range n.Items() {
		shift(i, bytes, lines)
	}
	for _, p := range n.Pairs() {
		shift(p.Key, bytes, lines)
		shift(p.Value, bytes, lines)
	}
}

// put is a value, all of it at the place of the text that it was written in.
func put(n *yamlpos.Node, at source.Span) *yamlpos.Node {
	n.SetSpan(at)
	for _, i := range n.Items() {
		put(i, at)
	}
	for _, p := range n.Pairs() {
		put(p.Key, at)
		put(p.Value, at)
	}
	return n
}

// unpacked is a value that is JSON in a text, or as it is.
func unpacked(n *yamlpos.Node) *yamlpos.Node {
	n = n.Resolve()
	if n == nil || n.Kind != yamlpos.Scalar || !strings.HasPrefix(n.Value, "{") && !strings.HasPrefix(n.Value, "[") && !strings.HasPrefix(n.Value, `"`) {
		return n
	}
	if strings.HasPrefix(n.Value, `"`) { // a text in a text
		var inner string
		if json.Unmarshal([]byte(n.Value), &inner) != nil {
			return n
		}
		return unpacked(word(inner, n.Span()))
	}
	root, _, err := yamlpos.Parse(n.Span().File, []byte(n.Value))
	if err != nil || root.Resolve() == nil {
		return n
	}
	return put(root.Resolve(), n.Span())
}

func word(text string, at source.Span) *yamlpos.Node {
	return (&yamlpos.Node{Kind: yamlpos.Scalar, Quoted: true, Value: text}).At(at)
}

// entry puts a value under a key.
func entry(n *yamlpos.Node, key string, value *yamlpos.Node) {
	if value = value.Resolve(); value != nil {
		n.SetPairs(append(n.Pairs(), yamlpos.Pair{Key: word(key, value.Span()), Value: value}))
	}
}

// upper is a value whose keys begin with capitals, as the services' own API has them.
func upper(n *yamlpos.Node) *yamlpos.Node {
	n = n.Resolve()
	if n == nil || n.Kind == yamlpos.Scalar {
		return n
	}
	out := *n
	out.Clear()
	for _, i := range n.Items() {
		out.SetItems(append(out.Items(), upper(i)))
	}
	for _, p := range n.Pairs() {
		key := *p.Key
		if key.Value != "" {
			key.Value = strings.ToUpper(key.Value[:1]) + key.Value[1:]
		}
		value := upper(p.Value)
		if key.Value == "Variables" {
			value = p.Value // names of variables are the user's
		}
		out.SetPairs(append(out.Pairs(), yamlpos.Pair{Key: &key, Value: value}))
	}
	return &out
}

// configItems lists the configuration items in a value.
func configItems(n *yamlpos.Node) []*yamlpos.Node {
	n = unpacked(n)
	if n == nil {
		return nil
	}
	if n.Kind == yamlpos.Sequence {
		var out []*yamlpos.Node
		for _, i := range n.Items() {
			out = append(out, configItems(i)...)
		}
		return out
	}
	for _, key := range []string{"configurationItems", "baseConfigurationItems", "BaseConfigurationItems", "Results", "configurationItem"} {
		if v := n.Get(key); v != nil {
			return configItems(v)
		}
	}
	if n.Get("resourceType") != nil {
		return []*yamlpos.Node{n}
	}
	return nil
}

// A conversion collects what configuration items say as a snapshot.
type conversion struct {
	lists   map[string]*yamlpos.Node // of the snapshot
	details map[string]*yamlpos.Node // of its authorizationDetails
	account *yamlpos.Node
	regions []string
}

// converted is the snapshot that exports of AWS Config come to.
func converted(roots []*yamlpos.Node) *yamlpos.Node {
	c := &conversion{lists: map[string]*yamlpos.Node{}, details: map[string]*yamlpos.Node{}}
	var at source.Span
	for _, root := range roots {
		at = root.Span()
		for _, item := range configItems(root) {
			c.item(item)
		}
	}
	out := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(at)
	entry(out, "bulkhead", word("account/v1", at))
	entry(out, "account", c.account)
	regions := (&yamlpos.Node{Kind: yamlpos.Sequence}).At(at)
	for _, r := range c.regions {
		regions.SetItems(append(regions.Items(), word(r, at)))
	}
	entry(out, "regions", regions)
	details := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(at)
	for _, key := range []string{"Policies", "RoleDetailList", "GroupDetailList", "UserDetailList"} {
		entry(details, key, c.details[key])
	}
	entry(out, "authorizationDetails", details)
	for _, key := range []string{"functions", "resources", "resourcePolicies", "eventSourceMappings", "triggers"} {
		entry(out, key, c.lists[key])
	}
	return out
}

func into(lists map[string]*yamlpos.Node, key string, n *yamlpos.Node) {
	if lists[key] == nil {
		lists[key] = (&yamlpos.Node{Kind: yamlpos.Sequence}).At(n.Span())
	}
	lists[key].SetItems(append(lists[key].Items(), n))
}

// item adds one configuration item. Resources that are gone are left out.
func (c *conversion) item(n *yamlpos.Node) {
	if strings.HasPrefix(text(n.Get("configurationItemStatus")), "ResourceDeleted") {
		return
	}
	kind := text(n.Get("resourceType"))
	conf := unpacked(n.Get("configuration"))
	arn := either(n, "ARN", "arn")
	if account := either(n, "awsAccountId", "accountId"); text(account) != "" && c.account == nil {
		c.account = account
	}
	if region := text(n.Get("awsRegion")); region != "" && region != "global" && !slices.Contains(c.regions, region) {
		c.regions = append(c.regions, region)
	}
	switch kind {
	case "AWS::IAM::Role":
		into(c.details, "RoleDetailList", upper(conf))
		return
	case "AWS::IAM::User":
		into(c.details, "UserDetailList", upper(conf))
		return
	case "AWS::IAM::Group":
		into(c.details, "GroupDetailList", upper(conf))
		return
	case "AWS::IAM::Policy":
		into(c.details, "Policies", upper(conf))
		return
	case "AWS::Lambda::Function":
		f := upper(conf)
		if arn == nil {
			arn = f.Get("FunctionArn")
		}
		into(c.lists, "functions", f)
	case "AWS::Lambda::EventSourceMapping":
		m := upper(conf)
		if m.Get("FunctionArn") == nil {
			entry(m, "FunctionArn", m.Get("FunctionName"))
		}
		into(c.lists, "eventSourceMappings", m)
		return
	default:
		if text(arn) == "" {
			return
		}
		c.resource(kind, arn, conf, n)
	}
	c.policy(arn, conf, n)
	switch kind {
	case "AWS::S3::Bucket":
		c.notifications(arn, n)
	case "AWS::Events::Rule":
		c.rule(arn, upper(conf))
	case "AWS::SNS::Topic":
		for _, s := range items(upper(conf).Get("Subscription")) {
			c.trigger(arn, s.Get("Endpoint"), "sns-subscription", nil)
		}
	}
}

func either(n *yamlpos.Node, keys ...string) *yamlpos.Node {
	for _, k := range keys {
		if v := n.Get(k); text(v) != "" {
			return v
		}
	}
	return nil
}

func (c *conversion) resource(kind string, arn, conf, n *yamlpos.Node) {
	r := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(n.Span())
	entry(r, "Arn", arn)
	entry(r, "Type", word(kind, n.Span()))
	more := n.Get("supplementaryConfiguration").Resolve()
	key := either(conf, "kmsKeyId", "KmsKeyId", "kmsKeyArn", "KmsMasterKeyId", "kmsMasterKeyId")
	for _, path := range [][]string{{"sseDescription", "kmsMasterKeyArn"}, {"Attributes", "KmsMasterKeyId"}} {
		if key == nil {
			key = either(unpacked(conf.Get(path[0])), path[1])
		}
	}
	for _, rule := range items(unpacked(more.Get("ServerSideEncryptionConfiguration")).Get("rules")) {
		key = either(rule.Get("applyServerSideEncryptionByDefault"), "kmsMasterKeyID")
	}
	if strings.HasPrefix(text(key), "arn:") && kind != "AWS::KMS::Key" {
		entry(r, "KmsKeyArn", key)
	}
	for _, k := range items(conf.Get("keySchema")) {
		if text(k.Get("keyType")) == "HASH" {
			entry(r, "PartitionKey", k.Get("attributeName"))
		}
	}
	if unpacked(more.Get("BucketNotificationConfiguration")).Get("eventBridgeConfiguration") != nil {
		entry(r, "EventBridge", word("true", n.Span()))
	}
	into(c.lists, "resources", r)
}

// policy adds the resource policy of an item: the document in its configuration, or in what supplements it, that names
// principals.
func (c *conversion) policy(arn, conf, n *yamlpos.Node) {
	doc := policyIn(n.Get("supplementaryConfiguration"), 0)
	if doc == nil {
		doc = policyIn(conf, 0)
	}
	if doc == nil || text(arn) == "" {
		return
	}
	p := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(doc.Span())
	entry(p, "Resource", arn)
	entry(p, "Policy", doc)
	entry(p, "Account", either(n, "awsAccountId", "accountId"))
	into(c.lists, "resourcePolicies", p)
}

// policyIn is the first policy document in a value that names principals, as a text.
func policyIn(n *yamlpos.Node, depth int) *yamlpos.Node {
	n = n.Resolve()
	if n == nil || depth > 4 {
		return nil
	}
	if n.Kind == yamlpos.Scalar {
		v := unpacked(n)
		if v == n {
			return nil
		}
		n = v
	}
	if n.Get("Statement") != nil {
		if text := jsonOf(n); strings.Contains(text, `"Principal"`) {
			return word(text, n.Span())
		}
		return nil
	}
	for _, p := range n.Pairs() {
		if found := policyIn(p.Value, depth+1); found != nil {
			return found
		}
	}
	return nil
}

// jsonOf prints a value as JSON.
func jsonOf(n *yamlpos.Node) string {
	out, err := json.Marshal(valueOf(n))
	if err != nil {
		return ""
	}
	return string(out)
}

func valueOf(n *yamlpos.Node) any {
	n = n.Resolve()
	switch {
	case n == nil || n.Null:
		return nil
	case n.Kind == yamlpos.Sequence:
		out := []any{}
		for _, i := range n.Items() {
			out = append(out, valueOf(i))
		}
		return out
	case n.Kind == yamlpos.Mapping:
		out := map[string]any{}
		for _, p := range n.Pairs() {
			out[p.Key.Value] = valueOf(p.Value)
		}
		return out
	case !n.Quoted && json.Valid([]byte(n.Value)):
		return json.RawMessage(n.Value)
	}
	return n.Value
}

func (c *conversion) trigger(from, to *yamlpos.Node, kind string, filter *yamlpos.Node) {
	if text(to) == "" {
		return
	}
	t := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(to.Resolve().Span())
	entry(t, "From", from)
	entry(t, "To", to)
	entry(t, "Kind", word(kind, t.Span()))
	entry(t, "Filter", filter)
	into(c.lists, "triggers", t)
}

// notifications reads what a bucket's events start.
func (c *conversion) notifications(arn, n *yamlpos.Node) {
	list := unpacked(n.Get("supplementaryConfiguration").Resolve().Get("BucketNotificationConfiguration")).Get("configurations").Resolve()
	if list == nil {
		return
	}
	all := list.Items()
	for _, p := range list.Pairs() {
		all = append(all, p.Value)
	}
	for _, i := range all {
		filter := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(i.Span())
		entry(filter, "events", i.Get("events"))
		for _, rule := range items(i.Get("filter").Get("s3KeyFilter").Get("filterRules")) {
			if name := strings.ToLower(text(rule.Get("name"))); name == "prefix" || name == "suffix" {
				entry(filter, name, rule.Get("value"))
			}
		}
		c.trigger(arn, either(i, "functionARN", "queueARN", "topicARN"), "s3-notification", filter)
	}
}

// rule reads what a rule of EventBridge starts.
func (c *conversion) rule(arn, conf *yamlpos.Node) {
	if text(conf.Get("State")) == "DISABLED" {
		return
	}
	for _, t := range items(conf.Get("Targets")) {
		filter := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(t.Span())
		if p := conf.Get("EventPattern").Resolve(); p != nil && !p.Null {
			text := p.Value
			if p.Kind != yamlpos.Scalar {
				text = jsonOf(p)
			}
			entry(filter, "pattern", word(text, p.Span()))
		}
		entry(filter, "schedule", either(conf, "ScheduleExpression"))
		c.trigger(arn, t.Get("Arn"), "event-rule", filter)
	}
}
