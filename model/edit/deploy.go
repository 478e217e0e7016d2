package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
)

// A HandlerCheck reports whether a function's code has its handler, where that is known: code is the path of the
// code as in Function.Code, handler as in Function.Handler.
type HandlerCheck func(f *model.Function) (exists, known bool)

// Deploy is DEPLOY.md: what a change means for the people who roll it out. check may be nil: nothing is known.
func Deploy(before, after *model.Design, steps []Step, check HandlerCheck) string {
	w := &deployment{before: before, after: after, steps: steps, check: check}
	if w.check == nil {
		w.check = func(*model.Function) (bool, bool) { return false, false }
	}
	w.sort()
	w.several = w.stacks()
	w.line("# Rolling out the change to %s", firstOf(after.Info().Name, "the design"))
	w.line("")
	if len(steps) == 0 && len(w.changes) == 0 {
		w.line("Nothing changes.")
		return w.b.String()
	}
	for _, s := range steps {
		w.line("- %s", s.Edit)
	}
	if len(w.changes) == 0 {
		w.line("\nNothing is to be deployed: marks and pins are the design's alone.")
		return w.b.String()
	}
	w.elements()
	w.code()
	w.hazards()
	w.dropped()
	w.roles()
	w.order()
	return w.b.String()
}

// A deployment is a DEPLOY.md being written.
type deployment struct {
	before, after *model.Design
	steps         []Step
	check         HandlerCheck
	b             strings.Builder

	changes                   []model.Change
	created, removed, altered []model.Element
	newFunctions              []*model.Function
	moved                     []model.Change // triggers that start another function, or are made anew
	several                   []deployed     // none where there is one
}

func (w *deployment) line(format string, args ...any) {
	fmt.Fprintf(&w.b, format+"\n", args...)
}

func (w *deployment) section(title string) { w.line("\n## %s\n", title) }

// sort tells apart what is made, what goes and what changes. A trigger that goes and one that comes from the same
// place are one trigger that moves.
func (w *deployment) sort() {
	w.changes = slices.DeleteFunc(w.before.Diff(w.after), noted)
	var gone []*model.Trigger
	for _, c := range w.changes {
		if t, ok := c.Before.(*model.Trigger); ok && c.After == nil {
			gone = append(gone, t)
		}
	}
	for _, c := range w.changes {
		if t, ok := c.After.(*model.Trigger); ok {
			switch old, had := c.Before.(*model.Trigger); {
			case had && old.To != t.To:
				w.moved = append(w.moved, c)
			case !had:
				i := slices.IndexFunc(gone, func(g *model.Trigger) bool { return g.Origin == t.Origin && !g.Origin.IsZero() && g.Name == t.Name })
				if i >= 0 {
					w.moved = append(w.moved, model.Change{Before: gone[i], After: t})
				} else {
					w.created = append(w.created, t)
				}
			}
			continue
		}
		if _, ok := c.Before.(*model.Trigger); ok {
			if !slices.ContainsFunc(w.changes, func(o model.Change) bool {
				t, ok := o.After.(*model.Trigger)
				return ok && o.Before == nil && t.Origin == c.Before.Place()
			}) {
				w.removed = append(w.removed, c.Before)
			}
			continue
		}
		switch {
		case c.Before == nil:
			w.created = append(w.created, c.After)
			if f, ok := c.After.(*model.Function); ok {
				w.newFunctions = append(w.newFunctions, f)
			}
		case c.After == nil:
			w.removed = append(w.removed, c.Before)
		default:
			w.altered = append(w.altered, c.After)
		}
	}
}

// noted reports whether a change is what the architect noted alone, a mark or a pin: nothing of it is deployed.
func noted(c model.Change) bool {
	switch was := c.Before.(type) {
	case *model.Resource:
		if is, ok := c.After.(*model.Resource); ok {
			n := *is
			n.Weight, n.Crown, n.Marked = was.Weight, was.Crown, was.Marked
			return model.Same(was, &n)
		}
	case *model.Role:
		if is, ok := c.After.(*model.Role); ok {
			n := *is
			n.Pins = was.Pins
			return model.Same(was, &n)
		}
	}
	return false
}

// noun is what people call an element's kind.
func noun(e model.Element) string {
	switch e := e.(type) {
	case *model.Function:
		return "function"
	case *model.Role:
		return "role"
	case *model.Policy:
		if e.Managed {
			return "managed policy"
		}
		return "inline policy"
	case *model.Resource:
		return e.Type
	case *model.Trigger:
		return "trigger"
	case *model.Principal:
		return string(e.Kind)
	}
	return "element"
}

