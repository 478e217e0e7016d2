package redact

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/catalog"
)

// fields are what AWS calls parts of its own events, and the words of patterns.
var fields = set("version id detail-type source account time region resources detail bucket name object key size etag sequencer request-id requester source-ip-address reason " +
	"dynamodb NewImage OldImage Keys eventName eventSource eventID body attributes messageAttributes data value headers kinesis messageId S N B SS NS BOOL M L NULL " +
	"prefix suffix anything-but numeric exists cidr wildcard equals-ignore-case $or state status eventVersion userIdentity requestParameters responseElements")

// eventKey goes through an entry of a pattern of events.
func (w *walk) eventKey(p yamlpos.Pair, in place) {
	key := p.Key.Value
	if !fields[key] {
		w.site(p.Key, w.name(key))
	}
	if n := p.Value.Resolve(); key == "source" || in.aws {
		in.aws = in.aws || n != nil && len(n.Items()) > 0 && strings.HasPrefix(n.Items()[0].Value, "aws.")
	}
	w.value(p.Value, in)
}

func (w *walk) eventText(n *yamlpos.Node, at place) {
	text := n.Value
	if inner, escaped, ok := embedded(text); ok {
		w.inside(n, inner, escaped, at)
		return
	}
	switch key := at.key; {
	case key == "source" && strings.HasPrefix(text, "aws."), key == "region", key == "time",
		key == "detail-type" && catalog.NotificationOf(text) != "",
		key == "eventName" && (text == "INSERT" || text == "MODIFY" || text == "REMOVE"),
		key == "numeric":
	case key == "prefix":
		w.pattern(n, text, false, true)
	case key == "suffix":
		w.pattern(n, text, true, false)
	default:
		w.site(n, w.whole(text))
	}
}
