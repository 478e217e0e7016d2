package policy

import (
	"fmt"
	"strings"

	"bulkhead/model/source"
)

// A Type is a type of policy, with elements and a size of its own ("Policies and permissions in AWS Identity and
// Access Management"). A permissions boundary is a ManagedPolicy.
type Type uint8

// The types of policies.
const (
	AnyType    Type = iota // not known
	RoleInline             // of a role
	UserInline
	GroupInline
	ManagedPolicy
	SessionPolicy
	TrustPolicy
	ServiceControl
	ResourceControl
	EndpointPolicy
	ResourcePolicy // every other policy of a resource
)

// identity reports whether the principals of a policy are those that it is attached to.
func (t Type) identity() bool {
	switch t {
	case RoleInline, UserInline, GroupInline, ManagedPolicy, SessionPolicy, ServiceControl:
		return true
	case AnyType, TrustPolicy, ResourceControl, EndpointPolicy, ResourcePolicy:
	}
	return false
}

// String is what people call a policy of the type.
func (t Type) String() string {
	switch t {
	case RoleInline, UserInline, GroupInline:
		return "an inline policy"
	case ManagedPolicy:
		return "a managed policy"
	case SessionPolicy:
		return "a session policy"
	case TrustPolicy:
		return "a trust policy"
	case ServiceControl:
		return "a service control policy"
	case ResourceControl:
		return "a resource control policy"
	case EndpointPolicy:
		return "an endpoint policy"
	case ResourcePolicy:
		return "a resource policy"
	case AnyType:
	}
	return "a policy"
}

// elements checks which elements a statement has: "IAM JSON policy elements reference" (Principal, Resource), "Create a
// role using custom trust policies", "SCP syntax" and "RCP syntax" of the AWS Organizations User Guide.
func (k *checker) elements(s *Statement) {
	principal, resource := Part{Element: "Principal"}, Part{Element: "Resource"}
	t := k.in.Type
	switch {
	case t.identity() && s.Principals != nil:
		k.report(source.Error, "principal-not-allowed", principal, fmt.Sprintf("%sPrincipal in %s", not(s.NotPrincipal), t), "AWS refuses the policy: its principals are those that it is attached to.")
	case t != AnyType && !t.identity() && s.Principals == nil:
		k.report(source.Error, "no-principal", Part{}, "the statement has no Principal", fmt.Sprintf("AWS refuses the policy: %s says of whom each statement is. It matches nobody.", t))
	}
	switch {
	case t == TrustPolicy && s.Resources != nil:
		k.report(source.Error, "resource-not-allowed", resource, not(s.NotResource)+"Resource in a trust policy", "IAM refuses the policy: its resource is the role that it is of.")
	case s.Resources == nil && k.needsResource():
		k.report(source.Error, "no-resource", Part{}, "the statement has no Resource", fmt.Sprintf("AWS refuses the policy: %s says on what each statement is. It matches nothing.", t))
	}
	switch t {
	case TrustPolicy:
		for _, a := range s.Actions {
			if service, _, ok := strings.Cut(a, ":"); ok && !hasUnknown(a) && !strings.EqualFold(service, "sts") && !strings.ContainsAny(service, "*?") {
				k.report(source.Error, "trust-action", Part{Element: "Action", Value: a}, fmt.Sprintf("%q in a trust policy", a), "IAM refuses the policy: it may have actions of sts alone, such as sts:AssumeRole.")
			}
		}
	case ResourceControl:
		k.resourceControl(s)
	case AnyType, RoleInline, UserInline, GroupInline, ManagedPolicy, SessionPolicy, ServiceControl, EndpointPolicy, ResourcePolicy:
	}
}

// needsResource reports whether each statement needs a Resource. Some services' resource policies, such as Amazon ECR's,
// have none; those listed here are documented to need one.
func (k *checker) needsResource() bool {
	switch k.in.Type {
	case RoleInline, UserInline, GroupInline, ManagedPolicy, SessionPolicy, ServiceControl, ResourceControl:
		return true
	case ResourcePolicy:
		switch k.in.Of {
		case "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::KMS::Key":
			return true
		}
	case AnyType, TrustPolicy, EndpointPolicy:
	}
	return false
}

// resourceControl checks what "RCP syntax" demands: everybody as the principal, and denials alone, but for the policy
// RCPFullAWSAccess that AWS attaches itself.
func (k *checker) resourceControl(s *Statement) {
	full := len(s.Actions) == 1 && s.Actions[0] == "*" && len(s.Resources) == 1 && s.Resources[0] == "*"
	if s.Effect == Allow {
		if !full {
			k.report(source.Error, "rcp-allow", Part{Element: "Effect"}, "Allow in a resource control policy", "AWS refuses the policy: it may deny alone. RCPFullAWSAccess, which is always attached, lets all else pass.")
		}
		return
	}
	if s.NotPrincipal {
		k.report(source.Error, "principal-not-allowed", Part{Element: "Principal"}, "NotPrincipal in a resource control policy", `AWS refuses the policy: write "Principal": "*", and those that are spared in a condition.`)
	}
	for _, p := range s.Principals {
		if p.Value != "*" && !hasUnknown(p.Value) && !s.NotPrincipal {
			k.report(source.Error, "principal-not-allowed", Part{Element: "Principal", Value: p.Value}, fmt.Sprintf("principal %q in a resource control policy", p.Value), `AWS refuses the policy: write "Principal": "*", and whom it is for in a condition.`)
		}
	}
	if s.NotAction {
		k.report(source.Error, "not-action-rcp", Part{Element: "Action"}, "NotAction in a resource control policy", "AWS refuses the policy: list the actions.")
		return
	}
	for _, a := range s.Actions {
		if a == "*" {
			k.report(source.Error, "malformed-action", Part{Element: "Action", Value: a}, `Action "*" in a resource control policy`, "AWS refuses the policy: name the service, such as s3:*.")
		}
	}
}

// version checks the version of the language.
func (k *checker) version() {
	switch v := k.document.Version; {
	case hasUnknown(v):
	case v != "" && v != "2012-10-17" && v != "2008-10-17":
		k.report(source.Error, "unknown-version", Part{Element: "Version"}, fmt.Sprintf("there is no Version %q", v), "AWS refuses the policy: write 2012-10-17.")
	case v != "2012-10-17" && k.in.Type == ResourceControl:
		k.report(source.Error, "unknown-version", Part{Element: "Version"}, "a resource control policy without Version 2012-10-17", "AWS refuses the policy.")
	}
}
