package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

const (
	samFunction = "AWS::Serverless::Function"
	samMachine  = "AWS::Serverless::StateMachine"
	samAPI      = "AWS::Serverless::Api"
	samHTTPAPI  = "AWS::Serverless::HttpApi"

	samWebSocketAPI = "AWS::Serverless::WebSocketApi"
	samGraphQL      = "AWS::Serverless::GraphQLApi"
	samCapacity     = "AWS::Serverless::CapacityProvider"
	samApplication  = "AWS::Serverless::Application"
	samLayer        = "AWS::Serverless::LayerVersion"
	samTable        = "AWS::Serverless::SimpleTable"
	samConnector    = "AWS::Serverless::Connector"

	implicitRest = "ServerlessRestApi"
	implicitHTTP = "ServerlessHttpApi"
)

// A transform turns AWS::Serverless resources into what they stand for.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
type transform struct {
	*scope
	out  []*resource
	rest *resource // implicit APIs, nil while no event asks for them
	http *resource

	poolTriggers map[string]bool // of user pools, that some event has
}

// expand lists the template's resources in source order, what SAM makes behind what it makes it for. Resources
// whose condition is false are left out.
func (s *scope) expand() *transform {
	t := &transform{scope: s, poolTriggers: map[string]bool{}}
	var kept []*resource
	for _, r := range s.template.Declared {
		if r.Condition != "" && (s.group == nil || !s.group.whole) && s.named(r.Condition, r.Value.Get("Condition").Span()) == no {
			r.excluded = true
			t.globals(r)
			t.check(r)
			t.checkEvents(r)
			continue
		}
		kept = append(kept, r)
	}
	for _, r := range kept {
		t.globals(r)
	}
	t.checkGlobals()
	t.checkNames()
	t.checkMethods()
	kept = t.dropNamesakes(kept)
	for _, r := range kept {
		t.out = append(t.out, r)
		t.check(r)
		t.one(r)
	}
	t.deploymentRole(kept)
	for _, r := range kept {
		t.connectors(r)
	}
	for _, r := range []*resource{t.rest, t.http} {
		if r != nil {
			t.out = append(t.out, r)
		}
	}
	return t
}

// dropNamesakes drops what a template calls by the name of the API that SAM makes for events without one: the API
// takes its place.
func (t *transform) dropNamesakes(kept []*resource) []*resource {
	for _, of := range []struct{ id, event, property string }{{implicitRest, "Api", "RestApiId"}, {implicitHTTP, "HttpApi", "ApiId"}} {
		r := t.template.byID[of.id]
		if r == nil || r.Written == samAPI || r.Written == samHTTPAPI || !t.hasEvent(kept, of.event, of.property) {
			continue
		}
		t.notes.add(source.Warning, r.Origin, of.id+" is what SAM calls the API that it makes", "The API took its place.")
		delete(t.template.byID, of.id)
		kept = slices.DeleteFunc(kept, func(k *resource) bool { return k == r })
	}
	return kept
}

// hasEvent reports whether some event of a kind names no API.
func (t *transform) hasEvent(kept []*resource, kind, property string) bool {
	for _, r := range kept {
		if r.Written != samFunction && r.Written != samMachine {
			continue
		}
		for _, e := range t.pairs(t.get(r.Props, "Events")) {
			if t.words(t.get(e.Value, "Type")) == kind && t.get(e.Value, "Properties", property) == nil {
				return true
			}
		}
	}
	return false
}

// globals merges the Globals section into the properties of a SAM resource.
func (t *transform) globals(r *resource) {
	name, ok := strings.CutPrefix(r.Written, "AWS::Serverless::")
	if !ok {
		return
	}
	g := t.template.Globals.Get(name)
	if ignored := r.Value.Get("IgnoreGlobals").Resolve(); ignored != nil && g != nil {
		switch {
		case ignored.Kind == yamlpos.Scalar && ignored.Value == "*":
			g = nil
		case ignored.Kind == yamlpos.Sequence:
			var keys []string
			for _, i := range ignored.Items() {
				keys = append(keys, i.Resolve().Value)
			}
			g = without(g.Resolve(), keys...)
		}
	}
	r.Props = merged(g, r.Props)
}

