package reach

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Routes of APIs that ask for AWS credentials: each is called by an ARN of its own, with its method and path.

// isAPI holds the types whose routes are called.
func isAPI(typ string) bool {
	return typ == "AWS::ApiGateway::RestApi" || typ == "AWS::ApiGatewayV2::Api"
}

// callBase is how the ARNs begin by which an API is called; its id is the last of its own ARN.
func (w *world) callBase(t *target) string {
	return w.callsOf(cmp.Or(t.region, w.region), t.account, t.arn[strings.LastIndexByte(t.arn, '/')+1:])
}

func (w *world) callsOf(region, account, id string) string {
	return strings.Join([]string{"arn", w.partition, "execute-api", region, account, id + "/"}, ":")
}

// An apiRoute is a method and a path, as a call's ARN has them after the stage: "POST/orders/*" of "POST /orders/{id}" (API Gateway
// Developer Guide, "Control access for invoking an API").
type apiRoute []string

// routeOf reads a route from a trigger's label; false where it is of none with a path.
func routeOf(tr *model.Trigger) (apiRoute, bool) {
	method, path, ok := strings.Cut(tr.Label, " ")
	if !ok || !strings.HasPrefix(path, "/") || method != strings.ToUpper(method) {
		return nil, false
	}
	if method == "ANY" {
		method = "*"
	} else if !slices.Contains(methods, method) {
		return nil, false
	}
	out := apiRoute{method}
	for part := range strings.SplitSeq(path[1:], "/") {
		switch {
		case strings.HasPrefix(part, "{") && strings.HasSuffix(part, "+}"):
			part = "**"
		case strings.Contains(part, "{"):
			part = "*"
		}
		out = append(out, part)
	}
	return out, true
}

// spaces are patterns of the route's calls, by each method that it takes, with names that nobody gave for its parameters, and with
// anything.
func (r apiRoute) spaces() []string {
	by := []string{r[0]}
	if r[0] == "*" {
		by = methods
	}
	rest := strings.ReplaceAll(strings.Join(r[1:], "/"), "**", "*")
	var out []string
	for _, method := range by {
		out = append(out, method+"/"+instance(rest), method+"/"+rest)
	}
	return out
}

// is reports whether a call's method and path are the route's: a parameter is one name, a greedy one at the end any number.
func (r apiRoute) is(call string) bool {
	parts := strings.Split(call, "/")
	for i, part := range r {
		switch {
		case part == "**":
			return len(parts) > i
		case i >= len(parts) || part != "*" && part != parts[i]:
			return false
		}
	}
	return len(parts) == len(r)
}

// calls tells how surely an actor may call a route of an API that the design shows, in some stage, and by which ARN. A stage's
// name has no slash, other than what a * of a policy may stand for.
func (e *explorer) calls(f *finding, t *target, c *carrier, r apiRoute) (truth, *written) {
	base := e.w.callBase(t)
	best, how := never, (*written)(nil)
	try := func(x *allowance, pattern string) {
		if j := e.w.forms[x.form].menu.bit(c.actions[0]); j < 0 || !x.may.has(j) {
			return
		}
		for _, stage := range t.stages(pattern) {
			head := base + stage + "/"
			arn := ""
			for _, space := range r.spaces() {
				if one, ok := within(cmp.Or(pattern, "*"), head+space); ok && strings.HasPrefix(one, head) && r.is(one[len(head):]) {
					arn = one
					break
				}
			}
			if arn == "" || best == surely {
				continue
			}
			d := e.an.decide(e.actor, f.target, c.actions[0], arn, nil)
			if v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed); v > best {
				best, how = v, &written{arn: arn, actions: c.actions}
			}
		}
	}
	for i := range f.whole {
		try(&f.whole[i], "")
	}
	for i := range f.parts {
		try(&f.parts[i], f.parts[i].part.pattern)
	}
	return best, how
}

// stages are names of an API's stages to try a pattern with: those that it has, where they are known; else any, and the one that
// the pattern names.
func (t *target) stages(pattern string) []string {
	if t.resource != nil && len(t.resource.Stages) > 0 && !slices.ContainsFunc(t.resource.Stages, holdsUnknown) {
		return t.resource.Stages
	}
	out := []string{anyName}
	at, _ := resourcePart(pattern)
	if names := strings.SplitN(pattern[at:], "/", 3); len(names) > 1 && !slices.Contains(methods, names[1]) && instance(names[1]) != anyName {
		out = append(out, instance(names[1]))
	}
	return out
}

// methods are what a policy has after the stage.
var methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
