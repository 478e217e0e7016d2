package serverless

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A compiler makes of a service what the framework does: a template.
//
//	functions → log groups → execution role → functions → events → resources that the user wrote
type compiler struct {
	*service
	provider  *yamlpos.Node
	at        source.Span // of the provider: what is made for the service as a whole stands there
	functions []*function

	resources  *yamlpos.Node // of the template, so far
	made       map[string]cfn.Made
	byID       map[string]*yamlpos.Node
	eventNames map[[2]string]bool
	events     map[source.Span]cfn.Event
	extra      []cfn.Extra
	handlers   *custom // functions of the framework's own, nil while nothing needs them

	role *executor // the execution role; nil where the service has none of the framework's

	rest    *rest
	sockets bool
	edge    []edge

	scheduled, queues *need // of all functions
}

// A function is one entry of functions.
type function struct {
	key     string
	name    string // physical
	id      string // logical id
	keyNode *yamlpos.Node
	node    *yamlpos.Node
	at      source.Span
	target  func(at source.Span) *yamlpos.Node // what events call: the function, or its alias
	events  []event
	counts  map[string]int // of events, by kind
}

// An event is one entry of a function's events.
type event struct {
	of    *function
	kind  string
	value *yamlpos.Node
	node  *yamlpos.Node // the entry
	at    source.Span
	index int
}

// compile makes the template of a service.
func (s *service) compile() *cfn.Tree {
	c := &compiler{service: s, resources: obj(s.root.Span()), made: map[string]cfn.Made{}, byID: map[string]*yamlpos.Node{}, eventNames: map[[2]string]bool{}, events: map[source.Span]cfn.Event{}}
	s.stage() // before the variables that need them
	s.region()
	c.resolver.all(s.root.Get("plugins"))
	if c.plugin("serverless-pseudo-parameters") {
		c.pseudo = c.pseudoParameters()
	}
	c.resolveAll()
	c.provider = get(s.root, "provider")
	c.at = s.root.Span()
	if p := pairOf(s.root, "provider"); p != nil {
		c.at = place(p.Key, p.Value)
	}
	c.checkProvider()
	c.readFunctions()
	c.bucket()
	c.logGroups()
	c.executionRole()
	for _, f := range c.functions {
		c.function(f)
	}
	c.layers()
	c.compileEvents()
	c.ownRoles()
	c.stepFunctions()
	c.customRole()

	root := obj(s.root.Span())
	c.written(root)
	tree := &cfn.Tree{
		File: s.file, Stack: c.stack(), Region: s.region(), Root: root, Made: c.made, Events: c.events, Extra: c.extra, Included: s.order[1:],
	}
	for name := range s.resolver.unknown {
		tree.Unknown = append(tree.Unknown, name)
	}
	slices.Sort(tree.Unknown)
	tree.Pages, tree.Written, tree.Writer = c.parsed, c.sections(), &writer{c}
	tree.Notes = s.notes
	return tree
}

// resolveAll resolves what is compiled. Values of environment variables of the functions are resolved, for what they
// name, but nothing is told of them: they are never kept.
func (c *compiler) resolveAll() {
	r := c.resolver
	silent := func(n *yamlpos.Node) {
		n = r.settle(n)
		if n == nil {
			return
		}
		for _, p := range n.Effective() {
			if p.Key.Value == "environment" {
				r.quiet++
				r.all(p.Value)
				r.quiet--
				continue
			}
			r.all(p.Value)
		}
	}
	for _, p := range c.root.Effective() {
		switch p.Key.Value {
		case "provider":
			silent(p.Value)
		case "functions":
			n := r.settle(p.Value)
			lists := items(n)
			if n != nil && n.Kind == yamlpos.Mapping {
				lists = []*yamlpos.Node{n}
			}
			for _, l := range lists {
				for _, f := range r.settle(l).Effective() {
					silent(f.Value)
				}
			}
		case "service", "resources", "layers", "plugins", "stepFunctions", "frameworkVersion", "package":
			r.all(p.Value)
		case "custom":
			if n := r.self(c.root, "custom.serverless-iam-roles-per-function"); n != nil {
				r.all(n)
			}
		}
	}
}

// pseudoParameters replaces what the plugin serverless-pseudo-parameters does: CloudFormation's own parameters.
// https://www.serverless.com/plugins/serverless-pseudo-parameters
func (c *compiler) pseudoParameters() *strings.Replacer {
	partition := c.options.Partition
	if partition == "" {
		partition = "aws"
	}
	suffix := "amazonaws.com"
	if partition == "aws-cn" {
		suffix += ".cn"
	}
	return strings.NewReplacer("#{AWS::AccountId}", c.account, "#{AWS::Region}", c.region(), "#{AWS::Partition}", partition, "#{AWS::URLSuffix}", suffix)
}