func label(e model.Element) string {
	switch e := e.(type) {
	case *model.Function:
		return firstOf(e.LogicalID, e.Name)
	case *model.Role:
		return firstOf(e.LogicalID, e.Name)
	case *model.Policy:
		return firstOf(e.Name, e.LogicalID)
	case *model.Resource:
		return firstOf(e.LogicalID, e.Name)
	case *model.Trigger:
		return firstOf(e.Label, e.Name)
	}
	return short(e.ElementID())
}

func (w *deployment) elements() {
	w.section("What is created, changed and removed")
	for _, list := range []struct {
		verb     string
		elements []model.Element
	}{{"Created", w.created}, {"Changed", w.altered}, {"Removed", w.removed}} {
		for _, e := range list.elements {
			if p, ok := e.(*model.Policy); ok && isAWSManaged(p) {
				continue // AWS's own, neither made nor removed
			}
			w.line("- %s: %s `%s`%s", list.verb, noun(e), label(e), w.in(e))
		}
	}
	for _, c := range w.moved {
		from, to := c.Before.(*model.Trigger), c.After.(*model.Trigger)
		w.line("- Moved: trigger `%s` from `%s` to `%s`%s", label(to), short(from.To), short(to.To), w.in(to))
	}
}

// code says which handlers have to be there.
func (w *deployment) code() {
	if len(w.newFunctions) == 0 {
		return
	}
	w.section("Code")
	packages := map[string][]string{}
	for _, f := range w.newFunctions {
		where := ""
		if f.Code != "" {
			where = " in `" + f.Code + "`"
		}
		switch exists, known := w.check(f); {
		case known && exists:
			w.line("- `%s`%s, for `%s`: there already", f.Handler, where, label(f))
		case known:
			w.line("- **Code to write: `%s`**%s, for `%s`", f.Handler, where, label(f))
		default:
			w.line("- Code to write, unless it is there: `%s`%s, for `%s`", f.Handler, where, label(f))
		}
	}
	for _, f := range w.after.Functions() {
		if w.newOrParent(f) {
			packages[f.Code] = append(packages[f.Code], "`"+label(f)+"`")
		}
	}
	for _, code := range sortedKeys(packages) {
		if len(packages[code]) < 2 {
			continue
		}
		name := "the same package"
		if code != "" {
			name = "the same package `" + code + "`"
		}
		w.line("\n%s ship %s: whoever breaks into one reads the code of all, and a flaw in shared code is in each of them. Their roles, environments and triggers are apart.", and(packages[code]), name)
	}
}

// newOrParent reports whether a function is new or has new functions of its own origin: parts of one split.
func (w *deployment) newOrParent(f *model.Function) bool {
	return slices.ContainsFunc(w.newFunctions, func(n *model.Function) bool { return n == f || !n.Origin.IsZero() && n.Origin == f.Origin })
}

// hazards names what can go wrong while the change is rolled out.
func (w *deployment) hazards() {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, c := range w.moved {
		if text := moveHazard(c.Before.(*model.Trigger), c.After.(*model.Trigger)); text != "" {
			out = append(out, text)
		}
	}
	for _, f := range w.newFunctions {
		say("`%s` writes to a log group of its own, `/aws/lambda/%s`: retention, subscriptions, metric filters, alarms and dashboards made for the function that it comes from do not cover it.", label(f), nameForPeople(f.Name, f.LogicalID))
		for _, o := range w.after.Functions() {
			if o != f && o.Name == f.Name {
				say("`%s` and `%s` have the same physical name `%s`: the deployment fails. Give one another name.", label(f), label(o), f.Name)
			}
		}
		for _, r := range w.after.Resources() {
			if r.Type == "AWS::Logs::LogGroup" && r.Name == "/aws/lambda/"+f.Name && !w.serverless() { // whose framework makes it before the function
				say("The log group `%s` is declared already: the function must not make it first.", r.Name)
			}
		}
	}
	if w.terraform() && slices.ContainsFunc(w.newFunctions, func(f *model.Function) bool { return f.Policy != nil && len(f.Policy.Statements) > 0 }) {
		say("Terraform makes a permission anew where the function that it is on changes, and routes, rules and notifications beside it in no fixed order: until both are there, what they send is refused for some seconds. What AWS does not try again (requests through an API) fails.")
	}
	for _, e := range w.removed {
		if f, ok := e.(*model.Function); ok {
			say("`%s` goes: callers that are not in this design (other stacks, clients with its ARN, alarms on its name) find nothing. Its log group stays until somebody removes it.", label(f))
		}
	}
	out = append(out, w.acrossStacks()...)
	narrower := false
	for _, e := range w.altered {
		if _, ok := e.(*model.Policy); ok {
			narrower = true
		}
	}
	if narrower || len(w.newFunctions) > 0 {
		say("Access that the code uses and the design did not know of ends with the deployment: watch for `AccessDenied` in the logs, also in what runs monthly.")
	}
	if len(w.newFunctions) > 0 {
		say("IAM takes some seconds to take effect everywhere: a function may be refused just after its role was made.")
	}
	if len(out) == 0 {
		return
	}
	w.section("Hazards")
	for _, h := range out {
		w.line("- %s", h)
	}
}

