package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// Apply gives everything that the others have to one function, and takes the others out.
func (e *Merge) Apply(d *model.Design) (*Result, error) {
	into, others, err := e.find(d)
	if err != nil {
		return nil, err
	}
	role := d.Role(into.Role)
	if role == nil || role.External {
		return nil, fmt.Errorf("the role of %s is not in the source: it cannot be given what the others are allowed", into.ID)
	}
	r := &Result{}
	after := d
	for _, f := range others {
		if after, err = mergeOne(after, after.Function(into.ID), after.Function(f.ID), r); err != nil {
			return nil, fmt.Errorf("merge %s into %s: %w", f.ID, into.ID, err)
		}
	}
	r.Design = after
	r.Warnings = append([]string{fmt.Sprintf("%s is allowed what %s had: whoever breaks it reaches all of it", into.ID, and(ids(others)))}, r.Warnings...)
	return r, nil
}

func ids(fs []*model.Function) []string {
	var out []string
	for _, f := range fs {
		out = append(out, string(f.ID))
	}
	return out
}

func (e *Merge) find(d *model.Design) (into *model.Function, others []*model.Function, err error) {
	var all []*model.Function
	for _, id := range e.Functions {
		f, ok := d.Find(string(id)).(*model.Function)
		if !ok {
			return nil, nil, fmt.Errorf("there is no function %s", id)
		}
		if slices.Contains(all, f) {
			return nil, nil, fmt.Errorf("%s stands twice", id)
		}
		all = append(all, f)
	}
	if len(all) < 2 {
		return nil, nil, errors.New("a merge takes at least two functions")
	}
	into = all[0]
	if e.Into != "" {
		f, ok := d.Find(string(e.Into)).(*model.Function)
		if !ok || !slices.Contains(all, f) {
			return nil, nil, fmt.Errorf("into: %s is not one of the functions", e.Into)
		}
		into = f
	}
	return into, slices.DeleteFunc(all, func(f *model.Function) bool { return f == into }), nil
}

// mergeOne gives what f has to into and takes f out.
func mergeOne(d *model.Design, into, f *model.Function, r *Result) (*model.Design, error) {
	n := *into
	for _, v := range f.Environment {
		i := slices.IndexFunc(n.Environment, func(o model.EnvVar) bool { return o.Name == v.Name })
		switch {
		case i < 0:
			n.Environment = append(n.Environment[:len(n.Environment):len(n.Environment)], v)
		case n.Environment[i].Refers != v.Refers:
			r.Warnings = append(r.Warnings, fmt.Sprintf("both have an environment variable %s: that of %s stays", v.Name, into.ID))
		}
	}
	if f.Handler != into.Handler {
		r.Warnings = append(r.Warnings, fmt.Sprintf("code to write: %s has to handle what %s did", into.Handler, f.Handler))
	}
	for _, c := range []struct {
		what string
		same bool
	}{
		{"code", f.Code == into.Code}, {"runtime", f.Runtime == into.Runtime}, {"VPC", f.VPC == into.VPC}, {"layers", slices.Equal(f.Layers, into.Layers)}, {"log group", f.LogGroup == into.LogGroup},
		{"dead-letter target", f.DeadLetter == into.DeadLetter}, {"tracing", f.Tracing == into.Tracing}, {"destinations", slices.Equal(f.Destinations, into.Destinations)},
	} {
		if !c.same {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s and %s differ in their %s: that of %s stays", f.ID, into.ID, c.what, into.ID))
		}
	}
	triggers := d.TriggersOf(f.ID)
	names := newNamer(d, f, d.Role(f.Role), into, d.Role(into.Role), triggers)
	if f.Policy != nil {
		doc := policy.Document{Version: f.Policy.Version, ID: f.Policy.ID}
		if n.Policy != nil {
			doc = *n.Policy
		}
		doc.Statements = slices.Clip(doc.Statements)
		for _, st := range f.Policy.Statements {
			doc.Statements = insertByPlace(doc.Statements, names.statement(st), into)
		}
		n.Policy = &doc
	}
	changes := []model.Change{{Before: into, After: &n}, {Before: f}}
	for _, t := range triggers {
		c := names.trigger(t, f, into)
		for i, id, name := 2, c.ID, c.Name; d.Element(c.ID) != nil && c.ID != t.ID; i++ {
			c.ID, c.Name = model.ID(fmt.Sprintf("%s%d", id, i)), fmt.Sprintf("%s%d", name, i)
		}
		changes = append(changes, model.Change{Before: t, After: c})
	}
	changes = append(changes, names.events(d, f, triggers)...)
	for _, e := range made(d, f) {
		if eventOf(d, f, e) == nil {
			changes = append(changes, model.Change{Before: e}) // of the configuration that goes with the function
		}
	}
	after, err := d.With(changes...)
	if err != nil {
		return nil, err
	}
	gone := d.Role(f.Role)
	if gone != nil && gone.ID != into.Role {
		if after, err = mergeRoles(after, after.Role(into.Role), gone); err != nil {
			return nil, err
		}
		if gone.External || slices.ContainsFunc(after.Functions(), func(o *model.Function) bool { return o.Role == gone.ID }) {
			gone = nil // it stays
		} else if after, err = withoutRole(after, gone); err != nil {
			return nil, err
		}
	} else {
		gone = nil
	}
	p := &passing{function: f, role: gone, heir: after.Function(into.ID), heirRole: after.Role(into.Role)}
	if after, err = p.repoint(after); err != nil {
		return nil, err
	}
	if after, err = syncExecution(after, after.Role(into.Role)); err != nil {
		return nil, err
	}
	return sweep(d, after)
}

