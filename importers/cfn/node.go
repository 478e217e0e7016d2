package cfn

import (
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// The transform writes what AWS::Serverless stands for as nodes, all at the place of what they are made from.

// pair is an entry of a made mapping; one without a value is left out.
func pair(key string, value *yamlpos.Node) yamlpos.Pair {
	return yamlpos.Pair{Key: &yamlpos.Node{Kind: yamlpos.Scalar, Value: key}, Value: value}
}

func mapping(span source.Span, pairs ...yamlpos.Pair) *yamlpos.Node {
	n := (&yamlpos.Node{Kind: yamlpos.Mapping, Style: yamlpos.Flow}).At(span)
	for _, p := range pairs {
		if p.Value != nil {
			n.SetPairs(append(n.Pairs(), p))
		}
	}
	return n
}

func sequence(span source.Span, items ...*yamlpos.Node) *yamlpos.Node {
	n := (&yamlpos.Node{Kind: yamlpos.Sequence, Style: yamlpos.Flow}).At(span)
	n.SetItems(items)
	return n
}

func refTo(id string, span source.Span) *yamlpos.Node {
	return mapping(span, pair("Ref", scalar(id, span)))
}

func getAttOf(id, attr string, span source.Span) *yamlpos.Node {
	return mapping(span, pair("Fn::GetAtt", textList([]string{id, attr}, span)))
}

func subOf(pattern string, span source.Span, vars ...yamlpos.Pair) *yamlpos.Node {
	if len(vars) == 0 {
		return mapping(span, pair("Fn::Sub", scalar(pattern, span)))
	}
	return mapping(span, pair("Fn::Sub", sequence(span, scalar(pattern, span), mapping(span, vars...))))
}

// allow is a made statement.
func allow(span source.Span, resource *yamlpos.Node, actions ...string) *yamlpos.Node {
	return mapping(span, pair("Effect", scalar("Allow", span)), pair("Action", textList(actions, span)), pair("Resource", resource))
}

func documentOf(span source.Span, version string, statements ...*yamlpos.Node) *yamlpos.Node {
	v := (*yamlpos.Node)(nil)
	if version != "" {
		v = scalar(version, span)
	}
	return mapping(span, pair("Version", v), pair("Statement", sequence(span, statements...)))
}

// trustOf is a trust policy for a service, as SAM writes it.
func trustOf(service string, span source.Span) *yamlpos.Node {
	return documentOf(span, "2012-10-17", mapping(span,
		pair("Effect", scalar("Allow", span)),
		pair("Principal", mapping(span, pair("Service", textList([]string{service}, span)))),
		pair("Action", textList([]string{"sts:AssumeRole"}, span))))
}

// without is a mapping with some keys left out; with adds entries behind.
func without(n *yamlpos.Node, keys ...string) *yamlpos.Node {
	if n == nil {
		return mapping(source.Span{})
	}
	out := *n
	out.SetPairs(nil)
	for _, p := range n.Pairs() {
		drop := false
		for _, k := range keys {
			drop = drop || p.Key != nil && p.Key.Value == k
		}
		if !drop {
			out.SetPairs(append(out.Pairs(), p))
		}
	}
	return &out
}

func with(n *yamlpos.Node, pairs ...yamlpos.Pair) *yamlpos.Node {
	var keys []string
	for _, p := range pairs {
		keys = append(keys, p.Key.Value)
	}
	out := without(n, keys...)
	for _, p := range pairs {
		if p.Value != nil {
			out.SetPairs(append(out.Pairs(), p))
		}
	}
	return out
}

// merged is Globals under local properties: mappings are merged, lists are put behind one another, everything
// else is taken from local. Calls of intrinsic functions are not looked into.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
func merged(global, local *yamlpos.Node) *yamlpos.Node {
	global, local = global.Resolve(), local.Resolve()
	switch {
	case global == nil:
		return local
	case local == nil:
		return global
	case isCall(global) || isCall(local) || global.Kind != local.Kind:
		return local
	case local.Kind == yamlpos.Sequence:
		out := *local
		out.SetItems(append(append([]*yamlpos.Node(nil), global.Items()...), local.Items()...))
		return &out
	case local.Kind != yamlpos.Mapping:
		return local
	}
	out := *local
	out.SetPairs(nil)
	for _, p := range local.Pairs() {
		if p.Key != nil && global.Get(p.Key.Value) != nil {
			p.Value = merged(global.Get(p.Key.Value), p.Value)
		}
		out.SetPairs(append(out.Pairs(), p))
	}
	for _, p := range global.Pairs() {
		if p.Key != nil && local.Get(p.Key.Value) == nil {
			out.SetPairs(append(out.Pairs(), p))
		}
	}
	return &out
}