func pairOf(n *yamlpos.Node, key string) *yamlpos.Pair {
	var found *yamlpos.Pair
	for i, p := range n.Resolve().Effective() {
		if p.Key.Value == key {
			found = &n.Resolve().Effective()[i]
		}
	}
	return found
}

// checkProvider tells of services that are read otherwise than they are meant.
func (c *compiler) checkProvider() {
	name := words(c.provider)
	if n := get(c.provider, "name"); n != nil {
		name = words(n)
	}
	switch name {
	case "aws", "":
	default:
		c.note(source.Error, c.at, "the provider is "+name+", not aws", "It was read as if it were aws.")
	}
	if c.name() == "" {
		c.note(source.Error, c.root.Span(), "the service has no name", "It was called service.")
	}
	if p := pairOf(c.root, "constructs"); p != nil {
		c.note(source.Warning, place(p.Key, p.Value), "constructs of a plugin are not read", "What they make is not in the picture: package the service and open the compiled template.")
	}
	if n := get(c.root, "frameworkVersion"); strings.HasPrefix(strings.TrimLeft(words(n), "^~>=v "), "4") {
		c.note(source.Info, n.Span(), "the service is for version 4 of the framework", "It was read by the rules of version 3, which compiles the same but for what version 4 alone has.")
	}
}

// stack is the name of the stack.
func (c *compiler) stack() string {
	if v := words(get(c.provider, "stackName")); v != "" {
		return v
	}
	return c.prefix()
}

// prefix is what names of functions begin with.
func (c *compiler) prefix() string {
	name := c.name()
	if name == "" {
		name = "service"
	}
	return name + "-" + c.stage()
}

// plugin reports whether the service has a plugin.
func (c *compiler) plugin(name string) bool {
	n := get(c.root, "plugins")
	if m := get(n, "modules"); m != nil {
		n = m
	}
	return slices.ContainsFunc(items(n), func(i *yamlpos.Node) bool {
		return words(i) == name || strings.HasSuffix(words(i), "/"+name)
	})
}

// readFunctions reads functions, a mapping or a list of mappings.
func (c *compiler) readFunctions() {
	n := get(c.root, "functions")
	maps := []*yamlpos.Node{n}
	if n != nil && n.Kind == yamlpos.Sequence {
		maps = n.Items()
	}
	seen := map[string]bool{}
	for _, m := range maps {
		m = m.Resolve()
		if m == nil || m.Null {
			continue
		}
		if m.Kind != yamlpos.Mapping {
			c.note(source.Error, m.Span(), "functions is a mapping", "What stands here was left out.")
			continue
		}
		for _, p := range m.Effective() {
			if seen[p.Key.Value] || p.Value.Resolve() == nil || p.Value.Resolve().Null {
				continue
			}
			seen[p.Key.Value] = true
			if !isMapping(p.Value) {
				c.note(source.Error, p.Key.Span(), "function "+p.Key.Value+" is not a mapping", "It was left out.")
				continue
			}
			c.readFunction(p)
		}
	}
}

func (c *compiler) readFunction(p yamlpos.Pair) {
	f := &function{key: p.Key.Value, keyNode: p.Key, id: functionID(p.Key.Value), node: p.Value.Resolve(), at: place(p.Key, p.Value), counts: map[string]int{}}
	f.name = words(get(f.node, "name"))
	if f.name == "" {
		f.name = c.prefix() + "-" + f.key
	}
	alias := ""
	switch {
	case there(get(f.node, "snapStart")):
		alias = normalized(f.key) + "SnapStartLambdaAlias"
	case there(get(f.node, "provisionedConcurrency")):
		alias = normalized(f.key) + "ProvConcLambdaAlias"
	}
	f.target = func(at source.Span) *yamlpos.Node {
		if alias != "" {
			return ref(alias, at)
		}
		return getAtt(f.id, "Arn", at)
	}
	if alias != "" {
		name := "provisioned"
		if there(get(f.node, "snapStart")) {
			name = "snapstart"
		}
		c.add(alias, "AWS::Lambda::Alias", obj(f.at, entry{"FunctionName", ref(f.id, f.at)}, entry{"Name", str(name, f.at)}), cfn.Made{Origin: f.at, Owner: f.id})
	}
	n := get(f.node, "events")
	if n != nil && !n.Null && n.Kind != yamlpos.Sequence {
		c.note(source.Error, n.Span(), "events of "+f.key+" is not a list", "They were left out.")
	}
	for i, e := range items(n) {
		node := e.Resolve()
		switch {
		case node == nil || node.Null:
		case node.Kind == yamlpos.Scalar:
			f.events = append(f.events, event{of: f, kind: node.Value, node: e, at: e.Span(), index: i})
		case len(node.Effective()) > 0 && !isCall(node):
			first := node.Effective()[0]
			f.events = append(f.events, event{of: f, kind: first.Key.Value, value: first.Value.Resolve(), node: e, at: e.Span(), index: i})
		default:
			c.note(source.Error, e.Span(), "an event of "+f.key+" is not a mapping", "It was left out.")
		}
	}
	c.functions = append(c.functions, f)
}