// mergeRoles gives a role the access of another: the statements of its inline policies as its own, managed ones
// attached.
func mergeRoles(d *model.Design, role, other *model.Role) (*model.Design, error) {
	var statements []*policy.Statement
	n := *role
	for _, id := range other.Policies {
		p := d.Policy(id)
		switch {
		case p == nil || slices.Contains(n.Policies, id):
		case p.Managed && executionOnly(p.Name) && role.Implicit, isMade(other, p):
			// The transform makes or attaches it where it is needed.
		case p.Managed || p.Document == nil:
			n.Policies = append(slices.Clone(n.Policies), id)
		default:
			for _, st := range p.Document.Statements {
				if !hasStatement(d, role, st) {
					statements = append(statements, st)
				}
			}
		}
	}
	d, err := d.With(model.Change{Before: role, After: &n})
	if err != nil || len(statements) == 0 {
		return d, err
	}
	return grant(d, &n, uniqueSids(d, &n, statements)...)
}

// hasStatement reports whether a role's own policies say the same already.
func hasStatement(d *model.Design, role *model.Role, st *policy.Statement) bool {
	return slices.ContainsFunc(d.Documents(role.Policies), func(doc *policy.Document) bool { return slices.ContainsFunc(doc.Statements, st.Equal) })
}

// uniqueSids takes Sids off that the role's policies have already.
func uniqueSids(d *model.Design, role *model.Role, statements []*policy.Statement) []*policy.Statement {
	taken := map[string]bool{"": true}
	for _, doc := range d.Documents(role.Policies) {
		for _, st := range doc.Statements {
			taken[st.Sid] = true
		}
	}
	out := slices.Clone(statements)
	for i, st := range out {
		if st.Sid != "" && taken[st.Sid] {
			c := *st
			c.Sid = ""
			out[i] = &c
		}
		taken[st.Sid] = true
	}
	return out
}

// withoutRole takes a role out, with the policies that only it has.
func withoutRole(d *model.Design, role *model.Role) (*model.Design, error) {
	changes := []model.Change{{Before: role}}
	for _, id := range role.Policies {
		if p := d.Policy(id); p != nil && !p.Managed && len(holders(d, id)) == 1 {
			changes = append(changes, model.Change{Before: p})
		}
	}
	return d.With(changes...)
}

