package reach

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// What lies beyond the design, in words.

// kind is the family of what is reached, as people call one of it; "" where they have no word.
func (b *Beyond) kind() string {
	if !hasNoun(b.Type) {
		return ""
	}
	return catalog.KindOf(b.Type).Noun
}

// namesakes are the services of whose things the name of a family makes people think.
var namesakes = map[string]string{"bucket": "S3", "table": "DynamoDB", "database": "RDS", "queue": "SQS", "stream": "Kinesis", "repository": "ECR", "file system": "EFS"}

// noun is how people call one of what is reached: by its family, with the service where the family makes them think of
// another service's things ("OpenSearch Serverless database"); "" where they have no word.
func (b *Beyond) noun() string {
	kind := b.kind()
	if of := namesakes[kind]; of != "" && !strings.HasPrefix(b.Type, "AWS::"+of+"::") {
		brand, _, _ := strings.Cut(b.service, " (")
		brand = strings.TrimPrefix(strings.TrimPrefix(brand, "Amazon "), "AWS ")
		return spaced(brand) + kind
	}
	return kind
}

// A naming is what a resource pattern means of a resource type: the things' names, and what of each.
type naming struct {
	name, part string
	qualified  bool // functions by their aliases and versions alone
}

// partWords are what people call the parts that do not make the whole.
var partWords = map[string]string{"dynamodb/index": "indexes", "dynamodb/stream": "the stream", "dynamodb/backup": "backups", "dynamodb/export": "exports", "dynamodb/import": "imports"}

// naming reads a pattern for a type with one of its ARNs. It is false where the pattern is of parts alone and the type is
// the whole: "arn:aws:s3:::logs-*/*" is no bucket, but objects of buckets like logs-*.
func (w *world) naming(t *catalog.ResourceType, arn, pattern string) (naming, bool) {
	norm := normalize(arn, w.partition)
	shape, asked := strings.SplitN(norm, ":", 6), strings.SplitN(pattern, ":", 6)
	part := partWords[t.Service+"/"+t.Name]
	if pattern == "*" {
		return naming{name: "*", part: part}, true
	}
	if len(shape) < 6 || len(asked) < 6 {
		return naming{part: part}, true
	}
	head, tail, _ := strings.Cut(shape[5], "{}")
	body, ok := strings.CutPrefix(asked[5], head)
	if !ok {
		if policy.Covers(asked[5], strings.ReplaceAll(shape[5], "{}", "*")) {
			return naming{name: "*", part: part}, true
		}
		return naming{part: part}, true
	}
	sep := ""
	whole := w.catalog.PartOf(t) == ""
	switch {
	case whole:
		sep = w.separator(shape[2], norm)
	case tail != "":
		sep = tail[:1]
	}
	if sep == "" {
		return naming{name: body, part: part}, true
	}
	name, rest, deeper := strings.Cut(body, sep)
	if strings.Trim(name, "*") == "" {
		name = "*"
	}
	out := naming{name: name, part: part}
	switch kind := t.Service + "/" + t.Name; {
	case !deeper:
	case kind == "lambda/function":
		out.qualified = true
	case kind == "logs/log-group":
		// Actions on the group are authorized on its ARN with ":*" behind it.
		if !policy.Covers(rest, "log-stream:*") {
			out.part = rest
		}
	case whole:
		return naming{}, false
	default:
		space := strings.ReplaceAll(tail, "{}", "*")
		if _, some := policy.Overlap(sep+rest, space); !some {
			return naming{}, false
		}
		if !policy.Covers(sep+rest, space) {
			out.part = rest
		}
	}
	return out, true
}

// separator is what stands between the name of a thing and its parts in their ARNs, "" where it has none. Names do not
// hold it.
func (w *world) separator(service, norm string) string {
	for _, s := range w.shapesOf(service) {
		if rest, ok := strings.CutPrefix(s.norm, norm); ok && rest != "" && (rest[0] == '/' || rest[0] == ':') {
			return rest[:1]
		}
	}
	return ""
}