// nameForPeople is a physical name, or what is known of one that AWS generates.
func nameForPeople(name, logical string) string {
	if strings.HasSuffix(name, generated) {
		return strings.TrimSuffix(name, generated) + "-…"
	}
	return firstOf(name, logical)
}

// moveHazard says what happens to events while a trigger moves.
func moveHazard(from, to *model.Trigger) string {
	name := fmt.Sprintf("`%s` (from `%s` to `%s`)", label(to), short(from.To), short(to.To))
	switch to.Kind {
	case "event-source-mapping":
		switch strings.ToLower(to.Event) {
		case "sqs":
			return name + ": the new mapping is made before the old one goes; for a while both poll the queue, and a message may be handled by either code. Messages are not lost; handlers must bear one twice, as always."
		case "dynamodb", "kinesis", "kafka", "documentdb":
			return name + ": the new mapping does not go on where the old one stopped. It begins at its `StartingPosition`: `LATEST` leaves out what arrives while neither runs, `TRIM_HORIZON` handles the kept records a second time. While both run, records are handled twice."
		}
		return name + ": for a while both mappings run, and an event may be handled twice."
	case "s3-notification":
		return name + ": the bucket's notifications are replaced as a whole; events of the moment of the change reach one of the two. Two functions must not have the same events and overlapping prefixes."
	case "sns-subscription", "log-subscription":
		return name + ": the new subscription is made before the old one goes; for a while messages may reach both."
	case "schedule":
		return name + ": around the change a run may happen twice or not at all, if its time falls into the deployment."
	case "event-rule":
		return name + ": for a while events may reach both."
	case "function-url":
		return name + ": the address of a function URL belongs to its function: clients need the new one."
	case "api-route":
		return name + ": the route switches when the API is deployed; requests that are under way end where they began."
	case "cognito", "custom-resource", "rotation", "alexa", "iot-rule":
		return name + ": it calls the old function until its setting is changed, then the new one."
	}
	return ""
}

// dropped lists what the steps said.
func (w *deployment) dropped() {
	said := false
	for _, s := range w.steps {
		lines := s.Warnings
		if s.Unproven != "" {
			lines = append(lines[:len(lines):len(lines)], "**Not proven** to allow nothing new: "+s.Unproven)
		}
		if len(lines) == 0 {
			continue
		}
		if !said {
			w.section("What the edits drop and warn of")
			said = true
		}
		w.line("%s:", s.Edit)
		for _, l := range lines {
			w.line("- %s", l)
		}
	}
}

// roles lists what is attached to the roles that are new or changed.
func (w *deployment) roles() {
	var lines []string
	for _, r := range w.after.Roles() {
		if !w.roleChanged(r) {
			continue
		}
		var managed []string
		statements := 0
		for _, id := range r.Policies {
			p := w.after.Policy(id)
			switch {
			case p == nil:
			case p.Managed:
				managed = append(managed, firstOf(p.Name, p.ARN))
			case p.Document != nil:
				statements += len(p.Document.Statements)
			}
		}
		text := fmt.Sprintf("- `%s`: %s of its own", label(r), count(statements, "statement"))
		if len(managed) > 0 {
			text += "; attached: " + strings.Join(managed, ", ")
		}
		if r.Boundary != "" {
			text += "; permissions boundary: " + short(r.Boundary)
		}
		lines = append(lines, text)
	}
	if len(lines) == 0 {
		return
	}
	w.section("Roles")
	for _, l := range lines {
		w.line("%s", l)
	}
	if w.placeholders() {
		w.line("\nIn the exported policies, names that AWS generates stand as `…-GENERATED`, and values that the source does not tell as `${Name}`: put the real ones there before use outside the template.")
	}
}

