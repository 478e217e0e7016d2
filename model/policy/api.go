package policy

// This file pins the signatures that other packages build on; their bodies move to files of their own.

import (
	"errors"
	"iter"

	"bulkhead/model/catalog"
)

var errNotBuilt = errors.New("not built yet")

// Parse reads a policy in IAM's JSON grammar. Spans of its statements are relative to data, File "".
func Parse(data []byte) (*Document, error) { return nil, errNotBuilt }

// Hash identifies the content of a statement (Sid and span aside) in eight hexadecimal digits.
func (s *Statement) Hash() string { return "" }

// Equal reports whether two statements say the same in the same words, spans ignored.
func (s *Statement) Equal(t *Statement) bool { return false }

// MarshalJSON prints a document in IAM's JSON grammar: Version, Id, Statement; a list of one as a string.
func (d *Document) MarshalJSON() ([]byte, error) { return nil, errNotBuilt }

// A Program is documents compiled for evaluation.
type Program struct{}

// Compile prepares documents for evaluation. The order of docs is the index in Reason.Policy.
func Compile(c *catalog.Catalog, docs ...*Document) (*Program, error) { return nil, errNotBuilt }

// Context holds the condition keys of a request, lower-case, each with one or more values.
type Context map[string][]string

// A Request is one call to AWS.
type Request struct {
	Principal       string // ARN of user, role or session; service principal; OIDC provider ARN; "anonymous"
	Action          string
	Resource        string // ARN, or "*" where the action takes none
	ResourceAccount string // account that owns the resource; "" : the one in the ARN, else the principal's
	Context         Context
	// Open: keys that Context lacks are unknown, not absent. A condition on one holds in an Allow and fails in
	// a Deny for Decision.Effect (an upper bound), each listed in Decision.Assumed; Decision.Must tells whether
	// the request is allowed whatever they are. Keys with known absence are in Absent.
	Open   bool
	Absent []string
	// Resource policy of Resource (bucket, key, queue, function policy; for sts:AssumeRole* the trust policy).
	ResourcePolicy *Program
}

// Outcome is what AWS answers.
type Outcome uint8

// The outcomes.
const (
	ImplicitDeny Outcome = iota
	ExplicitDeny
	Allowed
)

// Layer names a kind of policy in an evaluation: identity, resource, boundary, session, scp, rcp, endpoint.
type Layer string

// A Reason is a statement that decided.
type Reason struct {
	Layer     Layer
	Policy    int // index of the document within its layer, counted over all its levels
	Statement int // index within the document
	Document  *Document
	From      *Statement
}

// A Decision is the answer to a Request.
type Decision struct {
	Outcome Outcome
	Must    bool        // allowed whatever the unknowns; false where Outcome is not Allowed
	Reasons []Reason    // all statements that allow, or that deny
	Assumed []Condition // what the answer takes, in an Open request; no doubles
}

// A Stack is all layers of one principal. Nil layers are not there: they limit nothing.
type Stack struct {
	Identity, Boundary, Session *Program
	SCPs, RCPs                  [][]*Program // levels, root first
	Endpoint                    *Program
	ManagementAccount           bool // SCPs do not bind
}

// Evaluate decides one request.
func (s *Stack) Evaluate(req Request) Decision { return Decision{} }

// A Grant is an action pattern set allowed on resource patterns, less exceptions, under conditions.
type Grant struct {
	Actions   []string // patterns
	Resources []string // patterns
	Except    []Except // taken away by denials
	When      []Condition
	From      *Statement
	Document  *Document
}

// An Except is what a Deny takes from a Grant: all of its actions on all of its resources unless a condition of
// Unless fails.
type Except struct {
	Actions, Resources []string
	Unless             []Condition
	From               *Statement
}

// Grants lists what the stack's identity policies allow within its other layers.
func (s *Stack) Grants() iter.Seq[Grant] { return nil }

// Answer is Yes, No or Unknown.
type Answer uint8

// The answers of Within.
const (
	Unknown Answer = iota
	Yes
	No
)

// A Verdict is the answer to "does this allow nothing that the other does not?".
type Verdict struct {
	Answer  Answer
	Witness *Request // for No: allowed by the one, refused by the other; checked by Evaluate
	Why     string   // for No and Unknown, one sentence
}

// Within reports whether everything that s allows, t allows as well. Yes only with a proof, No only with a
// witness, otherwise Unknown.
func (s *Stack) Within(t *Stack) Verdict { return Verdict{} }

// Match reports whether an IAM pattern (* and ?) surely matches a string, and whether it perhaps does because
// of unknown tokens ${Name} in either.
func Match(pattern, s string) (must, may bool) { return false, false }

// Covers reports whether pattern wide matches everything that pattern narrow does (exact for * and ?; an
// unknown token is covered only by itself or a wildcard).
func Covers(wide, narrow string) bool { return false }

// Overlap reports whether some string matches both patterns, with an example.
func Overlap(a, b string) (example string, ok bool) { return "", false }
