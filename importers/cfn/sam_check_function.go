package cfn

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
)

var aliasName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// checkVersions looks at what a function publishes: its alias, and how one version takes the place of another.
func (t *transform) checkVersions(f *resource, what string) {
	p := f.Props
	alias := p.Get("AutoPublishAlias").Resolve()
	call, _ := intrinsic(alias)
	switch {
	case alias == nil || isNoValue(alias):
		alias = nil
	case call == "" && alias.Null, call == "" && plainKind(alias) == '"' && alias.Value == "":
		alias = nil // as if it were not there
	case call == "" && plainKind(alias) != '"', call != "" && (call != "Ref" || !t.isParameter(alias)) && !isRefTo(alias, "AWS::Region", "AWS::Partition"):
		t.refuse(alias.Span(), "%s: AutoPublishAlias is neither a text nor a parameter", what)
	case call == "" && !aliasName.MatchString(alias.Value):
		t.refuse(alias.Span(), "%s: AutoPublishAlias has letters, digits, - and _ only", what)
	}
	if n := p.Get("AutoPublishCodeSha256").Resolve(); n != nil && !t.isParameter(n) && isCall(n) {
		t.refuse(n.Span(), "%s: AutoPublishCodeSha256 is neither a text nor a parameter", what)
	}
	if n := t.get(p, "ProvisionedConcurrencyConfig"); n != nil && alias == nil {
		t.refuse(n.Span(), "%s: ProvisionedConcurrencyConfig needs AutoPublishAlias", what)
	}
	d := t.get(p, "DeploymentPreference")
	if d == nil || d.Kind != yamlpos.Mapping || isCall(d) {
		return
	}
	enabled := t.get(d, "Enabled")
	if isCall(enabled) || strings.EqualFold(t.words(enabled), "false") {
		return
	}
	if alias == nil {
		t.refuse(d.Span(), "%s: DeploymentPreference needs AutoPublishAlias", what)
	}
	if d.Get("Type") == nil {
		t.refuse(d.Span(), "%s: DeploymentPreference needs a Type", what)
	}
	if n := t.get(d, "Alarms"); !isMissing(n) && (isCall(n) || n.Kind != yamlpos.Sequence) {
		t.refuse(n.Span(), "%s: Alarms of DeploymentPreference is not a list", what)
	} else if name, arg := intrinsic(d.Get("Alarms").Resolve()); name == "Fn::If" && (arg == nil || len(arg.Items()) != 3) {
		t.refuse(d.Get("Alarms").Span(), "%s: Fn::If takes a condition and two values", what)
	} else if name == "Fn::If" {
		for _, n := range arg.Items()[1:] {
			if n = n.Resolve(); n.Kind != yamlpos.Sequence && !isNoValue(n) {
				t.refuse(n.Span(), "%s: Alarms of DeploymentPreference is not a list", what)
			}
		}
	}
	if n := t.get(d, "PassthroughCondition"); n != nil && !isCall(n) && !isBool(n.Value) {
		t.refuse(n.Span(), "%s: PassthroughCondition is neither true nor false", what)
	}
	if hooks := t.get(d, "Hooks"); hooks != nil && hooks.Kind != yamlpos.Mapping {
		t.refuse(hooks.Span(), "%s: Hooks of DeploymentPreference is not a mapping", what)
	}
}

// isRefTo reports whether a value is a Ref of one of some names.
func isRefTo(n *yamlpos.Node, names ...string) bool {
	name, arg := intrinsic(n)
	return name == "Ref" && arg != nil && arg.Kind == yamlpos.Scalar && slices.Contains(names, arg.Value)
}

// isParameter reports whether a value is a Ref of a parameter of the template, or a value of its mappings.
func (t *transform) isParameter(n *yamlpos.Node) bool {
	name, arg := intrinsic(n)
	switch {
	case name == "Fn::FindInMap" && arg != nil && len(arg.Items()) > 0:
		m := arg.Items()[0].Resolve()
		return isCall(m) || t.template.Mappings.Get(m.Value) != nil || len(arg.Items()) > 3
	case name == "Ref":
		return arg != nil && t.template.Parameters.Get(arg.Value) != nil
	}
	return false
}