// called is the function that the service calls key; nil if there is none.
func (c *compiler) called(key string) *function {
	for _, f := range c.functions {
		if f.key == key {
			return f
		}
	}
	return nil
}

// add puts a made resource into the template. What is there already stays.
func (c *compiler) add(id, cfnType string, props *yamlpos.Node, m cfn.Made) {
	if _, known := c.made[id]; known {
		return
	}
	c.made[id] = m
	c.insert(id, obj(m.Origin, entry{"Type", str(cfnType, m.Origin)}, entry{"Properties", props}))
}

// insert puts a resource that is not there into the template.
func (c *compiler) insert(id string, v *yamlpos.Node) {
	c.resources.SetPairs(append(c.resources.Pairs(), yamlpos.Pair{Key: (&yamlpos.Node{Kind: yamlpos.Scalar, Value: id}).At(v.Span()), Value: v}))
	c.byID[id] = v
}

// has reports whether a resource is in the template already.
func (c *compiler) has(id string) bool {
	_, ok := c.made[id]
	return ok
}

// bucket makes the bucket that packages are uploaded to.
func (c *compiler) bucket() {
	if c.ownBucket() != nil {
		return
	}
	at := c.at
	encryption := obj(at, entry{"ServerSideEncryptionConfiguration", list(at, obj(at, entry{"ServerSideEncryptionByDefault", obj(at, entry{"SSEAlgorithm", str("AES256", at)})}))})
	c.add(deploymentBucket, "AWS::S3::Bucket", obj(at, entry{"BucketEncryption", encryption}), cfn.Made{Origin: at})
	if there(get(c.provider, "deploymentBucket", "skipPolicySetup")) {
		return
	}
	arn := func(rest string) *yamlpos.Node {
		return join("", at, str("arn:", at), ref("AWS::Partition", at), str(":s3:::", at), ref(deploymentBucket, at), str(rest, at))
	}
	deny := obj(at, entry{"Action", str("s3:*", at)}, entry{"Effect", str("Deny", at)}, entry{"Principal", str("*", at)}, entry{"Resource", list(at, arn("/*"), arn(""))},
		entry{"Condition", obj(at, entry{"Bool", obj(at, entry{"aws:SecureTransport", word("false", at)})})})
	c.add(deploymentBucket+"Policy", "AWS::S3::BucketPolicy", obj(at, entry{"Bucket", ref(deploymentBucket, at)},
		entry{"PolicyDocument", obj(at, entry{"Statement", list(at, deny)})}), cfn.Made{Origin: at})
}

// ownBucket is the name of the bucket that packages are uploaded to where the service names one.
func (c *compiler) ownBucket() *yamlpos.Node {
	n := get(c.provider, "deploymentBucket")
	if isMapping(n) {
		n = get(n, "name")
	}
	if !there(n) {
		return nil
	}
	return n
}

// logGroups makes a log group for each function that writes logs.
func (c *compiler) logGroups() {
	for _, f := range c.functions {
		if there(get(f.node, "disableLogs")) {
			continue
		}
		c.add(normalized(f.key)+"LogGroup", "AWS::Logs::LogGroup", obj(f.at, entry{"LogGroupName", str("/aws/lambda/"+f.name, f.at)}), cfn.Made{Origin: f.at, Owner: f.id})
	}
}