// Apply moves the trigger, with the permission that lets it in.
func (e *MoveTrigger) Apply(d *model.Design) (*Result, error) {
	t, ok := d.Find(string(e.Trigger)).(*model.Trigger)
	if !ok {
		return nil, fmt.Errorf("there is no trigger %s", e.Trigger)
	}
	from, to := d.Function(t.To), (*model.Function)(nil)
	if f, ok := d.Find(string(e.To)).(*model.Function); ok {
		to = f
	}
	switch {
	case to == nil:
		return nil, fmt.Errorf("there is no function %s", e.To)
	case from == nil:
		return nil, fmt.Errorf("%s does not start a function", t.ID)
	case from == to:
		return nil, fmt.Errorf("%s starts %s already", t.ID, to.ID)
	}
	moved := together(d.TriggersOf(from.ID), t)
	names := newNamer(d, from, d.Role(from.Role), to, d.Role(to.Role), moved)
	var changes []model.Change
	var arrived []*model.Trigger
	for _, t := range moved {
		n := names.trigger(t, from, to)
		if n.ID != t.ID && d.Element(n.ID) != nil {
			return nil, fmt.Errorf("%s has a trigger %s already", to.ID, t.Name)
		}
		changes = append(changes, model.Change{Before: t, After: n})
		arrived = append(arrived, n)
	}
	changes = append(changes, names.events(d, from, moved)...)
	stay, goes := movePermissions(d, t, from, to, names)
	if stay != from.Policy || goes != to.Policy {
		f, g := *from, *to
		f.Policy, g.Policy = stay, goes
		changes = append(changes, model.Change{Before: from, After: &f}, model.Change{Before: to, After: &g})
	}
	after, err := d.With(changes...)
	if err != nil {
		return nil, err
	}
	for _, id := range []model.ID{from.Role, to.Role} {
		if role := after.Role(id); role != nil {
			if after, err = syncExecution(after, role); err != nil {
				return nil, err
			}
		}
	}
	if after, err = sweep(d, after); err != nil {
		return nil, err
	}
	r := &Result{Design: after}
	if role := after.Role(to.Role); role != nil && !role.External {
		is, err := identity(after, holderOf(role))
		if err != nil {
			return nil, err
		}
		var needs []need
		for _, n := range arrived {
			needs = append(needs, triggerNeeds(after, n)...)
		}
		for _, need := range needs {
			has := need.allowed(role, is)
			missing := slices.DeleteFunc(slices.Clone(need.actions), func(a string) bool { return slices.Contains(has, a) })
			if need.target != "" && len(missing) > 0 {
				r.Warnings = append(r.Warnings, fmt.Sprintf("%s %s: %s is not allowed %s", need.what, need.stops, firstOf(role.LogicalID, role.Name), and(missing)))
			}
		}
	}
	return r, nil
}

// movePermissions shares the function's resource policy between the function that a trigger leaves and the one
// that it goes to.
func movePermissions(d *model.Design, t *model.Trigger, from, to *model.Function, names *namer) (stay, gone *policy.Document) {
	if from.Policy == nil {
		return nil, to.Policy
	}
	left := *from.Policy
	left.Statements = nil
	moved := policy.Document{Version: from.Policy.Version, ID: from.Policy.ID}
	if to.Policy != nil {
		moved = *to.Policy
		moved.Statements = slices.Clip(moved.Statements)
	}
	all := d.TriggersOf(from.ID)
	others := slices.DeleteFunc(slices.Clone(all), func(o *model.Trigger) bool { return slices.Contains(together(all, t), o) })
	s := &splitting{design: d}
	came := false
	for _, st := range from.Policy.Statements {
		if from.Stem != "" && st.Span == from.Origin {
			// The framework makes it for each function that has triggers of a kind, once.
			lets := func(o *model.Trigger) bool { return s.comesFrom(o, st) || servedBy(o, st) }
			if c := names.statement(st); lets(t) && !slices.ContainsFunc(moved.Statements, c.Equal) {
				moved.Statements, came = insertByPlace(moved.Statements, c, to), true
			}
			if !lets(t) || slices.ContainsFunc(others, lets) {
				left.Statements = append(left.Statements, st)
			}
			continue
		}
		its := t.Origin.Contains(st.Span)
		if !its && !slices.ContainsFunc(others, func(o *model.Trigger) bool { return o.Origin.Contains(st.Span) || s.comesFrom(o, st) }) {
			its = s.comesFrom(t, st)
		}
		if its {
			moved.Statements = insertByPlace(moved.Statements, names.statement(st), to)
		} else {
			left.Statements = append(left.Statements, st)
		}
	}
	if len(left.Statements) == len(from.Policy.Statements) && !came {
		return from.Policy, to.Policy
	}
	stay, gone = &left, &moved
	if to.Policy != nil && len(moved.Statements) == len(to.Policy.Statements) {
		gone = to.Policy
	}
	if len(left.Statements) == 0 {
		stay = nil
	}
	return stay, gone
}