// merge adds what the pattern reaches of another type of the same thing: with the whole, parts need no word.
func (b *Beyond) merge(o *Beyond) {
	switch {
	case b.Part == "" || o.Part == "":
		b.Part = ""
	case !strings.Contains(b.Part, o.Part):
		b.Part += " and " + o.Part
	}
	b.All = b.All || o.All
	b.Name = cmp.Or(b.Name, o.Name)
}

// verb says what can be done to a kind of thing where that is not much: "read", "write", "send to", "start"; "" where it
// is about everything.
func verb(caps catalog.Capabilities, noun string) string {
	caps = hits(caps)
	if noun == "" || caps.Has(catalog.Secret) || caps.Has(catalog.Permissions) || caps.Has(catalog.Read) && caps.Has(catalog.Delete) {
		return ""
	}
	word := map[catalog.Capability]string{catalog.Read: "read", catalog.Write: "change", catalog.Send: "send to", catalog.Invoke: "start", catalog.Delete: "delete"}
	switch {
	case writtenAsData[noun]:
		word[catalog.Write] = "write"
	case noun == "key":
		word[catalog.Write] = "use"
	case noun == "API":
		word[catalog.Invoke] = "call"
	}
	var out []string
	for _, c := range caps.All() {
		out = append(out, word[c])
	}
	return list(out)
}

// spaced puts a space behind what is something.
func spaced(s string) string {
	if s == "" {
		return ""
	}
	return s + " "
}

// Words says what is reached and, where that is not everything, how: "any other secret of the account", "read any bucket
// like logs-*", "write the table Foo".
func (b Beyond) Words() string { return spaced(verb(b.Capabilities, b.kind())) + b.thing() }

// thing says what is reached.
func (b Beyond) thing() string {
	noun, other, of := b.noun(), "", "the account"
	if b.Known {
		other = "other "
	}
	elsewhere := ""
	if b.account != "" {
		of, other = "account "+b.account, ""
		elsewhere = " of " + of
	}
	name, part := b.Name, ""
	if name == "" {
		name = shortARN(b.Pattern)
		if b.Service == "s3" { // all objects of a bucket are the bucket
			name, _ = strings.CutSuffix(name, "/*")
		}
	}
	if b.Part != "" {
		part = b.Part + " of "
	}
	switch {
	case b.Service == "*":
		return "anything else of " + of
	case noun == "" && (b.All || b.Pattern == "*"):
		return "resources of " + cmp.Or(b.service, b.Service)
	case noun == "" && strings.ContainsAny(b.Pattern, "*?"):
		return fmt.Sprintf("resources of %s like %s", cmp.Or(b.service, b.Service), shortARN(b.Pattern)) + elsewhere
	case noun == "":
		return shortARN(b.Pattern) + " of " + cmp.Or(b.service, b.Service) + elsewhere
	case b.All:
		return fmt.Sprintf("%sany %s%s of %s", part, other, noun, of)
	case strings.ContainsAny(name, "*?"):
		return fmt.Sprintf("%sany %s%s like %s", part, other, noun, name) + elsewhere
	}
	return fmt.Sprintf("%sthe %s %s", part, noun, name) + elsewhere
}

// shortARN is what of an ARN tells people which thing is meant. A wildcard alone does not tell: with it stands what it is of.
func shortARN(arn string) string {
	arn = strings.ReplaceAll(arn, "${$}", "$")
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return arn
	}
	rest := parts[5]
	if strings.Trim(rest, "*:/") == "" {
		return arn
	}
	for _, head := range []string{"table/", "secret:", "function:", "log-group:", "key/", "role/", "user/", "policy/", "identity/", "parameter/", "stateMachine:", "event-bus/", "stream/", "repository/"} {
		if cut, ok := strings.CutPrefix(rest, head); ok && strings.Trim(cut, "*:/") != "" {
			return cut
		}
	}
	return rest
}

// seaNouns is how many things a headline names; beyond seaMost it says that it is nearly everything.
const (
	seaNouns = 12
	seaMost  = 15
)