// function makes the Lambda function.
func (c *compiler) function(f *function) {
	at, n := f.at, f.node
	own := func(key string) *yamlpos.Node {
		if v := get(n, key); v != nil && !v.Null {
			return v
		}
		return get(c.provider, key)
	}
	p := obj(at, entry{"FunctionName", str(f.name, at)}, entry{"Handler", get(n, "handler")})
	if name := get(n, "name"); words(name) != "" {
		put(p, "FunctionName", name)
	}
	if image := get(n, "image"); image != nil {
		uri := image
		if isMapping(image) {
			uri = get(image, "uri")
		}
		put(p, "PackageType", str("Image", at))
		put(p, "Code", obj(at, entry{"ImageUri", uri}))
	} else {
		put(p, "Runtime", own("runtime"))
		put(p, "Code", c.code(f))
	}
	c.configuration(f, p, own)
	c.environment(f, p)
	put(p, "Role", c.roleOf(f))
	v := obj(at, entry{"Type", str("AWS::Lambda::Function", at)}, entry{"Properties", p}, entry{"Condition", get(n, "condition")})
	c.insert(f.id, v)
	m := cfn.Made{Name: f.key, Stem: normalized(f.key), Prefix: c.prefix() + "-", Origin: at}
	if get(n, "image") == nil && get(n, "package", "artifact") == nil {
		m.Code = c.dir
	}
	c.made[f.id] = m
	c.url(f)
	c.destinations(f)
}

// code is where the package of a function is taken from.
func (c *compiler) code(f *function) *yamlpos.Node {
	from := c.ownBucket()
	if from == nil {
		from = ref(deploymentBucket, f.at)
	}
	prefix := words(get(c.provider, "deploymentPrefix"))
	if prefix == "" {
		prefix = "serverless"
	}
	artifact := c.name()
	if there(get(c.root, "package", "individually")) || there(get(f.node, "package", "individually")) {
		artifact = f.key
	}
	key := fmt.Sprintf("%s/%s/%s/GENERATED/%s.zip", prefix, c.name(), c.stage(), artifact)
	return obj(f.at, entry{"S3Bucket", from}, entry{"S3Key", str(key, f.at)})
}

// configuration is what a function has beside its code and role, and what its role needs for it.
func (c *compiler) configuration(f *function, p *yamlpos.Node, own func(string) *yamlpos.Node) {
	at, n := f.at, f.node
	if to := get(n, "onError"); there(to) {
		put(p, "DeadLetterConfig", obj(at, entry{"TargetArn", to}))
		if to.Kind == yamlpos.Scalar && !isCall(to) {
			c.statement(allow(to.Span(), list(to.Span(), to), "sns:Publish"))
		}
	}
	key := own("kmsKeyArn")
	if v := get(n, "awsKmsKeyArn"); v != nil {
		key = v
	}
	if there(key) {
		put(p, "KmsKeyArn", key)
		if key.Kind == yamlpos.Scalar && !isCall(key) {
			c.statementOnce("kms "+key.Value, allow(key.Span(), list(key.Span(), key), "kms:Decrypt"))
		}
	}
	tracing := get(n, "tracing")
	if !there(tracing) {
		tracing = get(c.provider, "tracing", "lambda")
	}
	if there(tracing) {
		mode := tracing
		if words(tracing) == "true" {
			mode = str("Active", tracing.Span())
		}
		put(p, "TracingConfig", obj(at, entry{"Mode", mode}))
		c.statementOnce("tracing", allow(tracing.Span(), list(tracing.Span(), str("*", tracing.Span())), "xray:PutTraceSegments", "xray:PutTelemetryRecords"))
	}
	vpc := func(key string) *yamlpos.Node {
		if v := get(n, "vpc", key); v != nil {
			return v
		}
		return get(c.provider, "vpc", key)
	}
	none := pairOf(n, "vpc") != nil && (get(n, "vpc") == nil || get(n, "vpc").Null || words(get(n, "vpc")) == "false")
	if groups, subnets := vpc("securityGroupIds"), vpc("subnetIds"); groups != nil && subnets != nil && !none {
		put(p, "VpcConfig", obj(at, entry{"SecurityGroupIds", groups}, entry{"SubnetIds", subnets}))
	}
	if fsys := get(n, "fileSystemConfig"); isMapping(fsys) {
		put(p, "FileSystemConfigs", list(at, obj(at, entry{"Arn", get(fsys, "arn")}, entry{"LocalMountPath", get(fsys, "localMountPath")})))
		c.statement(allow(fsys.Span(), list(fsys.Span(), get(fsys, "arn")), "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"))
	}
	put(p, "Layers", own("layers"))
	if tags := merged(get(c.provider, "tags"), get(n, "tags")); isMapping(tags) {
		l := list(at)
		for _, t := range tags.Effective() {
			l.SetItems(append(l.Items(), obj(at, entry{"Key", t.Key}, entry{"Value", t.Value})))
		}
		put(p, "Tags", l)
	}
}

