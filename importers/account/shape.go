package account

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A shape is what a value of an account file has to be. What is of another is reported and read as null: nothing is
// guessed out of it.
type shape struct {
	is     form
	of     *shape            // of a list: its items
	keys   map[string]*shape // of an object; other keys are as they please
	needs  []string          // keys that an object cannot be without
	spells *regexp.Regexp    // what a text looks like; nil: anything
	as     string            // … and how to say that
}

// A form is the JSON type of a value.
type form uint8

const (
	anything form = iota
	isText
	isFlag // true, false, or one of them as a text
	isList
	isObject
	isDocument // a policy: an object, or a text of one
)

// String says it with its article.
func (f form) String() string {
	return [...]string{"anything", "a text", "true or false", "a list", "an object", "a policy"}[f]
}

var (
	aText     = &shape{is: isText}
	aFlag     = &shape{is: isFlag}
	aDocument = &shape{is: isDocument}
	anyThing  = &shape{}
	texts     = list(aText)
	number    = &shape{is: isText, spells: regexp.MustCompile(`^[0-9]{12}$`), as: "an account's number, 12 digits"}

	tagList     = list(object(nil, "Key", aText, "Value", aText))
	inline      = list(object([]string{"PolicyName"}, "PolicyName", aText, "PolicyDocument", aDocument))
	attached    = list(object([]string{"PolicyArn"}, "PolicyName", aText, "PolicyArn", aText))
	boundary    = object(nil, "PermissionsBoundaryArn", aText)
	someArn     = list(object(nil, "Arn", aText))
	destination = object(nil, "Destination", aText)
	levels      = list(object(nil, "target", aText, "policies", list(aDocument)))

	details = object(nil,
		"Policies", list(object([]string{"Arn"}, "PolicyName", aText, "Arn", aText, "DefaultVersionId", aText,
			"PolicyVersionList", list(object(nil, "VersionId", aText, "IsDefaultVersion", aFlag, "Document", aDocument)))),
		"RoleDetailList", list(object([]string{"RoleName", "Arn"}, "RoleName", aText, "RoleId", aText, "Arn", aText, "Path", aText, "AssumeRolePolicyDocument", aDocument,
			"RolePolicyList", inline, "AttachedManagedPolicies", attached, "PermissionsBoundary", boundary, "Tags", tagList,
			"InstanceProfileList", someArn)),
		"GroupDetailList", list(object([]string{"GroupName", "Arn"}, "GroupName", aText, "Arn", aText, "GroupPolicyList", inline, "AttachedManagedPolicies", attached)),
		"UserDetailList", list(object([]string{"UserName", "Arn"}, "UserName", aText, "UserId", aText, "Arn", aText, "UserPolicyList", inline, "AttachedManagedPolicies", attached,
			"GroupList", texts, "PermissionsBoundary", boundary, "Tags", tagList)))

	// snapshot is a whole file, but for the details, which may be the file itself.
	snapshot = object(nil, "bulkhead", aText, "account", number, "regions", texts, "taken", aText, "managementAccount", aFlag,
		"functions", list(object([]string{"FunctionName", "FunctionArn"}, "FunctionName", aText, "FunctionArn", aText, "Role", aText, "Runtime", aText, "Handler", aText,
			"VpcConfig", object(nil, "VpcId", aText, "SubnetIds", texts), "Environment", object(nil, "Variables", object(nil)), "TracingConfig", object(nil, "Mode", aText),
			"DeadLetterConfig", object(nil, "TargetArn", aText), "LoggingConfig", object(nil, "LogGroup", aText), "Layers", someArn, "FileSystemConfigs", someArn, "Tags", tagList)),
		"resources", list(object([]string{"Arn"}, "Arn", aText, "Type", aText, "Name", aText, "PartitionKey", aText, "KmsKeyArn", aText, "EventBridge", aFlag, "Role", aText, "Workflow", aText, "Bucket", aText, "Network", aText, "Tags", tagList,
			"PublicAccessBlock", object(nil, "BlockPublicAcls", aFlag, "IgnorePublicAcls", aFlag, "BlockPublicPolicy", aFlag, "RestrictPublicBuckets", aFlag),
			"Acl", list(object(nil, "Grantee", aText, "Permission", aText)))),
		"resourcePolicies", list(object([]string{"Resource"}, "Resource", aText, "Account", aText, "Policy", aDocument)),
		"eventSourceMappings", list(object([]string{"FunctionArn"}, "UUID", aText, "EventSourceArn", aText, "FunctionArn", aText, "State", aText, "Topics", texts, "DestinationConfig", object(nil, "OnSuccess", destination, "OnFailure", destination),
			"FilterCriteria", object(nil, "Filters", list(object(nil, "Pattern", aText))))),
		"triggers", list(object([]string{"To", "Kind"}, "From", aText, "To", aText, "Kind", aText, "Role", aText, "State", aText, "Dead", aFlag, "Form", aText, "Filter",
			object(nil, "prefix", aText, "suffix", aText, "events", texts, "pattern", anyThing, "scope", aText, "route", aText, "schedule", aText, "auth", aText, "apiKey", aFlag, "tagged", aFlag,
				"Key", object(nil, "FilterRules", list(object(nil, "Name", aText, "Value", aText))), "Events", texts, "FilterPolicy", anyThing, "FilterPolicyScope", aText, "EventPattern", anyThing))),
		"eventInvokeConfigs", list(object([]string{"FunctionArn"}, "FunctionArn", aText, "DestinationConfig", object(nil, "OnSuccess", destination, "OnFailure", destination))),
		"keyGrants", list(object([]string{"KeyId"}, "KeyId", aText, "GrantId", aText, "GranteePrincipal", aText, "Operations", texts,
			"Constraints", object(nil, "EncryptionContextSubset", object(nil), "EncryptionContextEquals", object(nil)))),
		"stacks", list(object([]string{"StackName"}, "StackId", aText, "StackName", aText,
			"Resources", list(object(nil, "LogicalResourceId", aText, "PhysicalResourceId", aText, "ResourceType", aText)))),
		"aliases", list(anyThing), "versions", list(anyThing), "notRead", texts, "noOrganization", aFlag,
		"scps", levels, "rcps", levels, "problems", list(object(nil, "Call", aText, "Error", aText, "About", texts)), "lastAccessed", list(anyThing))
)

