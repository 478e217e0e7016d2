package cfn

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// refuse tells of what SAM does not take. The import goes on.
func (t *transform) refuse(span source.Span, format string, args ...any) {
	t.notes.add(source.Error, span, fmt.Sprintf(format, args...), "SAM refuses it; it was read as far as it goes.")
}

// should tells where a value that is there is of another kind than it should be.
func (t *transform) should(what string, n *yamlpos.Node, kind byte, name string) bool {
	if n == nil || isCall(n) || n.Kind == yamlpos.Scalar && n.Null {
		return true
	}
	if wrong := wrongKind(n, kind); wrong != "" {
		t.refuse(n.Span(), "%s: %s is %s", what, name, wrong)
		return false
	}
	return true
}

// check looks at a SAM resource, whether it is made or left out by its condition: SAM does both.
func (t *transform) check(r *resource) {
	if t.template.isSAM() && r.Value != nil {
		t.checkConnectors(r)
		if n := r.Value.Get("Properties").Resolve(); n != nil && n.Null && strings.HasPrefix(r.Written, "AWS::Serverless::") {
			t.refuse(n.Span(), "%s: Properties is not a mapping", r.ID)
		}
	}
	switch r.Written {
	case samFunction:
		t.checkFunction(r)
	case samMachine:
		t.checkMachine(r)
	case samAPI, samHTTPAPI:
		t.checkAPI(r)
	case samWebSocketAPI:
		t.checkWebSocketAPI(r)
	case samGraphQL:
		t.checkGraphQL(r)
	case samCapacity:
		t.checkCapacityProvider(r)
	case samApplication:
		t.checkApplication(r)
	case samLayer:
		t.checkLayer(r)
	case samTable:
		t.checkTable(r)
	case "AWS::S3::Bucket":
		if t.template.isSAM() {
			t.checkBucket(r)
		}
	default:
		t.checkSAM(r)
	}
}

// checkSAM holds a SAM resource against the specification of its type.
func (t *transform) checkSAM(r *resource) {
	list, ok := samProperties[r.Written]
	if !ok {
		return
	}
	what := strings.TrimPrefix(r.Written, "AWS::Serverless::") + " " + r.ID
	takes, props := fields(list), r.Props
	if r.Written == samGraphQL { // SAM passes over what it does not know
		for _, p := range asWritten(props) {
			if !strings.HasPrefix(p.Key.Value, "Fn::") && !slices.ContainsFunc(takes, func(f field) bool { return f.name == p.Key.Value }) {
				t.notes.add(source.Warning, p.Key.Span(), what+" has no property "+p.Key.Value, "SAM passes over it.")
				props = without(props, p.Key.Value)
			}
		}
	}
	t.checkFields(what, props, r.Origin, takes)
	t.checkIgnored(r, what, list)
}

// checkIgnored looks at IgnoreGlobals: "*" or names of properties that Globals may hold.
func (t *transform) checkIgnored(r *resource, what, list string) {
	n := r.Value.Get("IgnoreGlobals").Resolve()
	if n == nil || n.Kind == yamlpos.Scalar && n.Value == "*" {
		return
	}
	if n.Kind != yamlpos.Sequence {
		t.refuse(n.Span(), `%s: IgnoreGlobals is neither "*" nor a list of properties`, what)
		return
	}
	known := fields(list)
	for _, i := range n.Items() {
		i = i.Resolve()
		if !slices.ContainsFunc(known, func(f field) bool { return f.name == i.Value }) {
			t.refuse(i.Span(), "%s: IgnoreGlobals names %s, which is no property", what, i.Value)
		}
	}
}

// isEmpty reports whether a value is nothing, or a text, list or mapping with nothing in it.
func isEmpty(n *yamlpos.Node) bool {
	return n == nil || n.Kind == yamlpos.Scalar && (n.Null || n.Value == "") || n.Kind != yamlpos.Scalar && len(n.Items()) == 0 && len(n.Pairs()) == 0
}

// isFalsy reports whether a value is empty, zero or false: SAM takes it as if it were not there where it asks for a value at all.
func isFalsy(n *yamlpos.Node) bool {
	if isEmpty(n) {
		return true
	}
	switch plainKind(n) {
	case '?':
		return !isTrueText(n.Value)
	case '%', '#':
		f, err := strconv.ParseFloat(n.Value, 64)
		return err == nil && f == 0
	}
	return false
}