// environment merges the service's variables with the function's.
func (c *compiler) environment(f *function, p *yamlpos.Node) {
	variables := merged(get(c.provider, "environment"), get(f.node, "environment"))
	if isMapping(variables) && len(variables.Pairs()) > 0 {
		put(p, "Environment", obj(f.at, entry{"Variables", variables}))
	}
}

// url makes the URL of a function.
func (c *compiler) url(f *function) {
	pair := pairOf(f.node, "url")
	if pair == nil || !there(pair.Value) {
		return
	}
	at := place(pair.Key, pair.Value)
	auth := "NONE"
	if strings.EqualFold(words(get(pair.Value, "authorizer")), "aws_iam") {
		auth = "AWS_IAM"
	}
	c.event(at, f, "url")
	c.add(normalized(f.key)+"LambdaFunctionUrl", "AWS::Lambda::Url", obj(at, entry{"AuthType", str(auth, at)}, entry{"TargetFunctionArn", f.target(at)}), cfn.Made{Origin: at, Owner: f.id})
	if auth == "NONE" {
		c.permission(f, normalized(f.key)+"LambdaPermissionFnUrl", "*", at, entry{"Action", str("lambda:InvokeFunctionUrl", at)}, entry{"FunctionUrlAuthType", str(auth, at)})
	}
}

// destinations makes what becomes of the results of asynchronous calls.
func (c *compiler) destinations(f *function) {
	n := get(f.node, "destinations")
	if !isMapping(n) {
		return
	}
	config := obj(n.Span())
	for _, d := range [][2]string{{"onSuccess", "OnSuccess"}, {"onFailure", "OnFailure"}} {
		to := get(n, d[0])
		if !there(to) {
			continue
		}
		arn, resource, action := to, to, ""
		kind := ""
		if isMapping(to) {
			arn, resource, kind = get(to, "arn"), get(to, "arn"), words(get(to, "type"))
		}
		text := words(arn)
		g := c.called(text)
		switch {
		case g != nil:
			arn, resource, action = getAtt(g.id, "Arn", to.Span()), sub("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"+g.name, to.Span()), "lambda:InvokeFunction"
		case kind == "function", strings.Contains(text, ":function:"):
			action = "lambda:InvokeFunction"
		case kind == "sqs", strings.Contains(text, ":sqs:"):
			action = "sqs:SendMessage"
		case kind == "sns", strings.Contains(text, ":sns:"):
			action = "sns:Publish"
		case kind == "eventBus", strings.Contains(text, ":event-bus/"):
			action = "events:PutEvents"
		}
		if arn == nil {
			continue
		}
		put(config, d[1], obj(to.Span(), entry{"Destination", arn}))
		if action != "" && !c.external(f) {
			key := "destination " + text
			if isMapping(to) {
				key = fmt.Sprintf("destination %p", to)
			}
			c.statementOnce(key, allow(to.Span(), resource, action))
		}
	}
	if len(config.Pairs()) == 0 {
		return
	}
	c.add(normalized(f.key)+"LambdaEvConf", "AWS::Lambda::EventInvokeConfig",
		obj(n.Span(), entry{"FunctionName", ref(f.id, n.Span())}, entry{"DestinationConfig", config}), cfn.Made{Origin: n.Span(), Owner: f.id})
}

// layers makes the layers of the service.
func (c *compiler) layers() {
	n := get(c.root, "layers")
	if n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	for _, p := range n.Effective() {
		id, at := normalized(p.Key.Value)+"LambdaLayer", place(p.Key, p.Value)
		name := get(p.Value, "name")
		if name == nil {
			name = str(p.Key.Value, at)
		}
		c.add(id, "AWS::Lambda::LayerVersion", obj(at, entry{"LayerName", name}), cfn.Made{Origin: at})
		for _, who := range items(get(p.Value, "allowedAccounts")) {
			account := strings.ReplaceAll(words(who), "*", "Wild")
			c.add(normalized(p.Key.Value)+account+"LambdaLayerPermission", "AWS::Lambda::LayerVersionPermission",
				obj(who.Span(), entry{"Action", str("lambda:GetLayerVersion", who.Span())}, entry{"LayerVersionArn", ref(id, who.Span())}, entry{"Principal", who}), cfn.Made{Origin: at})
		}
	}
}