// placeholders reports whether the policies name what only a deployment knows.
func (w *deployment) placeholders() bool {
	for _, p := range w.after.Policies() {
		if p.Document == nil || isAWSManaged(p) {
			continue
		}
		for _, s := range p.Document.Statements {
			if slices.ContainsFunc(s.Resources, func(r string) bool { return strings.Contains(r, "-GENERATED") || strings.Contains(r, "${") }) {
				return true
			}
		}
	}
	return false
}

func (w *deployment) roleChanged(r *model.Role) bool {
	old := w.before.Role(r.ID)
	if old == nil || !model.Same(old, r) {
		return true
	}
	for _, id := range r.Policies {
		b, a := w.before.Policy(id), w.after.Policy(id)
		if b != a && (b == nil || a == nil || !model.Same(b, a)) {
			return true
		}
	}
	return false
}

// terraform reports whether the design is a Terraform configuration.
func (w *deployment) terraform() bool { return w.after.Info().Kind == "terraform" }

// serverless reports whether the design is one service of the Serverless Framework.
func (w *deployment) serverless() bool { return w.after.Info().Kind == "serverless" }

// order says how to deploy and how to go back.
func (w *deployment) order() {
	w.section("Order")
	n := 0
	step := func(format string, args ...any) {
		n++
		w.line("%d. %s", n, fmt.Sprintf(format, args...))
	}
	if len(w.newFunctions) > 0 {
		var handlers []string
		for _, f := range w.newFunctions {
			if h := "`" + f.Handler + "`"; !slices.Contains(handlers, h) {
				handlers = append(handlers, h)
			}
		}
		step("Write %s and deploy the code alone: nothing calls the new handlers yet.", and(handlers))
	}
	if w.account() {
		step("Put the policies (folder `policies`) on the roles: new roles and functions first, then the triggers, then the smaller policies.")
	} else if w.terraform() {
		step("Run `terraform plan`: it lists the changes above, with what moved triggers are made of (permissions, integrations, targets, mappings; permissions as replaced), and nothing else. Then `terraform apply`. Terraform makes what others refer to first; what stands beside each other changes in no fixed order.")
	} else if w.serverless() {
		step("Run `serverless package` and compare `.serverless/cloudformation-template-update-stack.json` with the one before: it has the changes above and nothing else. Then `serverless deploy`. CloudFormation makes new roles and functions first, then changes triggers and policies, and removes last.")
	} else if changing, staying := w.changing(); len(changing) > 0 {
		step("Deploy %s. CloudFormation makes new roles and functions first, then changes triggers and policies, and removes last, in each stack by itself.", and(changing))
		if len(changing) > 1 {
			step("Between them: first the stack that exports, then those that import it. What goes has to be imported nowhere before the stack that exports it is deployed without it.")
		}
		if len(staying) > 0 {
			step("Leave %s as %s: nothing changes there.", and(staying), verb(len(staying), "it is", "they are"))
		}
	} else if len(w.created)+len(w.removed) > 0 {
		step("Deploy the template. CloudFormation makes new roles and functions first, then changes triggers and policies, and removes last.")
	} else {
		step("Deploy the template.")
	}
	if len(w.moved) > 0 {
		step("Send an event through each moved trigger and look for it in the new function's log.")
	}
	step("Watch the logs for `AccessDenied` for as long as the rarest job takes to come round.")
	w.section("Way back")
	if w.account() {
		w.line("Keep the present policies (`aws iam get-role-policy`) and put them back.")
	} else if w.terraform() {
		w.line("Apply the configuration as it was before.")
	} else if w.serverless() {
		w.line("Deploy the service as it was before (`serverless deploy`).")
	} else if changing, _ := w.changing(); len(changing) > 0 {
		w.line("Deploy %s as before%s.", and(changing), map[bool]string{true: ", in the other order"}[len(changing) > 1])
	} else {
		w.line("Deploy the template as it was before.")
	}
	if len(w.moved) > 0 {
		w.line("What moved moves back, with the same hazards; logs of removed functions stay.")
	}
	if slices.ContainsFunc(w.moved, func(c model.Change) bool {
		t := c.After.(*model.Trigger)
		return t.Kind == "event-source-mapping" && !strings.EqualFold(t.Event, "sqs")
	}) {
		w.line("A stream's mapping begins at its `StartingPosition` once more: note the time of the change, so that records can be handled again from there.")
	}
}

func (w *deployment) account() bool { return w.after.Info().Kind == "account" }