// apart are properties of functions of which one excludes the other.
var apart = [][2]string{
	{"CapacityProviderConfig", "ProvisionedConcurrencyConfig"}, {"CapacityProviderConfig", "VpcConfig"}, {"TenancyConfig", "ProvisionedConcurrencyConfig"},
	{"TenancyConfig", "FunctionUrlConfig"}, {"TenancyConfig", "SnapStart"},
}

func (t *transform) checkFunction(f *resource) {
	t.checkSAM(f)
	p, what := f.Props, "Function "+f.ID
	kind := t.words(t.get(p, "PackageType"))
	handler, runtime := t.get(p, "Handler"), t.get(p, "Runtime")
	switch kind {
	case "", "Zip":
		if isFalsy(handler) || isFalsy(runtime) {
			t.refuse(f.Origin, "%s needs Handler and Runtime", what)
		}
		if n := t.get(p, "ImageConfig"); !isEmpty(n) {
			t.refuse(n.Span(), "%s: ImageConfig is for PackageType Image", what)
		}
	case "Image":
		if handler != nil || runtime != nil || t.get(p, "Layers") != nil {
			t.refuse(f.Origin, "%s is an image and takes no Handler, Runtime or Layers", what)
		}
	default:
		if !hasUnknown(kind) {
			t.refuse(f.Origin, "%s: PackageType is Zip or Image", what)
		}
	}
	for _, x := range apart {
		if n := t.get(p, x[1]); n != nil && t.get(p, x[0]) != nil {
			t.refuse(n.Span(), "%s: %s and %s do not go together", what, x[0], x[1])
		}
	}
	for _, x := range [][2]string{{"FunctionScalingConfig", "CapacityProviderConfig"}, {"VersionDeletionPolicy", "AutoPublishAlias"}} {
		if n := t.get(p, x[0]); n != nil && t.get(p, x[1]) == nil {
			t.refuse(n.Span(), "%s: %s needs %s", what, x[0], x[1])
		}
	}
	if n := t.get(p, "CapacityProviderConfig"); n != nil && n.Kind == yamlpos.Mapping {
		t.checkFields(what+" CapacityProviderConfig", n, n.Span(), fields("Arn!| PerExecutionEnvironmentMaxConcurrency# ExecutionEnvironmentMemoryGiBPerVCpu#"))
	}
	t.checkPolicyChoices(p.Get("Policies"))
	t.checkRoleChoice(what, p.Get("Role"))
	t.checkWritten(what, p.Get("Events"))
	t.checkVersions(f, what)
	t.checkCode(f, what)
	t.checkArchitectures(what, "Architectures", t.get(p, "Architectures"), true)
	t.checkFunctionURL(what, t.get(p, "FunctionUrlConfig"))
	t.checkTags(what, t.get(p, "Tags"))
	t.should(what, t.get(p, "Environment", "Variables"), '{', "Variables")
	if d := t.get(p, "DeadLetterQueue"); d != nil && d.Kind == yamlpos.Mapping {
		to := t.get(d, "Type")
		if !t.should(what, to, '"', "DeadLetterQueue.Type") {
			return
		}
		if text := t.words(to); text != "SQS" && text != "SNS" || isFalsy(t.get(d, "TargetArn")) {
			t.refuse(d.Span(), "%s: DeadLetterQueue needs a Type, SQS or SNS, and a TargetArn", what)
		}
	}
	if d := t.get(p, "EventInvokeConfig", "DestinationConfig"); !isFalsy(d) && t.should(what, d, '{', "DestinationConfig") {
		for _, when := range []string{"OnSuccess", "OnFailure"} {
			n := t.get(d, when)
			if n == nil || !t.should(what, n, '{', when) {
				continue
			}
			to := t.words(t.get(n, "Type"))
			if !slices.Contains([]string{"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"}, to) {
				t.refuse(n.Span(), "%s: %s has no Type of SQS, SNS, EventBridge, Lambda or S3Bucket", what, when)
			} else if t.get(n, "Destination") == nil && to != "SQS" && to != "SNS" {
				t.refuse(n.Span(), "%s: %s needs a Destination", what, when)
			}
		}
	}
}