// Sea is what lies beyond: without what only fed functions reach, or with it, unmarked, where they are taken as
// vulnerable.
func (b *Breach) Sea(vulnerable bool) []Beyond { return unmarked(b.Beyond(), vulnerable) }

// unmarked is a sea without what only fed functions reach, or with it, unmarked.
func unmarked(sea []Beyond, vulnerable bool) []Beyond {
	var out []Beyond
	for _, x := range sea {
		if x.Fed && !vulnerable {
			continue
		}
		x.Fed = false
		out = append(out, x)
	}
	return out
}

// SeaAt is Sea as far as the given number of steps leads; 0: all the way.
func (b *Breach) SeaAt(vulnerable bool, hops int) []Beyond {
	if hops == 0 {
		return b.Sea(vulnerable)
	}
	var near []Beyond
	if b.sea == nil {
		return nil
	}
	for _, x := range b.sea.tell().swells {
		if x.Hops <= hops {
			near = append(near, x)
		}
	}
	return unmarked(mergeSea(near), vulnerable)
}

// SeaKinds counts the kinds of things, as headlines name them, that breaches of the functions reach beyond the design; with
// vulnerable, fed functions taken as vulnerable. It is counted when somebody asks first, which of a whole account takes as
// long as the analysis.
func (an *Analysis) SeaKinds(vulnerable bool) int {
	if n, ok := an.SeaCounted(vulnerable); ok {
		return n
	}
	look, at := runsMay, 0
	if vulnerable {
		look, at = fedMay, 1
	}
	reached := newSet(len(an.actors))
	for _, f := range an.design.Functions() {
		reached.join(an.flows[look].reached(an.actorOf[an.nodeOf[f.ID]]))
	}
	var all []Beyond
	for i := range an.actors {
		if reached.has(int32(i)) {
			all = append(all, an.sea(int32(i))...)
		}
	}
	n := KindsOf(mergeSea(all))
	an.mu.Lock()
	an.kinds[at] = tallied{n, true}
	an.mu.Unlock()
	return n
}

// A tallied is a count, once it was taken.
type tallied struct {
	n    int
	done bool
}

// SeaCounted is SeaKinds where it was counted already.
func (an *Analysis) SeaCounted(vulnerable bool) (n int, ok bool) {
	at := 0
	if vulnerable {
		at = 1
	}
	an.mu.Lock()
	defer an.mu.Unlock()
	return an.kinds[at].n, an.kinds[at].done
}

// KindsOf counts the kinds of things in a sea, as its headline names them. What is marked as fed is not in it.
func KindsOf(sea []Beyond) int {
	things, _ := thingsOf(sea)
	return len(things)
}

// SeaWords is a headline of the sea: "any other table, bucket and secret of the account", data first; "" where
// nothing lies beyond. What is marked as fed is not in it: see Sea.
func SeaWords(sea []Beyond) string { return seaWords(sea, seaNouns, seaMost) }

// SeaInFull is SeaWords with everything named, however much it is.
func SeaInFull(sea []Beyond) string { return seaWords(sea, math.MaxInt, math.MaxInt) }

// A seaThing is one kind of thing of a headline.
type seaThing struct {
	words string // "resources of Amazon Polly"; "" of what is all of a noun
	noun  string
	kind  string
	known bool
	sure  bool // some of it surely
	caps  catalog.Capabilities
}

// An extent is how something is reached: what can be done, and whether only perhaps.
type extent struct {
	verb    string
	perhaps bool
}

func (x *seaThing) extent() extent { return extent{verb(x.caps, x.kind), !x.sure} }

// words puts the extent before what is reached.
func (m extent) words(what string) string {
	maybe := ""
	if m.perhaps {
		maybe = "perhaps "
	}
	return maybe + spaced(m.verb) + what
}

