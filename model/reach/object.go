package reach

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// What is done to objects, and the events that S3 makes of it: to queues, topics and functions ("Supported event types for SQS,
// SNS, and Lambda") and to EventBridge ("Using EventBridge", "EventBridge event message structure").

// An objectEvent is a kind of event by what causes it.
type objectEvent struct {
	name    string   // of a notification, without "s3:"
	detail  string   // detail type on a bus, "" where it has none
	reason  []string // detail.reason on a bus, nil for none
	actions []string // lower-case; nil: no principal's doing
	takes   string   // another action, on some object anywhere; "" for none
	note    string   // why it is only perhaps
}

const (
	ifVersioned   = "if the bucket keeps versions"
	ifUnversioned = "if the bucket keeps no versions"
	ifArchived    = "if an object of it is archived"
	ifACLs        = "if the bucket's access control lists are enabled"
	ifReplicated  = "if the bucket is replicated, with replication events"
)

// objectEvents are all of them. What S3 does by itself (lifecycle rules, Intelligent-Tiering, lost objects of reduced redundancy)
// is nobody's doing.
var objectEvents = []objectEvent{
	{name: "ObjectCreated:Put", detail: "Object Created", reason: []string{"PutObject"}, actions: []string{"s3:putobject"}},
	{name: "ObjectCreated:Post", detail: "Object Created", reason: []string{"POST Object"}, actions: []string{"s3:putobject"}},
	{name: "ObjectCreated:CompleteMultipartUpload", detail: "Object Created", reason: []string{"CompleteMultipartUpload"}, actions: []string{"s3:putobject"}},
	{name: "ObjectCreated:Copy", detail: "Object Created", reason: []string{"CopyObject"}, actions: []string{"s3:putobject"}, takes: "s3:GetObject"},
	{name: "ObjectRemoved:Delete", detail: "Object Deleted", reason: []string{"DeleteObject"}, actions: []string{"s3:deleteobjectversion"}},
	{name: "ObjectRemoved:Delete", detail: "Object Deleted", reason: []string{"DeleteObject"}, actions: []string{"s3:deleteobject"}, note: ifUnversioned},
	{name: "ObjectRemoved:DeleteMarkerCreated", detail: "Object Deleted", reason: []string{"DeleteObject"}, actions: []string{"s3:deleteobject"}, note: ifVersioned},
	{name: "ObjectRestore:Post", detail: "Object Restore Initiated", actions: []string{"s3:restoreobject"}, note: ifArchived},
	{name: "ObjectRestore:Completed", detail: "Object Restore Completed", actions: []string{"s3:restoreobject"}, note: ifArchived},
	{name: "ObjectRestore:Delete", detail: "Object Restore Expired", actions: []string{"s3:restoreobject"}, note: ifArchived},
	{name: "ObjectTagging:Put", detail: "Object Tags Added", actions: []string{"s3:putobjecttagging", "s3:putobjectversiontagging"}},
	{name: "ObjectTagging:Delete", detail: "Object Tags Deleted", actions: []string{"s3:deleteobjecttagging", "s3:deleteobjectversiontagging"}},
	{name: "ObjectAcl:Put", detail: "Object ACL Updated", actions: []string{"s3:putobjectacl", "s3:putobjectversionacl"}, note: ifACLs},
	{name: "Replication:OperationFailedReplication", actions: []string{"s3:putobject"}, note: ifReplicated},
	{name: "Replication:OperationNotTracked", actions: []string{"s3:putobject"}, note: ifReplicated},
	{name: "Replication:OperationMissedThreshold", actions: []string{"s3:putobject"}, note: ifReplicated},
	{name: "Replication:OperationReplicatedAfterThreshold", actions: []string{"s3:putobject"}, note: ifReplicated},
}