// checkCode looks at where the code comes from.
func (t *transform) checkCode(f *resource, what string) {
	p := f.Props
	kind := t.words(t.get(p, "PackageType"))
	if kind == "Image" && t.get(p, "ImageUri") == nil && (f.Value == nil || f.Value.Get("Metadata") == nil) {
		t.refuse(f.Origin, "%s is an image and needs ImageUri, or Metadata to build it from", what)
	}
	if image := t.get(p, "ImageUri"); image != nil && kind == "Zip" {
		t.refuse(image.Span(), "%s: ImageUri is for PackageType Image", what)
	}
	if kind != "Image" && isMissing(p.Get("InlineCode").Resolve()) {
		t.checkURI(what, "CodeUri", p.Get("CodeUri"))
		t.checkFolder(f, what)
	}
}

// checkFolder looks for the code of a function that says nowhere where it is: sam package takes the template's folder.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
func (t *transform) checkFolder(f *resource, what string) {
	if !isMissing(f.Props.Get("CodeUri").Resolve()) || f.Made || f.Value.Get("Metadata") != nil || t.group == nil || t.group.fsys == nil {
		return
	}
	runtime := t.words(t.get(f.Props, "Runtime"))
	handler := t.words(t.get(f.Props, "Handler"))
	if runtime == "" || handler == "" || hasUnknown(runtime+handler) {
		return
	}
	folder := path.Dir(t.template.File)
	if entries, err := fs.ReadDir(t.group.fsys, folder); err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return holdsCode(e, runtime, handler) }) {
		return
	}
	t.refuse(f.Origin, "%s has no code: neither CodeUri nor InlineCode, and the template's folder has none for the handler %s", what, handler)
}

