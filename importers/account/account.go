// Package account reads accounts written down as files: Bulkhead's own snapshots ("bulkhead": "account/v1"), the output of
// iam get-account-authorization-details, exports of AWS Config, and the policies of an organization.
//
//	JSON, JSON Lines --yamlpos.Parse--> nodes with spans --(Config: converted)--> snapshot --reader--> Design
package account

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// maxSize is the largest file that is read, in bytes.
const maxSize = 512 << 20

// Source reads account files. The zero value is ready.
type Source struct{}

// New returns the source of account files.
func New() Source { return Source{} }

// Name is "account".
func (Source) Name() string { return "account" }

// Detect reports whether a JSON file is a snapshot, lists roles as get-account-authorization-details does, or is of AWS Config
// or Organizations.
func (Source) Detect(fsys fs.FS, name string) bool {
	f, err := fsys.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // only read
	head := make([]byte, 64<<10)
	n, _ := io.ReadFull(f, head) //nolint:errcheck // a short file
	if isCompressed(head[:n]) {
		z, err := gzip.NewReader(io.MultiReader(bytes.NewReader(slices.Clone(head[:n])), f))
		if err != nil {
			return false
		}
		n, _ = io.ReadFull(z, head) //nolint:errcheck // a short file, or one that is cut: Import says so
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	if isConfig(head) || isOrganization(head) || head[0] == '{' && version.Match(head) {
		return true
	}
	for _, key := range []string{`"UserDetailList"`, `"RoleDetailList"`, `"GroupDetailList"`} {
		if bytes.Contains(head, []byte(key)) {
			return true
		}
	}
	return false
}

func isCompressed(data []byte) bool { return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) }

// decompressed is what a gzip file holds.
func decompressed(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not gzip: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxSize+1))
	switch {
	case err != nil:
		return nil, errors.New("the snapshot is cut off or damaged: take it again (bulkhead import account), or copy it again")
	case len(out) > maxSize:
		return nil, fmt.Errorf("it holds more than an account file may have (%d MB)", maxSize>>20)
	}
	return out, nil
}

var version = regexp.MustCompile(`"bulkhead"\s*:\s*"account/v([0-9]+)"`)

// Import reads an account file.
func (s Source) Import(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if info.Size() > maxSize {
		return nil, fmt.Errorf("read %s: %d MB is more than an account file may have (%d MB)", name, info.Size()>>20, maxSize>>20)
	}
	catalog.Load().Prepare()
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if isCompressed(data) {
		if data, err = decompressed(data); err != nil {
			return nil, err
		}
	}
	if m := version.FindSubmatch(data[:min(len(data), 64<<10)]); m != nil && string(m[1]) != "1" {
		return nil, fmt.Errorf("it is a snapshot of a newer Bulkhead (account/v%s; this one reads account/v1): update Bulkhead to open it", m[1])
	}
	roots, diagnostics, err := documents(name, data)
	if err != nil {
		if text := bytes.TrimSpace(data); version.Match(data[:min(len(data), 64<<10)]) && !bytes.HasSuffix(text, []byte("}")) {
			return nil, fmt.Errorf("the snapshot is cut off after %d bytes: take it again (bulkhead import account), or copy it again", len(data))
		}
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	head := data[:min(len(data), 64<<10)]
	r := newReader(name, data, diagnostics)
	r.info.Partition = cmp.Or(o.Partition, "aws")
	kind, pages := "account", pagesOf(roots)
	switch {
	case version.Match(head), len(roots) == 1 && roots[0].Get("authorizationDetails") != nil && !isConfig(head) && !isOrganization(head):
		r.account(roots[0], o)
	case isOrganization(head):
		kind = "organization"
		r.organization(roots)
	case isConfig(head):
		r.account(converted(roots), o)
	case len(pages) > 0:
		root := together(pages)
		r.account(root, o)
		r.more(root)
	default:
		return nil, errors.New(name + ": an account file is a JSON object with RoleDetailList or \"bulkhead\": \"account/v1\"")
	}
	r.info.Name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	if r.info.Account != "" && kind == "account" {
		r.info.Name = "account " + r.info.Account
	}
	r.info.Kind, r.info.Files = kind, []string{name}
	d, err := model.New(r.info, r.elements...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return &importers.Import{Source: s, Path: name, Options: o, Design: d, Files: source.Files{name: data}, Diagnostics: r.review.among(r.diagnostics)}, nil
}
