package terraform

import (
	"bytes"
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"

	"bulkhead/model/source"
)

// inARN finds the region of an ARN that is written out.
var inARN = regexp.MustCompile(`\barn:[a-z-]+:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-[0-9]):`)

// region is where a provider works that names no region: where the caller says, else where the root module's own ARNs
// lie, if all that name a region name the same. A policy that is written for one region would else miss everything.
func (ev *evaluator) region() string {
	if ev.named == "" {
		ev.named, ev.namedAt = ev.written()
		ev.named = cmp.Or(ev.options.Region, ev.named, usualRegion)
	}
	return ev.named
}

// tellRegion says that a provider is taken to work where ARNs name the region.
func (ev *evaluator) tellRegion() {
	if r := ev.region(); ev.options.Region == "" && !ev.namedAt.IsZero() {
		ev.tell(source.Info, ev.namedAt, "nobody tells the region of a provider", "The ARNs of the configuration name "+r+", which was taken. Give another with --region.")
	}
}

// written is the one region that ARNs of the root module name, and where first; "" for none or several.
func (ev *evaluator) written() (found string, at source.Span) {
	for _, name := range slices.Sorted(maps.Keys(ev.files)) {
		if path.Dir(name) != path.Clean(ev.root) {
			continue
		}
		data := ev.files[name]
		for _, m := range inARN.FindAllSubmatchIndex(data, -1) {
			switch r := string(data[m[2]:m[3]]); found {
			case r:
			case "":
				found, at = r, source.Span{File: name, Start: m[0], End: m[1], Line: 1 + bytes.Count(data[:m[0]], []byte("\n"))}
			default:
				return "", source.Span{}
			}
		}
	}
	return found, at
}
