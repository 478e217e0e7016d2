package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"bulkhead/model/source"
)

// A room is how much a policy may have, white space aside, and which document says so.
type room struct {
	most  int // characters, or bytes
	what  string
	bytes bool
	soft  bool // a quota that AWS raises when asked
}

// roomOf is the room that a policy has: "IAM and AWS STS quotas"; "Quotas and service limits for AWS Organizations"; for
// policies of resources the page of the service that is named. Without a type it is the room of the largest that
// there is.
func (k *checker) roomOf() (room, bool) {
	switch t := k.in.Type; t {
	case RoleInline, GroupInline, UserInline:
		return inlineRoom(t), true
	case ManagedPolicy:
		return room{most: 6144, what: "a managed policy"}, true
	case SessionPolicy:
		return room{most: 2048, what: "a session policy"}, true
	case TrustPolicy:
		return room{most: 2048, what: "a trust policy", soft: true}, true
	case ServiceControl:
		return room{most: 10240, what: "a service control policy"}, true
	case ResourceControl:
		return room{most: 5120, what: "a resource control policy"}, true
	case ResourcePolicy:
		return roomOfResource(k.in.Of)
	case EndpointPolicy:
		return room{most: 20480, what: "an endpoint policy"}, true // "AWS PrivateLink quotas"
	case AnyType:
	}
	for _, s := range k.document.Statements {
		if s.Principals != nil {
			return room{}, false
		}
	}
	return inlineRoom(RoleInline), true
}

// inlineRoom is the room that all inline policies of one holder have together.
func inlineRoom(t Type) room {
	switch t {
	case UserInline:
		return room{most: 2048, what: "a user's inline policies together"}
	case GroupInline:
		return room{most: 5120, what: "a group's inline policies together"}
	default:
	}
	return room{most: 10240, what: "a role's inline policies together"}
}

// Room is how many characters a policy of a type may have, white space aside; of inline policies, all of one holder together.
// 0: AWS says none for all of the type ("IAM and AWS STS quotas"; "Quotas and service limits for AWS Organizations").
func (t Type) Room() int {
	r, ok := (&checker{in: Setting{Type: t}, document: &Document{}}).roomOf()
	if !ok || t == AnyType {
		return 0
	}
	return r.most
}

// Size is how many characters a document has as IAM counts them, white space aside. A token ${Name} counts as it is written.
func (d *Document) Size() int {
	text, err := d.MarshalJSON()
	if err != nil {
		return 0
	}
	n := 0
	for _, c := range string(text) {
		if !unicode.IsSpace(c) {
			n++
		}
	}
	return n
}

func roomOfResource(cfnType string) (room, bool) {
	switch cfnType {
	case "AWS::S3::Bucket": // "Bucket policies and user policies"
		return room{most: 20480, what: "a bucket policy", bytes: true}, true
	case "AWS::KMS::Key": // "Resource quotas" of AWS KMS; PutKeyPolicy
		return room{most: 32768, what: "a key policy", bytes: true}, true
	case "AWS::SQS::Queue": // "Amazon SQS policy quotas"
		return room{most: 8192, what: "a queue's policy", bytes: true}, true
	case "AWS::SNS::Topic": // "Amazon SNS API permissions: Actions and resources reference", policy quotas
		return room{most: 30720, what: "a topic's policy", bytes: true}, true
	case "AWS::Events::EventBus": // "Amazon EventBridge quotas"
		return room{most: 10240, what: "an event bus's policy", soft: true}, true
	case "AWS::DynamoDB::Table": // PutResourcePolicy
		return room{most: 20480, what: "a table's policy", bytes: true}, true
	case "AWS::SecretsManager::Secret": // PutResourcePolicy
		return room{most: 20480, what: "a secret's policy"}, true
	case "AWS::Lambda::Function": // "Lambda quotas"
		return room{most: 20480, what: "a function's policy", bytes: true}, true
	case "AWS::ECR::Repository", "AWS::ECR::PublicRepository": // SetRepositoryPolicy of Amazon ECR and of Amazon ECR Public
		return room{most: 10240, what: "a repository's policy"}, true
	case "AWS::EFS::FileSystem": // PutFileSystemPolicy
		return room{most: 20000, what: "a file system's policy"}, true
	case "AWS::ApiGateway::RestApi": // "Quotas for configuring and running a REST API in API Gateway"
		return room{most: 8192, what: "an API's policy", soft: true}, true
	case "AWS::Logs::ResourcePolicy", "AWS::Logs::LogGroup": // "Avoiding Amazon CloudWatch Logs resource policy size restrictions"
		return room{most: 5120, what: "a resource policy of CloudWatch Logs"}, true
	case "AWS::VpcLattice::Service", "AWS::VpcLattice::ServiceNetwork", "AWS::VpcLattice::ResourceConfiguration": // PutAuthPolicy
		return room{most: 36864, what: "an auth policy of VPC Lattice"}, true
	}
	return room{}, false
}

// unit is what a room is counted in.
func (r room) unit() string {
	if r.bytes {
		return "bytes"
	}
	return "characters"
}

