package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Simulate decides requests: one JSON case a line in, one decision a line out, in order ("simulate" in the
// formats document). A case that cannot be read gives a line with its error, and exit code 2 in the end.
func Simulate(in io.Reader, out io.Writer) (code int, err error) {
	r := bufio.NewReaderSize(in, 1<<16)
	w := bufio.NewWriter(out)
	for n := 1; ; n++ {
		line, readErr := r.ReadBytes('\n')
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return exitUsage, fmt.Errorf("read case in line %d: %w", n, readErr)
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			answer, ok := simulateCase(text, n)
			if !ok {
				code = exitUsage
			}
			if err := writeLine(w, answer); err != nil {
				return exitUsage, fmt.Errorf("write decision: %w", err)
			}
		}
		if readErr != nil {
			break
		}
		if r.Buffered() == 0 {
			// Somebody may be waiting for the answer before the next question.
			if err := w.Flush(); err != nil {
				return exitUsage, fmt.Errorf("write decision: %w", err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return exitUsage, fmt.Errorf("write decision: %w", err)
	}
	return code, nil
}

func writeLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// simulationCase is one line of input.
type simulationCase struct {
	ID      json.RawMessage `json:"id"`
	Mode    string          `json:"mode"`
	Request struct {
		Principal          json.RawMessage            `json:"principal"`
		Action             string                     `json:"action"`
		Resource           string                     `json:"resource"`
		ResourceAccount    string                     `json:"resourceAccount"`
		Context            map[string]json.RawMessage `json:"context"`
		WildcardOnlyAction bool                       `json:"wildcardOnlyAction"`
	} `json:"request"`
	Identity []json.RawMessage   `json:"identityPolicies"`
	Resource json.RawMessage     `json:"resourcePolicy"`
	Boundary []json.RawMessage   `json:"permissionBoundary"`
	SCPs     [][]json.RawMessage `json:"scps"`
	RCPs     [][]json.RawMessage `json:"rcps"`
	Session  []json.RawMessage   `json:"sessionPolicies"`
	Endpoint []json.RawMessage   `json:"vpcEndpointPolicies"`
	Settings simulationSettings  `json:"settings"`
}

type simulationSettings struct {
	S3 struct {
		BlockPublicAccess json.RawMessage `json:"blockPublicAccess"`
		BucketABAC        bool            `json:"bucketAbacEnabled"`
	} `json:"s3"`
	ManagementAccount bool `json:"managementAccount"`
}

type simulationAnswer struct {
	ID       any             `json:"id"`
	Decision string          `json:"decision"`
	Reasons  []reasonJSON    `json:"reasons"`
	Assumed  []conditionJSON `json:"assumed"`
	Lacking  []policy.Layer  `json:"lacking,omitempty"`
}

type reasonJSON struct {
	Layer     policy.Layer `json:"layer"`
	Policy    int          `json:"policy"`
	Statement int          `json:"statement"`
	Sid       string       `json:"sid"`
}

type simulationError struct {
	ID    any    `json:"id"`
	Error string `json:"error"`
}

// simulateCase answers one line; false if it could not be read.
func simulateCase(line []byte, n int) (answer any, ok bool) {
	var c simulationCase
	if err := json.Unmarshal(line, &c); err != nil {
		var partly struct {
			ID json.RawMessage `json:"id"`
		}
		_ = json.Unmarshal(line, &partly) // for its id, if it has one
		return simulationError{caseID(partly.ID, n), problemInLine(n, err)}, false
	}
	id := caseID(c.ID, n)
	stack, req, err := c.compile()
	if err != nil {
		return simulationError{id, fmt.Sprintf("line %d: %v", n, err)}, false
	}
	d := c.decide(stack, req)
	out := simulationAnswer{ID: id, Decision: d.Outcome.String(), Reasons: []reasonJSON{}, Assumed: conditions(d.Assumed), Lacking: d.Lacking}
	for _, r := range d.Reasons {
		out.Reasons = append(out.Reasons, reasonJSON{r.Layer, r.Policy, r.Statement, r.From.Sid})
	}
	return out, true
}

// problemInLine says where in a line its JSON is wrong, and how.
func problemInLine(n int, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("line %d, column %d: %v", n, max(syntax.Offset, 1), err)
	case errors.As(err, &kind):
		return fmt.Sprintf("line %d, column %d: %s cannot be a %s", n, max(kind.Offset, 1), kind.Field, kind.Value)
	}
	return fmt.Sprintf("line %d: %v", n, err)
}

// decide answers in the case's mode. Discovery asks for any context at all, so the one given is tried first and
// does not bind; exists-context asks for one that adds to what is given.
func (c *simulationCase) decide(stack *policy.Stack, req policy.Request) policy.Decision {
	if !req.Open {
		return stack.Evaluate(req)
	}
	d := stack.Possible(req)
	if d.Outcome != policy.Allowed && strings.EqualFold(c.Mode, "discovery") && len(req.Context) > 0 {
		req.Context = nil
		return stack.Possible(req)
	}
	return d
}

// caseID is the case's id, or its line where it has none.
func caseID(raw json.RawMessage, n int) any {
	if len(raw) == 0 || string(raw) == "null" {
		return fmt.Sprintf("line %d", n)
	}
	return json.RawMessage(bytes.ToValidUTF8(raw, []byte("\uFFFD")))
}

// compile turns a case into a stack and a request.
func (c *simulationCase) compile() (*policy.Stack, policy.Request, error) {
	req := policy.Request{
		Action:          c.Request.Action,
		Resource:        c.Request.Resource,
		ResourceAccount: c.Request.ResourceAccount,
		Context:         policy.Context{},
	}
	switch c.Mode {
	case "", "strict", "Strict":
	case "Discovery", "discovery", "exists-context":
		req.Open = true
	default:
		return nil, req, fmt.Errorf("mode %q: leave it out, or write Discovery or exists-context", c.Mode)
	}
	if service, verb, ok := strings.Cut(req.Action, ":"); !ok || service == "" || verb == "" {
		return nil, req, fmt.Errorf("request.action %q: write service:Action", req.Action)
	}
	if c.Request.WildcardOnlyAction || req.Resource == "" {
		req.Resource = "*"
	}
	var err error
	if req.Principal, err = principalOf(c.Request.Principal); err != nil {
		return nil, req, err
	}
	for key, raw := range c.Request.Context {
		values, err := contextValues(raw)
		if err != nil {
			return nil, req, fmt.Errorf("request.context %q: %w", key, err)
		}
		req.Context[strings.ToLower(key)] = values
	}
	if err := c.settings(&req); err != nil {
		return nil, req, err
	}
	stack := &policy.Stack{ManagementAccount: c.Settings.ManagementAccount}
	if stack.Identity, err = program("identityPolicies", c.Identity); err != nil {
		return nil, req, err
	}
	if c.Boundary != nil {
		if stack.Boundary, err = program("permissionBoundary", c.Boundary); err != nil {
			return nil, req, err
		}
	}
	if len(c.Session) > 0 {
		if stack.Session, err = program("sessionPolicies", c.Session); err != nil {
			return nil, req, err
		}
	}
	if len(c.Endpoint) > 0 {
		if stack.Endpoint, err = program("vpcEndpointPolicies", c.Endpoint); err != nil {
			return nil, req, err
		}
	}
	if stack.SCPs, err = levels("scps", c.SCPs); err != nil {
		return nil, req, err
	}
	if stack.RCPs, err = levels("rcps", c.RCPs); err != nil {
		return nil, req, err
	}
	if len(c.Resource) > 0 && string(c.Resource) != "null" {
		if req.ResourcePolicy, err = program("resourcePolicy", []json.RawMessage{c.Resource}); err != nil {
			return nil, req, err
		}
	}
	return stack, req, nil
}

func (c *simulationCase) settings(req *policy.Request) error {
	req.S3.ABAC = policy.Off // S3's default
	if c.Settings.S3.BucketABAC {
		req.S3.ABAC = policy.On
	}
	raw := c.Settings.S3.BlockPublicAccess
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if json.Unmarshal(raw, &req.S3.BlockPublicAccess) == nil {
		return nil
	}
	var switches map[string]bool
	if err := json.Unmarshal(raw, &switches); err != nil {
		return errors.New("settings.s3.blockPublicAccess: write true, false or the four switches")
	}
	for name, on := range switches {
		if on && strings.EqualFold(name, "RestrictPublicBuckets") {
			req.S3.BlockPublicAccess = true
		}
	}
	return nil
}

// principalOf reads a principal: a string, or an object such as {"type": "Anonymous"} or {"Service": "…"}.
func principalOf(raw json.RawMessage) (string, error) {
	var s string
	if json.Unmarshal(raw, &s) == nil && s != "" {
		return s, nil
	}
	var m map[string]string
	if json.Unmarshal(raw, &m) == nil {
		if strings.EqualFold(m["type"], "anonymous") {
			return "anonymous", nil
		}
		for _, key := range []string{"arn", "AWS", "Service", "Federated", "value", "id"} {
			if m[key] != "" {
				return m[key], nil
			}
		}
	}
	return "", fmt.Errorf("request.principal %s: write an ARN, a service principal or \"anonymous\"", shorten(raw))
}

func shorten(raw json.RawMessage) string {
	if len(raw) > 60 {
		return string(raw[:60]) + "…"
	}
	if len(raw) == 0 {
		return "is missing"
	}
	return string(raw)
}

// contextValues reads the value of a context key: one, or a list.
func contextValues(raw json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	values := []string{}
	for _, item := range list {
		var s string
		if json.Unmarshal(item, &s) == nil && len(item) > 0 && item[0] == '"' {
			values = append(values, s)
			continue
		}
		text := strings.TrimSpace(string(item))
		if text == "" || strings.ContainsAny(text[:1], `{[n"`) {
			return nil, fmt.Errorf("%s is not a string, number or boolean", shorten(item))
		}
		values = append(values, text)
	}
	return values, nil
}

func program(name string, docs []json.RawMessage) (*policy.Program, error) {
	parsed := make([]*policy.Document, 0, len(docs))
	for i, raw := range docs {
		d, err := policy.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", name, i, err)
		}
		parsed = append(parsed, d)
	}
	p, err := policy.Compile(catalog.Load(), parsed...)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", name, err)
	}
	return p, nil
}

func levels(name string, in [][]json.RawMessage) ([][]*policy.Program, error) {
	var out [][]*policy.Program
	for i, docs := range in {
		p, err := program(fmt.Sprintf("%s[%d]", name, i), docs)
		if err != nil {
			return nil, err
		}
		out = append(out, []*policy.Program{p})
	}
	return out, nil
}