// one turns one resource into what it stands for.
func (t *transform) one(r *resource) {
	switch r.Written {
	case samFunction:
		t.function(r)
	case samMachine:
		t.machine(r)
	case samAPI:
		t.restAPI(r)
	case samHTTPAPI:
		t.httpAPI(r)
	case samWebSocketAPI:
		t.webSocketAPI(r)
	case samTable:
		r.Type = "AWS::DynamoDB::Table"
	case samLayer:
		r.Type = "AWS::Lambda::LayerVersion"
	case samApplication:
		r.Type = "AWS::CloudFormation::Stack"
	case samConnector:
		r.Hidden = true // read behind all others: see connectors
	case samGraphQL:
		t.graphQL(r)
	case samCapacity:
		t.capacityProvider(r)
	default:
		if strings.HasPrefix(r.Written, "AWS::Serverless::") {
			t.notes.add(source.Error, r.Origin, r.Written+" is not a SAM resource type that is known", "It was kept as a resource without an ARN.")
		}
	}
}

// make adds a made resource behind its owner.
func (t *transform) make(owner *resource, id, cfnType string, props *yamlpos.Node, span source.Span) *resource {
	r := &resource{ID: id, Type: cfnType, Props: props, Made: true, Owner: owner, Origin: span}
	if old := t.template.byID[id]; old != nil {
		t.notes.add(source.Error, old.Origin, "SAM makes a resource of its own called "+id, "The declared one was kept.")
		return old
	}
	t.scope.made[id] = r
	t.out = append(t.out, r)
	return r
}

// hide adds a made resource that only has a name: no element stands for it.
func (t *transform) hide(owner *resource, id, cfnType string, props *yamlpos.Node, span source.Span) *resource {
	r := t.make(owner, id, cfnType, props, span)
	r.Hidden = r.Made
	return r
}

// permission makes the right of a service to call a function.
func (t *transform) permission(f *resource, id, principal string, span source.Span, more ...yamlpos.Pair) {
	props := mapping(span, append([]yamlpos.Pair{
		pair("Action", scalar("lambda:InvokeFunction", span)),
		pair("FunctionName", t.callee(f, span)),
		pair("Principal", scalar(principal, span)),
	}, more...)...)
	t.hide(f, id, "AWS::Lambda::Permission", props, span)
}

// callee is what events of a function call: its alias where it publishes one.
func (t *transform) callee(f *resource, span source.Span) *yamlpos.Node {
	if alias := t.aliasOf(f); alias != "" {
		return refTo(alias, span)
	}
	return refTo(f.ID, span)
}

// aliasOf is the logical id of the alias that SAM makes for AutoPublishAlias and that events call, "" if none.
func (t *transform) aliasOf(f *resource) string {
	name := t.words(t.get(f.Props, "AutoPublishAlias"))
	if name == "" || f.Written != samFunction && (f.Written != samMachine || !t.isTrue(t.get(f.Props, "UseAliasAsEventTarget"))) {
		return ""
	}
	return f.ID + "Alias" + name
}

// samRef is what Ref and GetAtt return for the names that SAM lets templates use for what it makes:
// Function.Alias, Function.Version, Api.Stage, Layer names and queues of destinations.
func (s *scope) samRef(name string) (string, bool) {
	parts := strings.Split(name, ".")
	r := s.resource(parts[0])
	if r == nil || len(parts) < 2 {
		return "", false
	}
	get := func(id string) (string, bool) {
		m := s.made[id]
		if m == nil {
			return "", false
		}
		if len(parts) > 2 && parts[2] == "Arn" {
			return s.arnOf(m), true
		}
		return s.refValue(m), true
	}
	switch parts[1] {
	case "Alias":
		return get(r.ID + "Alias" + s.words(s.get(r.Props, "AutoPublishAlias")))
	case "Version":
		return get(r.ID + "Version")
	case "Stage":
		return s.words(s.get(r.Props, "StageName")), true
	case "Deployment":
		return s.generated(r.ID + "Deployment"), true
	case "DestinationQueue":
		for _, when := range []string{"OnFailure", "OnSuccess"} {
			if text, ok := get(r.ID + "EventInvokeConfig" + when + "Queue"); ok {
				return text, true
			}
		}
	case "DestinationTopic":
		for _, when := range []string{"OnFailure", "OnSuccess"} {
			if text, ok := get(r.ID + "EventInvokeConfig" + when + "Topic"); ok {
				return text, true
			}
		}
	}
	return "", false
}