func list(of *shape) *shape { return &shape{is: isList, of: of} }

// object is an object with what its keys hold, each key before its shape.
func object(needs []string, keys ...any) *shape {
	s := &shape{is: isObject, keys: map[string]*shape{}, needs: needs}
	for i := 0; i < len(keys); i += 2 {
		s.keys[keys[i].(string)] = keys[i+1].(*shape)
	}
	return s
}

// hold holds a value against a shape. path is where it stands: "functions[3].Role".
func (r *reader) hold(n *yamlpos.Node, s *shape, path string) {
	n = n.Resolve()
	if n == nil || n.Null {
		return
	}
	wrong := func(summary, remedy string) {
		r.report(source.Error, n.Span(), path+" "+summary, remedy+"; it is left out")
		r.info.Unresolved++
		n.Kind, n.Null, n.Value = yamlpos.Scalar, true, ""
		n.Clear()
	}
	if is := formOf(n); !s.takes(n) {
		remedy := fmt.Sprintf("write %s there", s.is)
		if s.is == isText && n.Kind == yamlpos.Scalar {
			remedy = "write it in quotes"
		}
		wrong(fmt.Sprintf("is %s, not %s", is, s.is), remedy)
		return
	}
	if s.spells != nil && !s.spells.MatchString(n.Value) {
		wrong("is not "+s.as, "write that there")
		return
	}
	for _, key := range s.needs {
		if v := n.Get(key).Resolve(); v == nil || v.Null || v.Value == "" && v.Kind == yamlpos.Scalar {
			wrong("has no "+key, "add it, as AWS's API gives it")
			return
		}
	}
	switch s.is {
	case isList:
		for i, item := range n.Items() {
			if x := item.Resolve(); x != nil && x.Null {
				r.report(source.Error, x.Span(), fmt.Sprintf("%s[%d] is null", path, i), "remove it; it is left out")
			}
			r.hold(item, s.of, path+"["+strconv.Itoa(i)+"]")
		}
	case isObject:
		for _, p := range n.Effective() {
			if of := s.keys[p.Key.Value]; of != nil {
				at := p.Key.Value
				if path != "" {
					at = path + "." + at
				}
				r.hold(p.Value, of, at)
			}
		}
	case anything, isText, isFlag, isDocument:
	}
}

// takes reports whether a value is of the shape's form.
func (s *shape) takes(n *yamlpos.Node) bool {
	switch s.is {
	case isText:
		return n.Kind == yamlpos.Scalar && n.Quoted
	case isFlag:
		return n.Kind == yamlpos.Scalar && slices.Contains([]string{"true", "false"}, n.Value)
	case isList:
		return n.Kind == yamlpos.Sequence
	case isObject:
		return n.Kind == yamlpos.Mapping
	case isDocument:
		return n.Kind == yamlpos.Mapping || n.Kind == yamlpos.Scalar && n.Quoted
	case anything:
	}
	return true
}

// formOf says what a value is, with its article.
func formOf(n *yamlpos.Node) string {
	switch {
	case n.Kind == yamlpos.Mapping:
		return "an object"
	case n.Kind == yamlpos.Sequence:
		return "a list"
	case n.Quoted:
		return "a text"
	case n.Value == "true" || n.Value == "false":
		return n.Value
	}
	return "a number"
}