// note is what is said of a policy, or of several, that have more than there is room for.
func (r room) note() string {
	more := ""
	if r.soft {
		more = ", unless the account's quota is raised"
	}
	return fmt.Sprintf("White space aside, %s may have %d%s.", r.what, r.most, more)
}

// take is how much of a room a document takes. What is not resolved is not counted.
func (r room) take(d *Document) int {
	text, err := d.MarshalJSON()
	if err != nil {
		return 0
	}
	s := withoutUnknowns(string(text))
	if r.bytes {
		return len(s)
	}
	return len([]rune(s))
}

// size tells of a document that a policy of its type has no room for.
func (k *checker) size() {
	r, ok := k.roomOf()
	if !ok {
		return
	}
	if !k.in.Taken {
		if n := r.take(k.document); n > r.most {
			k.report(source.Warning, "too-large", Part{}, fmt.Sprintf("the policy has %d %s", n, r.unit()), r.note())
		}
	}
	if k.in.Type == ResourcePolicy {
		k.counts()
	}
}

// counts tells of more statements, principals, conditions or actions than a queue's or a topic's policy may have ("Amazon SQS policy
// quotas"; "Amazon SNS API permissions: Actions and resources reference"). The first page does not say what one condition is:
// what is told has too many by every reading, statements that have any being counted.
func (k *checker) counts() {
	var statements, principals, conditions, actions int
	switch k.in.Of {
	case "AWS::SQS::Queue":
		statements, principals, conditions, actions = 20, 50, 10, 7
	case "AWS::SNS::Topic":
		statements, principals = 100, 200
	default:
		return
	}
	named, conditional := 0, 0
	for _, s := range k.document.Statements {
		named += len(s.Principals)
		if len(s.Conditions) > 0 {
			conditional++
		}
		if actions > 0 && len(s.Actions) > actions {
			k.statement = s
			k.report(source.Warning, "too-many", Part{Element: "Action"}, fmt.Sprintf("the statement has %d actions", len(s.Actions)), fmt.Sprintf("A statement of a queue's policy may have %d.", actions))
			k.statement = nil
		}
	}
	tell := func(n, most int, summary string) {
		if most > 0 && n > most {
			k.report(source.Warning, "too-many", Part{}, fmt.Sprintf(summary, n), fmt.Sprintf("Such a policy may have %d.", most))
		}
	}
	tell(len(k.document.Statements), statements, "the policy has %d statements")
	tell(named, principals, "the policy names %d principals")
	tell(conditional, conditions, "the policy has conditions in %d statements")
}

// CheckInline tells of inline policies of one holder that have no room together, though each by itself has ("IAM and AWS STS
// quotas": the sum for a user, group or role). The finding stands at the first document that has no room behind those before
// it; index is that document's. t is UserInline, GroupInline or RoleInline.
func CheckInline(t Type, documents []*Document) (index int, found source.Diagnostic, ok bool) {
	r := inlineRoom(t)
	sum, first := 0, -1
	for i, d := range documents {
		n := r.take(d)
		if n > r.most {
			return 0, source.Diagnostic{}, false // told of the document itself
		}
		if sum += n; sum > r.most && first < 0 {
			first = i
		}
	}
	if first < 0 {
		return 0, source.Diagnostic{}, false
	}
	return first, source.Diagnostic{
		Severity: source.Warning, Span: documents[first].Span, Rule: "too-large",
		Summary: fmt.Sprintf("%d inline policies have %d characters together", len(documents), sum), Detail: r.note(),
	}, true
}

// character checks that a policy which IAM keeps has characters that IAM takes alone: "horizontal tab, linefeed, carriage return,
// and characters in the range U+0020 to U+00FF" (IAM and AWS STS quotas).
func (k *checker) character(part Part, text string) {
	switch k.in.Type {
	case RoleInline, UserInline, GroupInline, ManagedPolicy, TrustPolicy, SessionPolicy:
	case AnyType, ServiceControl, ResourceControl, EndpointPolicy, ResourcePolicy:
		return
	}
	i := strings.IndexFunc(text, func(r rune) bool { return (r < ' ' || r > 0xff) && !slices.Contains([]rune{'\t', '\n', '\r'}, r) })
	if i < 0 {
		return
	}
	r := []rune(text[i:])[0]
	k.report(source.Error, "invalid-character", part, fmt.Sprintf("%q has the character %q (U+%04X)", text, r, r), "IAM refuses the policy: it takes the characters from U+0020 to U+00FF, tabs and line breaks.")
}

// characters checks the texts of a statement.
func (k *checker) characters(s *Statement) {
	for _, a := range s.Actions {
		k.character(Part{Element: "Action", Value: a}, a)
	}
	for _, r := range s.Resources {
		k.character(Part{Element: "Resource", Value: r}, r)
	}
	for _, p := range s.Principals {
		k.character(Part{Element: "Principal", Value: p.Value}, p.Value)
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		k.character(c.part(""), c.Key)
		for _, v := range c.Values {
			k.character(c.part(v), v)
		}
	}
}

// withoutUnknowns is a text less its unknowns.
func withoutUnknowns(text string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			text = text[i:]
			break
		}
		if token := text[i : i+end+1]; !hasUnknown(token) {
			b.WriteString(token)
		}
		text = text[i+end+1:]
	}
	b.WriteString(text)
	return b.String()
}
