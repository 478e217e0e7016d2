package code

import (
	"bytes"
	"fmt"

	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// A JSONFile is a policy in IAM's JSON.
type JSONFile struct {
	Path     string
	Document *policy.Document
}

// PolicyFiles are the files of a holder's own policies: OrdersRole.json, or OrdersRole-1.json and so on where it takes several
// managed policies.
func PolicyFiles(h *export.Holder) []JSONFile {
	var out []JSONFile
	for i, d := range h.Inline {
		name := h.Name
		if i > 0 {
			name = fmt.Sprintf("%s-%d", h.Name, i+1)
		}
		out = append(out, JSONFile{"policies/" + name + ".json", d})
	}
	for i, d := range h.Managed {
		out = append(out, JSONFile{fmt.Sprintf("policies/%s.managed-%d.json", h.Name, i+1), d})
	}
	return out
}

// BoundaryFile is the file of the boundary that is made for a holder; ok is false where none is.
func BoundaryFile(h *export.Holder) (f JSONFile, ok bool) {
	if h.Boundary == nil || h.Boundary.Kept != "" {
		return JSONFile{}, false
	}
	return JSONFile{"policies/" + h.Name + ".boundary.json", h.Boundary.Document}, true
}

// writeJSON writes each holder's policies, and its boundary, in IAM's JSON, as the design has them: what is left to fill
// stands as it does there.
func writeJSON(s *Set) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, h := range s.Holders {
		files := PolicyFiles(h)
		if f, ok := BoundaryFile(h); ok {
			files = append(files, f)
		}
		for _, f := range files {
			data, err := f.Document.Format()
			if err != nil {
				return nil, fmt.Errorf("print the policy of %s: %w", h.ID, err)
			}
			out[f.Path] = append(bytes.TrimRight(data, "\n"), '\n')
		}
	}
	return out, nil
}