// insertByPlace puts a statement into a function's resource policy: where it stood, if it came from the function
// itself, else behind all.
func insertByPlace(list []*policy.Statement, st *policy.Statement, f *model.Function) []*policy.Statement {
	at := len(list)
	if f.Origin.Contains(st.Span) {
		at = slices.IndexFunc(list, func(o *policy.Statement) bool { return f.Origin.Contains(o.Span) && o.Span.Start > st.Span.Start })
		if at < 0 {
			at = len(list)
		}
	}
	return slices.Insert(slices.Clone(list), at, st)
}

// executionOnly reports whether a managed policy is one that SAM attaches by itself.
func executionOnly(name string) bool {
	return strings.HasPrefix(name, "AWSLambda") && strings.HasSuffix(name, "ExecutionRole") || name == "AWSXRayDaemonWriteAccess" || name == "AWSXrayWriteOnlyAccess"
}

// pollingPolicies are the managed policies that SAM attaches for an event, in the order of events.
var pollingPolicies = map[string]string{
	"sqs": "AWSLambdaSQSQueueExecutionRole", "dynamodb": "AWSLambdaDynamoDBExecutionRole", "kinesis": "AWSLambdaKinesisExecutionRole", "kafka": "AWSLambdaMSKExecutionRole",
}

// syncExecution attaches to a generated role what the transform attaches for the triggers of its function, and
// takes off what it no longer does.
func syncExecution(d *model.Design, role *model.Role) (*model.Design, error) {
	if !role.Implicit {
		return d, nil
	}
	wanted := map[string]bool{}
	for _, f := range d.Functions() {
		if f.Role != role.ID {
			continue
		}
		for _, t := range d.TriggersOf(f.ID) {
			if name := pollingPolicies[strings.ToLower(t.Event)]; name != "" && t.Kind == "event-source-mapping" {
				wanted[name] = true
			}
		}
	}
	var next []model.ID
	var changes []model.Change
	have := map[string]bool{}
	lastManaged := 0
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p == nil {
			continue
		}
		polls := false
		for _, name := range pollingPolicies {
			polls = polls || isAWSManaged(p) && p.Name == name
		}
		if polls && !wanted[p.Name] {
			continue
		}
		have[p.Name] = true
		next = append(next, id)
		if p.Managed {
			lastManaged = len(next)
		}
	}
	for _, name := range sortedKeys(wanted) {
		if have[name] {
			continue
		}
		p, isNew := awsPolicy(d, name)
		if p == nil {
			continue
		}
		if isNew {
			changes = append(changes, model.Change{After: p})
		}
		next = slices.Insert(next, lastManaged, p.ID)
		lastManaged++
	}
	if slices.Equal(next, role.Policies) {
		return d, nil
	}
	n := *role
	n.Policies = next
	return d.With(append(changes, model.Change{Before: role, After: &n})...)
}

// awsPolicy is an AWS managed policy of the design, or a new element for it.
func awsPolicy(d *model.Design, name string) (p *model.Policy, isNew bool) {
	for _, p := range d.Policies() {
		if isAWSManaged(p) && p.Name == name {
			return p, false
		}
	}
	known := catalog.Load().ManagedPolicy(name)
	if known == nil {
		return nil, false
	}
	doc, err := policy.Parse(known.Document)
	if err != nil {
		return nil, false
	}
	n := *doc
	n.Span = source.Span{}
	n.Statements = nil
	for _, s := range doc.Statements {
		c := *s
		c.Span = source.Span{}
		n.Statements = append(n.Statements, &c)
	}
	arn := known.ARN
	if part := d.Info().Partition; part != "" {
		arn = strings.Replace(arn, "arn:aws:", "arn:"+part+":", 1)
	}
	return &model.Policy{ID: model.MakeID("policy", arn), Name: known.Name, ARN: arn, Managed: true, Document: &n}, true
}