func (t *transform) checkMachine(r *resource) {
	t.checkSAM(r)
	what := "StateMachine " + r.ID
	t.checkPolicyChoices(r.Props.Get("Policies"))
	t.checkWritten(what, r.Props.Get("Events"))
	d, uri := t.get(r.Props, "Definition"), t.get(r.Props, "DefinitionUri")
	if isEmpty(d) {
		d = nil
	}
	switch {
	case d != nil && uri != nil:
		t.refuse(uri.Span(), "%s has both Definition and DefinitionUri", what)
	case d == nil && uri == nil:
		t.refuse(r.Origin, "%s needs Definition or DefinitionUri", what)
	}
	t.checkURI(what, "DefinitionUri", uri)
	if text := t.words(uri); uri != nil && uri.Kind == yamlpos.Scalar && !isCall(uri) && !strings.HasPrefix(text, "s3://") && path.Ext(text) == "" && !hasUnknown(text) {
		t.refuse(uri.Span(), "%s: DefinitionUri is neither an object in S3 nor a file", what)
	}
	if n := r.Props.Get("AutoPublishAlias").Resolve(); isCall(n) || !isFalsy(n) && plainKind(n) != '"' {
		t.refuse(n.Span(), "%s: AutoPublishAlias is not a text", what)
	}
	if isFalsy(t.get(r.Props, "AutoPublishAlias")) {
		for _, key := range []string{"DeploymentPreference", "UseAliasAsEventTarget"} {
			if n := t.get(r.Props, key); n != nil && !strings.EqualFold(t.words(n), "false") {
				t.refuse(n.Span(), "%s: %s needs AutoPublishAlias", what, key)
			}
		}
	}
	if t.get(r.Props, "Role") != nil && t.get(r.Props, "Policies") != nil {
		t.refuse(r.Origin, "%s has both Role and Policies", what)
	}
}

func (t *transform) checkApplication(r *resource) {
	t.checkSAM(r)
	n := r.Props.Get("Location").Resolve()
	if isCall(n) {
		if !t.isParameter(n) {
			t.refuse(n.Span(), "Application %s: Location takes parameters and mappings, no other intrinsic function", r.ID)
		}
		return
	}
	if n == nil || n.Kind != yamlpos.Mapping {
		return
	}
	for _, key := range []string{"ApplicationId", "SemanticVersion"} {
		v := t.get(n, key)
		name, _ := intrinsic(v)
		switch {
		case isEmpty(v):
			t.refuse(n.Span(), "Application %s: Location needs %s", r.ID, key)
		case name == "" && plainKind(v) != '"', name != "" && name != "Ref" && name != "Fn::FindInMap":
			t.refuse(v.Span(), "Application %s: %s is neither a text, a Ref nor in a mapping", r.ID, key)
		case key == "ApplicationId" && name == "" && !strings.HasPrefix(v.Value, "arn:") && !hasUnknown(v.Value):
			t.refuse(v.Span(), "Application %s: ApplicationId is the ARN of an application", r.ID)
		}
	}
}

func (t *transform) checkCapacityProvider(r *resource) {
	t.checkSAM(r)
	what := "CapacityProvider " + r.ID
	if n := t.get(r.Props, "VpcConfig"); n != nil {
		t.checkFields(what+" VpcConfig", n, n.Span(), fields("SubnetIds<! SecurityGroupIds<"))
	}
	if n := t.get(r.Props, "ScalingConfig"); n != nil {
		t.checkFields(what+" ScalingConfig", n, n.Span(), fields("MaxVCpuCount# AverageCPUUtilization# ManualScalingPolicies["))
	}
	if n := t.get(r.Props, "InstanceRequirements"); n != nil {
		t.checkFields(what+" InstanceRequirements", n, n.Span(), fields("Architectures< AllowedTypes< ExcludedTypes<"))
	}
}

// checkBucket looks at what S3 events add to.
func (t *transform) checkBucket(r *resource) {
	what := "bucket " + r.ID
	n := t.get(r.Props, "NotificationConfiguration")
	if t.should(what, n, '{', "NotificationConfiguration") {
		t.should(what, t.get(n, "LambdaConfigurations"), '[', "LambdaConfigurations")
	}
	t.should(what, t.get(r.Props, "Tags"), '[', "Tags")
}