// objectWrites are the ways to cause the events of a notification, all of creation and removal where it names none.
func objectWrites(events []string) []write {
	if len(events) == 0 {
		events = []string{"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
	}
	var out []write
	for i := range objectEvents {
		x := &objectEvents[i]
		if slices.ContainsFunc(events, func(e string) bool { return x.isOf(strings.TrimPrefix(e, "s3:")) }) {
			out = append(out, x.write())
		}
	}
	return either(out)
}

// writesOf is objectWrites, remembered.
func (w *world) writesOf(events []string) []write {
	key := strings.Join(events, " ")
	w.mu.RLock()
	out, ok := w.objectWrites[key]
	w.mu.RUnlock()
	if !ok {
		out = slices.Clip(objectWrites(events))
		w.mu.Lock()
		w.objectWrites[key] = out
		w.mu.Unlock()
	}
	return out
}

// isOf reports whether the event is one that a notification asks for; a name that nobody knows stands for all of its family.
func (x *objectEvent) isOf(name string) bool {
	if strings.Contains(name, "${") {
		return strings.HasPrefix(x.name, "ObjectCreated:")
	}
	family, kind, _ := strings.Cut(name, ":")
	mine, rest, _ := strings.Cut(x.name, ":")
	return family == mine && (kind == "*" || kind == "" || kind == rest)
}

func (x *objectEvent) write() write {
	return write{actions: x.actions, also: x.takes, fixed: map[string][]string{atName: x.family()}, note: x.note}
}

// family are the names of the events of its kind, which one permission makes all of, copies aside.
func (x *objectEvent) family() []string {
	var out []string
	kind, _, _ := strings.Cut(x.name, ":")
	for i := range objectEvents {
		if strings.HasPrefix(objectEvents[i].name, kind+":") {
			out = append(out, objectEvents[i].name)
		}
	}
	return out
}

// either leaves out what makes a write less than sure where another does as well: who deletes an object causes one of two events, and
// where both are asked for it is of no account which; who puts one need not copy it.
func either(writes []write) []write {
	if slices.ContainsFunc(writes, func(w write) bool { return w.also == "" && w.note == "" && slices.Contains(w.actions, "s3:putobject") }) {
		writes = slices.DeleteFunc(writes, func(w write) bool { return w.also != "" })
	}
	has := func(note string) bool {
		return slices.ContainsFunc(writes, func(w write) bool { return w.note == note })
	}
	if has(ifVersioned) && has(ifUnversioned) {
		for i := range writes {
			if n := writes[i].note; n == ifVersioned || n == ifUnversioned {
				writes[i].note = ""
			}
		}
	}
	return writes
}

// bucketWrites are the ways to cause a bucket's events on the default bus.
func bucketWrites(t *target) []write {
	var out []write
	for i := range objectEvents {
		x := &objectEvents[i]
		if x.detail == "" {
			continue
		}
		w := x.write()
		w.tops = envelope
		w.fixed = map[string][]string{"version": {"0"}, atSource: {"aws.s3"}, atType: {x.detail}, "account": {t.account}, "detail.bucket.name": {t.resource.Name}, "resources": {t.arn}}
		if x.reason != nil {
			w.fixed["detail.reason"] = x.reason
		} else {
			w.lacks = append(slices.Clip(w.lacks), "detail.reason")
		}
		const kind = "detail.deletion-type"
		switch {
		case x.detail != "Object Deleted":
			w.lacks = append(slices.Clip(w.lacks), kind)
		case x.note == ifVersioned:
			w.fixed[kind] = []string{"Delete Marker Created"}
			// Which of the two it is does not matter where nobody asks.
			one := w
			one.note, one.fixed, one.lacks = "", maps.Clone(w.fixed), append(slices.Clip(w.lacks), kind)
			delete(one.fixed, kind)
			out = append(out, one)
		default:
			w.fixed[kind] = []string{"Permanently Deleted"}
		}
		out = append(out, w)
	}
	return out
}

// takesElsewhere reports whether some way to cause a feed's events takes a permission on something else.
func (an *Analysis) takesElsewhere(ti int32, f feed) bool {
	t := &an.world.targets[ti]
	if t.typ != "AWS::S3::Bucket" {
		return false
	}
	c := carriers[t.typ]
	return slices.ContainsFunc(an.writes(&c, t, an.triggers[f.triggers[0]], ""), func(w write) bool { return w.also != "" }) &&
		(f.passage == nil || f.passage.pattern == nil || f.passage.pattern.Asks("detail.reason") || an.triggers[f.triggers[0]].Kind != "event-rule")
}

// possible leaves the writes for which the actor has what they take elsewhere: who copies an object reads another.
func (e *explorer) possible(writes []write) []write {
	if !slices.ContainsFunc(writes, func(w write) bool { return w.also != "" }) {
		return writes
	}
	var out []write
	for _, w := range writes {
		if w.also != "" {
			_, v := e.an.combine(e.actor, []string{w.also}, nil)
			if v == never {
				continue
			}
			if v == perhaps {
				w.note = cmp.Or(w.note, "if it may read an object to copy")
			}
		}
		out = append(out, w)
	}
	return out
}
