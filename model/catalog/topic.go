package catalog

import "strings"

// TopicOf is the topic filter of an IoT rule's statement, "#" where it has none, and whether the rule takes every message there (AWS
// IoT Core developer guide, "AWS IoT SQL reference": FROM, WHERE).
func TopicOf(sql string) (filter string, all bool) {
	_, rest, ok := cutFold(sql, " from ")
	rest = strings.TrimSpace(rest)
	if !ok || rest == "" || rest[0] != '\'' && rest[0] != '"' {
		return "#", false
	}
	topic, rest, ok := strings.Cut(rest[1:], rest[:1])
	if !ok {
		return "#", false
	}
	_, _, where := cutFold(rest, "where ")
	return topic, !where
}

// OnTopic reports whether a topic passes a filter: + is one level, # what is below ("MQTT topics": topic filters). An unknown of
// the template may be several levels.
func OnTopic(topic, filter string) bool {
	if strings.Contains(filter, "${") {
		return true
	}
	for {
		level, below, more := strings.Cut(filter, "/")
		name, rest, deeper := strings.Cut(topic, "/")
		switch {
		case level == "#":
			return true
		case level != "+" && level != name, more != deeper:
			return false
		case !more:
			return true
		}
		filter, topic = below, rest
	}
}

// Republishes reports whether what a rule's republish action publishes may pass a filter: "$$aws" stands for "$aws", and what a
// substitution puts in is anything (AWS IoT Core developer guide, "Republish", "Substitution templates").
func Republishes(topic, filter string) bool {
	if rest, ok := strings.CutPrefix(topic, "$$"); ok {
		topic = "$" + rest
	}
	return strings.Contains(topic, "${") || OnTopic(topic, filter)
}

// WaitsForToken reports whether a task of a state machine's definition waits for a token, or for an activity's worker, which gets one
// (Step Functions Developer Guide, "Wait for a Callback with Task Token", "Activities").
func WaitsForToken(definition string) bool {
	return strings.Contains(definition, ".waitForTaskToken") || strings.Contains(definition, ":activity:")
}

// OwnMetric is the namespace of a metric that customers may put data for, "" of AWS's own (CloudWatch API Reference, PutMetricData).
func OwnMetric(namespace string) string {
	if strings.HasPrefix(namespace, "AWS/") {
		return ""
	}
	return namespace
}

// KeyPattern is the pattern of the keys that begin with a prefix, in which Firehose and IoT put in times and values: !{…}, ${…}.
func KeyPattern(prefix string) string {
	if prefix == "" {
		return ""
	}
	var b strings.Builder
	for prefix != "" {
		i := strings.IndexAny(prefix, "!$")
		if i < 0 {
			b.WriteString(prefix)
			break
		}
		b.WriteString(prefix[:i])
		at := strings.TrimPrefix(prefix[i:], "!")
		if at = strings.TrimPrefix(at, "$"); strings.HasPrefix(at, "{") && strings.Contains(at, "}") {
			b.WriteByte('*')
			_, prefix, _ = strings.Cut(at, "}")
			continue
		}
		b.WriteByte(prefix[i])
		prefix = prefix[i+1:]
	}
	return b.String() + "*"
}

// cutFold is strings.Cut without case; sep is lower-case.
func cutFold(s, sep string) (before, after string, found bool) {
	if i := strings.Index(strings.ToLower(s), sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