// thingsOf are the kinds of things in a sea, each once: all of a noun, then the rest that these do not say. all: it is
// anything of the account.
func thingsOf(sea []Beyond) (things []seaThing, all bool) {
	sea = unmarked(sea, false)
	nouns := map[string]int{}
	services := map[string]bool{} // of which something with a noun is reached
	whole := func(b *Beyond) bool { return b.All && b.Part == "" && b.account == "" }
	for i := range sea {
		b := &sea[i]
		noun := b.noun()
		services[b.Service] = services[b.Service] || noun != ""
		if noun == "" || !whole(b) {
			continue
		}
		k, ok := nouns[noun]
		if !ok {
			k = len(things)
			nouns[noun] = k
			things = append(things, seaThing{noun: noun, kind: b.kind()})
		}
		things[k].known = things[k].known || b.Known
		things[k].caps |= b.Capabilities
		things[k].sure = things[k].sure || b.Certainty == Must
	}
	rest := map[string]int{}
	for i := range sea {
		b := &sea[i]
		all = all || b.Service == "*"
		noun := b.noun()
		if noun == "" && services[b.Service] {
			continue
		}
		if k, ok := nouns[noun]; ok && noun != "" && b.account == "" && (whole(b) || b.Capabilities&^things[k].caps == 0) {
			continue
		}
		words := b.thing()
		k, ok := rest[words]
		if !ok {
			k = len(things)
			rest[words] = k
			things = append(things, seaThing{words: words, noun: noun, kind: b.kind()})
		}
		things[k].caps |= b.Capabilities
		things[k].sure = things[k].sure || b.Certainty == Must
	}
	return things, all
}

// seaWords names so many things at most; of more than most, none.
func seaWords(sea []Beyond, shown, most int) string {
	things, all := thingsOf(sea)
	whole := extent{perhaps: !slices.ContainsFunc(things, func(x seaThing) bool { return x.sure })}
	switch n := len(things); {
	case all:
		return whole.words("anything of the account")
	case n > most:
		return whole.words(fmt.Sprintf("nearly everything else of the account (%d kinds of things)", n))
	}
	more := max(0, len(things)-shown)
	things = things[:len(things)-more]
	// What can be done is said once for all with which it is the same: first of what it is everything, last of what has
	// no noun.
	var sure, last []string
	extents := []extent{{}}
	for _, x := range things {
		if x.noun == "" {
			last = append(last, extent{perhaps: !x.sure}.words(x.words))
		} else if m := x.extent(); !slices.Contains(extents, m) {
			extents = append(extents, m)
		}
	}
	at := -1 // the last that is about the account
	for _, m := range extents {
		var kinds, some []string
		for _, word := range [...]string{"any other ", "any "} { // of what the design has, of what it has not
			var nouns []string
			for _, x := range things {
				if x.noun != "" && x.words == "" && x.known == (word == "any other ") && x.extent() == m {
					nouns = append(nouns, x.noun)
				}
			}
			if len(nouns) > 0 {
				kinds = append(kinds, word+list(nouns))
			}
		}
		if len(kinds) > 0 {
			at = len(sure)
			some = append(some, strings.Join(kinds, " and ")+ofAccount)
		}
		for _, x := range things {
			if x.noun != "" && x.words != "" && x.extent() == m {
				some = append(some, strings.TrimSuffix(x.words, ofAccount))
			}
		}
		if len(some) > 0 {
			sure = append(sure, m.words(list(some)))
		}
	}
	for i := range sure {
		if i != at {
			sure[i] = strings.Replace(sure[i], ofAccount, "", 1)
		}
	}
	if more > 0 {
		last = append(last, fmt.Sprintf("and %d more", more))
	}
	and := list(last)
	if more > 0 {
		and = strings.Join(last, ", ")
	}
	switch {
	case len(sure) == 0:
		return and
	case len(last) == 0:
		return strings.Join(sure, "; ")
	case len(sure) > 1 || len(extents) > 1: // what can be done to the one is not said of the other
		return strings.Join(sure, "; ") + "; " + and
	case more > 0 || len(last) > 1:
		return sure[0] + ", " + and
	}
	return sure[0] + " and " + and
}

// ofAccount ends the last of what is named as all of the account.
const ofAccount = " of the account"

// list joins words: "a", "a and b", "a, b and c".
func list(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}