// permission makes the right of a service to call a function. A value in more takes the place of the usual one.
func (c *compiler) permission(f *function, id, principal string, at source.Span, more ...entry) {
	p := obj(at, entry{"FunctionName", f.target(at)}, entry{"Action", str("lambda:InvokeFunction", at)}, entry{"Principal", str(principal, at)})
	for _, e := range more {
		put(p, e.key, e.value)
	}
	c.add(id, "AWS::Lambda::Permission", p, cfn.Made{Origin: at, Owner: f.id, Hidden: true})
}

// event names the trigger that stands at a place.
func (c *compiler) event(at source.Span, f *function, name string) {
	base := name
	if _, known := c.events[at]; known {
		return
	}
	for n := 2; c.eventNames[[2]string{f.key, name}]; n++ {
		name = fmt.Sprintf("%s %d", base, n)
	}
	c.eventNames[[2]string{f.key, name}] = true
	c.events[at] = cfn.Event{Function: f.key, Name: name}
}

// written puts the sections of resources over what was made, and what extends it behind.
func (c *compiler) written(root *yamlpos.Node) {
	n := get(c.root, "resources")
	parts := []*yamlpos.Node{n}
	if n != nil && n.Kind == yamlpos.Sequence {
		parts = n.Items()
	}
	var extensions []*yamlpos.Node
	sections := map[string]*yamlpos.Node{"Resources": c.resources}
	order := []string{"Resources"}
	for _, part := range parts {
		part = part.Resolve()
		if part == nil || part.Null {
			continue
		}
		if part.Kind != yamlpos.Mapping {
			c.note(source.Error, part.Span(), "resources is a mapping with Resources and Outputs", "What stands here was left out.")
			continue
		}
		for _, p := range part.Effective() {
			switch name := p.Key.Value; {
			case name == "extensions":
				extensions = append(extensions, p.Value)
			case strings.HasPrefix(name, "Fn::"):
				c.note(source.Warning, p.Key.Span(), name+" takes in resources that are not in the folder", "They were left out.")
			default:
				if sections[name] == nil {
					order = append(order, name)
				}
				sections[name] = overlaid(sections[name], p.Value)
			}
		}
	}
	for _, n := range extensions {
		sections["Resources"] = c.extend(sections["Resources"], n)
	}
	for _, name := range order {
		put(root, name, sections[name])
	}
}

// sections lists the mappings of resources that the user wrote.
func (c *compiler) sections() []*yamlpos.Node { return c.sectionsOf("Resources") }

// sectionsOf are the mappings under a key of resources, one or several.
func (c *compiler) sectionsOf(key string) []*yamlpos.Node {
	n := get(c.root, "resources")
	parts := []*yamlpos.Node{n}
	if n != nil && n.Kind == yamlpos.Sequence {
		parts = n.Items()
	}
	var out []*yamlpos.Node
	for _, part := range parts {
		if s := get(part, key); s != nil && s.Kind == yamlpos.Mapping {
			out = append(out, s)
		}
	}
	return out
}

// extend puts extensions into resources that are there: properties and metadata in the place of those of their names, what it
// depends on behind the others.
// https://www.serverless.com/framework/docs/providers/aws/guide/resources
func (c *compiler) extend(resources, extensions *yamlpos.Node) *yamlpos.Node {
	all := *resources
	all.SetPairs(slices.Clone(resources.Effective()))
	resources = &all
	for _, p := range extensions.Effective() {
		r := resources.Get(p.Key.Value).Resolve()
		if r == nil {
			c.note(source.Error, p.Key.Span(), "there is no resource "+p.Key.Value+" to extend", "It was left out.")
			continue
		}
		extended := *r
		extended.SetPairs(slices.Clone(r.Effective()))
		for _, x := range p.Value.Resolve().Effective() {
			value := x.Value.Resolve()
			switch was := r.Get(x.Key.Value).Resolve(); {
			case was == nil || value == nil:
			case x.Key.Value == "Properties" || x.Key.Value == "Metadata":
				all := *was
				all.SetPairs(slices.Clone(was.Effective()))
				for _, v := range value.Effective() {
					put(&all, v.Key.Value, v.Value)
				}
				value = &all
			case x.Key.Value == "DependsOn":
				all := list(value.Span(), items(was)...)
				all.SetItems(append(all.Items(), items(value)...))
				value = all
			}
			put(&extended, x.Key.Value, value)
		}
		put(resources, p.Key.Value, &extended)
	}
	return resources
}