// holdsCode reports whether something in a folder may be, or hold, the code of a handler.
func holdsCode(e fs.DirEntry, runtime, handler string) bool {
	name := e.Name()
	stem := strings.TrimSuffix(name, path.Ext(name))
	first, _, _ := strings.Cut(strings.TrimPrefix(handler, "./"), "/")
	if e.IsDir() {
		return name == first && first != handler
	}
	module := strings.TrimSuffix(first, path.Ext(first))
	switch {
	case strings.HasPrefix(runtime, "python"):
		return stem == module && path.Ext(name) == ".py"
	case strings.HasPrefix(runtime, "nodejs"):
		return stem == module && slices.Contains([]string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"}, path.Ext(name))
	case strings.HasPrefix(runtime, "ruby"):
		return stem == module && path.Ext(name) == ".rb"
	}
	return true // what is compiled may come from anything
}

// isMissing reports whether a value is not there or null.
func isMissing(n *yamlpos.Node) bool { return n == nil || n.Kind == yamlpos.Scalar && n.Null }

// checkURI looks at the place of code, a layer or a definition: an object in S3, or a local path.
func (t *transform) checkURI(what, name string, n *yamlpos.Node) {
	n = n.Resolve()
	if isCall(n) {
		if !t.isParameter(n) {
			t.refuse(n.Span(), "%s: %s is neither a text, a parameter nor a Bucket and a Key", what, name)
			return
		}
		if n = t.settle(n); isCall(n) {
			return // known when the template is deployed
		}
	}
	if n == nil {
		return
	}
	switch n.Kind {
	case yamlpos.Mapping:
		if isFalsy(n.Get("Bucket").Resolve()) || isFalsy(n.Get("Key").Resolve()) {
			t.refuse(n.Span(), "%s: %s needs Bucket and Key", what, name)
		}
	case yamlpos.Scalar:
		if !n.Null && (n.Value == "" || plainKind(n) != '"') {
			t.refuse(n.Span(), "%s: %s is neither a text nor a Bucket and a Key", what, name)
		}
		if rest, ok := strings.CutPrefix(n.Value, "s3://"); ok {
			if bucket, key, _ := strings.Cut(rest, "/"); bucket == "" || key == "" {
				t.refuse(n.Span(), "%s: %s is no s3://bucket/key", what, name)
			}
		}
	case yamlpos.Sequence:
		t.refuse(n.Span(), "%s: %s is a list", what, name)
	case yamlpos.Alias:
	}
}

// checkArchitectures looks at a function's or layer's processors.
func (t *transform) checkArchitectures(what, name string, n *yamlpos.Node, one bool) {
	if n == nil || isCall(n) {
		return
	}
	if n.Kind != yamlpos.Sequence || one && len(n.Items()) != 1 {
		t.refuse(n.Span(), "%s: %s is a list with x86_64 or arm64", what, name)
		return
	}
	for _, i := range n.Items() {
		t.oneOf(what, name, i.Resolve(), "x86_64", "arm64")
	}
}

// checkFunctionURL looks at FunctionUrlConfig.
func (t *transform) checkFunctionURL(what string, n *yamlpos.Node) {
	if n == nil || n.Kind != yamlpos.Mapping || isCall(n) {
		return
	}
	auth := t.get(n, "AuthType")
	if auth == nil {
		t.refuse(n.Span(), "%s: FunctionUrlConfig needs an AuthType, AWS_IAM or NONE", what)
	}
	t.oneOf(what, "AuthType", auth, "AWS_IAM", "NONE")
	if cors := t.get(n, "Cors"); cors != nil && !isCall(cors) && t.should(what, cors, '{', "Cors of FunctionUrlConfig") {
		t.checkFields(what+" FunctionUrlConfig.Cors", cors, cors.Span(), fields("AllowOrigins[ AllowMethods[ AllowCredentials? AllowHeaders[ ExposeHeaders[ MaxAge%"))
	}
}

// checkTags tells of tags that SAM sets itself.
func (t *transform) checkTags(what string, n *yamlpos.Node) {
	if n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	for _, p := range n.Pairs() {
		if p.Key.Value == "lambda:createdBy" {
			t.refuse(p.Key.Span(), "%s: the tag lambda:createdBy is SAM's own", what)
		}
	}
}

func (t *transform) checkLayer(r *resource) {
	t.checkSAM(r)
	what := "LayerVersion " + r.ID
	t.checkURI(what, "ContentUri", r.Props.Get("ContentUri"))
	t.checkArchitectures(what, "CompatibleArchitectures", t.get(r.Props, "CompatibleArchitectures"), false)
	if n := r.Props.Get("RetentionPolicy").Resolve(); isCall(n) && !t.isParameter(n) {
		t.refuse(n.Span(), "%s: RetentionPolicy is Retain or Delete", what)
	} else if n := t.get(r.Props, "RetentionPolicy"); n != nil && !isCall(n) {
		if text := strings.ToLower(t.words(n)); text != "retain" && text != "delete" && !hasUnknown(text) {
			t.refuse(n.Span(), "%s: RetentionPolicy is Retain or Delete", what)
		}
	}
}

func (t *transform) checkTable(r *resource) {
	t.checkSAM(r)
	what := "SimpleTable " + r.ID
	for _, x := range asWritten(t.get(r.Props, "ProvisionedThroughput")) {
		if n := x.Value.Resolve(); !isCall(n) && n.Kind != yamlpos.Mapping {
			t.should(what, n, '%', x.Key.Value+" of ProvisionedThroughput")
		}
	}
	key := r.Props.Get("PrimaryKey").Resolve()
	if t.isParameter(key) {
		key = t.settle(key)
	}
	if isCall(key) {
		if !t.isParameter(key) {
			t.refuse(key.Span(), "%s: PrimaryKey takes no intrinsic function", what)
		}
		return
	}
	if isMissing(key) || key.Kind != yamlpos.Mapping {
		return
	}
	for _, p := range key.Pairs() {
		if n := p.Value.Resolve(); !t.isParameter(n) && plainKind(n) != '"' {
			t.refuse(n.Span(), "%s: %s of PrimaryKey is not a text", what, p.Key.Value)
		}
	}
	for _, name := range []string{"Name", "Type"} {
		if key.Get(name) == nil {
			t.refuse(key.Span(), "%s: PrimaryKey needs a %s", what, name)
		}
	}
	t.oneOf(what, "Type of PrimaryKey", t.get(key, "Type"), "String", "Number", "Binary")
}

// samGlobals lists what the Globals section takes.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
var samGlobals = map[string]string{
	"Function": `Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags PropagateTags Tracing KmsKeyArn AutoPublishAlias
		AutoPublishAliasAllProperties Layers DeploymentPreference RolePath PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig
		AssumeRolePolicyDocument EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart EphemeralStorage FunctionUrlConfig
		RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn TenancyConfig DurableConfig CapacityProviderConfig FunctionScalingConfig
		PublishToLatestPublished VersionDeletionPolicy`,
	"Api": `Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables EndpointConfiguration MethodSettings BinaryMediaTypes
		MinimumCompressionSize Cors GatewayResponses AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain AlwaysDeploy PropagateTags
		SecurityPolicy EndpointAccessMode`,
	"HttpApi": `Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings FailOnWarnings PropagateTags`,
	"WebSocketApi": `AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint DisableSchemaValidation Domain FailOnWarnings
		IpAddressType PropagateTags RouteSelectionExpression RouteSettings StageVariables Tags`,
	"SimpleTable": `SSESpecification`, "StateMachine": `PropagateTags`, "LayerVersion": `PublishLambdaVersion`,
	"CapacityProvider": `VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags`,
}

// checkGlobals holds the Globals section against what it takes.
func (t *transform) checkGlobals() {
	g := t.template.Globals
	if g == nil || !t.template.isSAM() {
		return
	}
	for _, p := range lastOfEach(g.Pairs()) {
		list, ok := samGlobals[p.Key.Value]
		if !ok {
			t.refuse(p.Key.Span(), "Globals takes no %s", p.Key.Value)
			continue
		}
		n := p.Value.Resolve()
		if isMissing(n) {
			t.refuse(p.Key.Span(), "Globals: %s is not a mapping", p.Key.Value)
			continue
		}
		if !t.should("Globals", n, '{', p.Key.Value) || n.Kind != yamlpos.Mapping {
			continue
		}
		for _, x := range lastOfEach(n.Pairs()) {
			if !slices.Contains(strings.Fields(list), x.Key.Value) {
				t.refuse(x.Key.Span(), "Globals: %s takes no %s there", p.Key.Value, x.Key.Value)
			}
		}
	}
}

var logicalName = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// checkNames tells of logical ids and calls that SAM cannot read, anywhere in the template.
func (t *transform) checkNames() {
	if !t.template.isSAM() {
		return
	}
	for _, r := range t.template.Declared {
		if r.Key != nil && !logicalName.MatchString(r.ID) {
			t.refuse(r.Key.Span(), "the logical id %s has more than letters and digits", r.ID)
		}
		if n := r.Value.Get("Condition").Resolve(); n != nil && !n.Null && (isCall(n) || n.Kind != yamlpos.Scalar) {
			t.refuse(n.Span(), "%s: Condition is not the name of a condition", r.ID)
		}
		if n := t.get(r.Props, "Events"); isCall(n) && (r.Written == samFunction || r.Written == samMachine) {
			t.refuse(n.Span(), "%s: Events takes no intrinsic function", r.ID)
		}
		t.checkCalls(r.Props, 0)
	}
}

// checkCalls looks at the arguments of the calls in a value.
func (t *transform) checkCalls(n *yamlpos.Node, depth int) {
	if n == nil || depth > maxNesting {
		return
	}
	name, arg := intrinsic(n)
	if name == "Fn::FindInMap" && arg != nil && (arg.Kind != yamlpos.Sequence || len(arg.Items()) < 3 || len(arg.Items()) > 4) {
		t.refuse(n.Span(), "Fn::FindInMap takes a mapping and two keys")
	}
	for _, i := range n.Items() {
		t.checkCalls(i, depth+1)
	}
	for _, p := range n.Pairs() {
		t.checkCalls(p.Value, depth+1)
	}
}

// A method is one way into an API.
type method struct {
	api, verb, path string
}

// checkMethods tells of two events that ask for one method and path of one API.
func (t *transform) checkMethods() {
	seen := map[method]*resource{}
	for _, r := range t.template.Declared {
		if r.Written != samFunction && r.Written != samMachine {
			continue
		}
		for _, p := range t.pairs(t.get(r.Props, "Events")) {
			e, ok := event{props: t.get(p.Value, "Properties")}, false
			kind := t.words(t.get(p.Value, "Type"))
			m := method{verb: strings.ToLower(t.words(t.get(e.props, "Method"))), path: t.words(t.get(e.props, "Path"))}
			switch kind {
			case "Api":
				m.api, ok = t.apiID(t.get(e.props, "RestApiId"), implicitRest)
			case "HttpApi":
				m.api, ok = t.apiID(t.get(e.props, "ApiId"), implicitHTTP)
				if m.path == "" && m.verb == "" {
					m.path, m.verb = "$default", "any"
				}
			}
			if !ok || m.path == "" || m.verb == "" {
				continue
			}
			if first := seen[m]; first != nil && first.Condition == r.Condition {
				t.refuse(entrySpan(p.Key, p.Value), "event %s of %s: method %s of path %s is there already", p.Key.Value, r.ID, m.verb, m.path)
			}
			seen[m] = r
		}
	}
}

// apiID is the logical id of the API that an event names, if SAM writes its definition.
func (t *transform) apiID(n *yamlpos.Node, implicit string) (string, bool) {
	if n == nil {
		return implicit, true
	}
	refs := t.refs(n)
	if len(refs) == 0 {
		return "", false
	}
	r := t.template.byID[refs[0]]
	if r == nil || r.Written != samAPI && r.Written != samHTTPAPI || t.get(r.Props, "DefinitionUri") != nil {
		return "", refs[0] == implicit
	}
	return r.ID, true
}
