// Package redact gives accounts, names and whatever else is somebody's own in account snapshots other names, so that they, and
// pictures and reports of them, can be shown to others.
//
//	bytes --yamlpos.Parse--> sites --spell--> tokens --cut--> atoms --code--> other bytes
//
// All strings are spelled as tokens (letters and digits) between what is kept: separators, and AWS's own words where they
// stand in their own places. A token is one atom, or several where a wildcard of the account cuts it: ord* cuts orders. Each
// atom becomes a word of a code in which no word starts within another or across two of them. Whatever a pattern matched it therefore matches
// afterwards, and nothing else; Prove asks each pattern about each name.
package redact

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
)

// A File is a snapshot, or the output of get-account-authorization-details; not compressed.
type File struct {
	Name string
	Data []byte
}

// A page is a text of JSON with the sites in it that are written anew, in order.
type page struct {
	data  []byte
	sites []site
}

// A site is a string of a page: spelled, or a page of its own.
type site struct {
	start, end int
	spelling   spelling
	inner      *page
	escaped    bool // the inner page is URL-encoded
}

// Files gives all files other names by one key, in their own formatting. Names that the key does not know yet are added to
// it. An error is one line: a file that is no snapshot, or a pattern that cannot be told from another under other names.
func Files(ctx context.Context, files []File, key *Key) ([]File, error) {
	var err error
	for ; key.try < mostTries; key.try++ {
		var out []File
		if out, err = once(ctx, files, key); !errors.Is(err, errUnlike) {
			return out, err
		}
	}
	key.try = 0
	return nil, err
}

// Other words and letters are drawn where one ends by chance in what a pattern asks for, which is rare. Where that does not
// help, what a question mark asks for is written as words, too, and the question mark as so many.
const (
	shortTries = 12
	mostTries  = shortTries + 8
)

func once(ctx context.Context, files []File, key *Key) ([]File, error) {
	c := newCoder(key)
	var pages []*page
	for _, f := range files {
		p, err := c.open(f)
		if err != nil {
			return nil, err
		}
		c.name(strings.TrimSuffix(f.Name, path.Ext(f.Name)))
		pages = append(pages, p)
		c.seen(f.Data)
	}
	c.cut()
	if err := c.assign(); err != nil {
		return nil, err
	}
	var out []File
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ext := path.Ext(f.Name)
		name := c.render(c.name(strings.TrimSuffix(f.Name, ext))) + ext
		out = append(out, File{name, c.page(pages[i])})
	}
	if err := c.prove(ctx); err != nil {
		return nil, err
	}
	c.keep()
	return out, nil
}

func (c *coder) open(f File) (*page, error) {
	if len(f.Data) > importers.MaxFile {
		return nil, fmt.Errorf("%s: more than the %d MB that are read", f.Name, importers.MaxFile>>20)
	}
	root, _, err := yamlpos.Parse(f.Name, f.Data)
	if err != nil {
		return nil, err
	}
	root = root.Resolve()
	if root == nil || root.Kind != yamlpos.Mapping || root.Get("bulkhead") == nil && root.Get("authorizationDetails") == nil && root.Get("RoleDetailList") == nil {
		return nil, fmt.Errorf("%s: only account snapshots and the output of get-account-authorization-details are redacted", f.Name)
	}
	if !json.Valid(bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf"))) { // what stands beside the object would stay as it is
		return nil, fmt.Errorf("%s: one JSON object alone is redacted, and more stands in the file: make one of it, or redact each page by itself", f.Name)
	}
	p := &page{data: f.Data}
	w := &walk{coder: c, page: p}
	w.value(root, place{})
	if w.err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, w.err)
	}
	return p, nil
}

// page writes a page with its sites anew.
func (c *coder) page(p *page) []byte {
	var out []byte
	at := 0
	for _, s := range p.sites {
		out = append(out, p.data[at:s.start]...)
		at = s.end
		text := ""
		if s.inner != nil {
			text = string(c.page(s.inner))
			if s.escaped {
				text = url.PathEscape(text)
			}
		} else {
			text = c.render(s.spelling)
		}
		out = append(out, quoted(text)...)
	}
	return append(out, p.data[at:]...)
}

// quoted is a JSON string, with no more escapes than JSON needs.
func quoted(s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// sorted are the keys of a map.
func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
