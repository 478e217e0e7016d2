package account

import (
	"bytes"
	"encoding/json"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// listings are the lists of get-account-authorization-details.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
var listings = []string{"Policies", "RoleDetailList", "GroupDetailList", "UserDetailList"}

// isListing reports whether a value has one of the lists of get-account-authorization-details.
func isListing(n *yamlpos.Node) bool {
	for _, key := range listings {
		if n.Get(key) != nil {
			return true
		}
	}
	return false
}

// pagesOf are the answers of get-account-authorization-details in a file: one after the other, in a list, within an answer that
// holds nothing else, or the file itself.
func pagesOf(roots []*yamlpos.Node) []*yamlpos.Node {
	var out []*yamlpos.Node
	for _, n := range roots {
		for range 4 {
			if n = n.Resolve(); n == nil || isListing(n) || n.Kind != yamlpos.Mapping || len(n.Pairs()) != 1 {
				break
			}
			n = n.Pairs()[0].Value
		}
		switch {
		case n == nil:
		case n.Kind == yamlpos.Sequence:
			for _, i := range n.Items() {
				if i = i.Resolve(); i != nil && isListing(i) {
					out = append(out, i)
				}
			}
		case isListing(n):
			out = append(out, n)
		}
	}
	return out
}

// together is one answer of several pages.
func together(pages []*yamlpos.Node) *yamlpos.Node {
	if len(pages) == 1 {
		return pages[0]
	}
	at := pages[0].Span()
	out := (&yamlpos.Node{Kind: yamlpos.Mapping}).At(at)
	for _, key := range listings {
		all := (&yamlpos.Node{Kind: yamlpos.Sequence}).At(at)
		for _, p := range pages {
			all.SetItems(append(all.Items(), items(p.Get(key))...))
		}
		entry(out, key, all)
	}
	last := pages[len(pages)-1]
	for _, key := range []string{"IsTruncated", "Marker"} {
		if n := last.Get(key); n != nil {
			entry(out, key, n)
		}
	}
	return out
}

// more tells that an answer goes on in pages that are not in the file.
func (r *reader) more(root *yamlpos.Node) {
	n := root.Get("IsTruncated")
	if text(n) != "true" {
		return
	}
	r.diagnostics = append(r.diagnostics, source.Diagnostic{Severity: source.Warning, Span: n.Span(), Summary: "more pages follow this one",
		Detail: "Who and what they list was not seen: put all pages into one file, one after the other, or let the AWS CLI get them all (without --max-items and --no-paginate)."})
}

// inOne takes apart JSON values that stand one after the other; nil where data is no such thing, or one value alone.
func inOne(data []byte) [][]byte {
	d := json.NewDecoder(bytes.NewReader(data))
	var out [][]byte
	at := int64(0)
	for d.More() {
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return nil
		}
		out = append(out, data[at:d.InputOffset()])
		at = d.InputOffset()
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
