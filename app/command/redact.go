package command

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/account/redact"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

type redactCmd struct {
	File []string `arg:"" help:"Snapshots; several get the same names for the same things."`
	Out  string   `short:"o" help:"Where to: a file, a folder for several (standard output for one)." placeholder:"OUT"`
	Key  string   `help:"Keep the key, which tells what became what, or use one that was kept: the same things then get the same names again. A secret." placeholder:"FILE"`
}

func (c redactCmd) Run(ctx context.Context, env *Env) error {
	if len(c.File) > 1 && c.Out == "" {
		return usage("redact: several snapshots need -o and a folder")
	}
	var files []redact.File
	for _, name := range c.File {
		data, err := c.read(env, name)
		if err != nil {
			return inputError(err)
		}
		base := filepath.Base(name)
		if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
			if data, err = decompressed(data); err != nil {
				return inputError(fmt.Errorf("%s: %w", name, err))
			}
			base = strings.TrimSuffix(base, ".gz")
		}
		files = append(files, redact.File{Name: base, Data: data})
	}
	was, err := figuresOf(ctx, env, files)
	if err != nil {
		return inputError(errors.New(strings.TrimPrefix(err.Error(), "1/")))
	}
	var key *redact.Key
	var redacted []redact.File
	for try := 0; ; try++ {
		if key, err = c.key(); err != nil {
			return err
		}
		key.Skip(try)
		if redacted, err = redact.Files(ctx, files, key); err != nil {
			return inputError(fmt.Errorf("redact: %w", err))
		}
		is, err := figuresOf(ctx, env, redacted)
		if err != nil {
			return fmt.Errorf("redact: what came of it cannot be read: %w", err)
		}
		if differs := different(was, is); differs == "" {
			break
		} else if try == moreTries {
			return &exit{exitUsage, "redact: nothing was written: under other names the figures differ, " + differs + "; please report this"}
		}
	}
	if c.Key != "" {
		if err := writePrivate(c.Key, key.Bytes()); err != nil {
			return err
		}
	}
	return c.write(env, redacted)
}

// decompressed is what a compressed snapshot holds.
func decompressed(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not gzip: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, importers.MaxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("it is compressed, and cut off or damaged: %w", err)
	case len(out) > importers.MaxFile:
		return nil, fmt.Errorf("more than the %d MB that are read", importers.MaxFile>>20)
	}
	return out, nil
}

func (c redactCmd) read(env *Env, name string) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(env.In, maxStdin+1))
		if err == nil && len(data) > maxStdin {
			err = fmt.Errorf("more than %d MB", maxStdin>>20)
		}
		return data, err
	}
	if info, err := os.Stat(name); err == nil && info.Size() > importers.MaxFile {
		return nil, fmt.Errorf("%s: more than the %d MB that are read", name, importers.MaxFile>>20)
	}
	return os.ReadFile(name)
}

func (c redactCmd) write(env *Env, files []redact.File) error {
	if c.Out == "" {
		_, err := env.Out.Write(files[0].Data)
		return err
	}
	info, err := os.Stat(c.Out)
	if folder := err == nil && info.IsDir(); len(files) == 1 && !folder {
		return writePrivate(c.Out, files[0].Data)
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return inputError(err)
	}
	for _, f := range files {
		name := filepath.Join(c.Out, f.Name)
		if err := writePrivate(name, f.Data); err != nil {
			return err
		}
		fmt.Fprintln(env.Err, name)
	}
	return nil
}

// moreTries is how often others are drawn where figures differ: the analysis tries names of its own on question marks, and a
// new name may be one of them.
const moreTries = 3

// different is where figures differ first, "" if nowhere.
func different(was, is []string) string {
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return is[i] + " where it was " + was[i]
		}
	}
	if len(was) != len(is) {
		return fmt.Sprintf("%d functions where there were %d", len(is)-1, len(was)-1)
	}
	return ""
}

// key is the one that was kept, or a new one.
func (c redactCmd) key() (*redact.Key, error) {
	if c.Key == "" {
		return redact.NewKey(), nil
	}
	data, err := os.ReadFile(c.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return redact.NewKey(), nil
	}
	var key *redact.Key
	if err == nil {
		key, err = redact.ReadKey(data)
	}
	if err != nil {
		return nil, usage("redact: --key %s: %v", c.Key, err)
	}
	return key, nil
}

// mostCompared is of how many functions all is compared that a breach reaches; the measures are of each.
const mostCompared = 200

// some are functions that speak for all, by their places in the files: the same under other names.
func some(all []*model.Function) []*model.Function {
	if len(all) <= mostCompared {
		return all
	}
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b *model.Function) int {
		x, _, _ := strings.Cut(a.Origin.File, "/")
		y, _, _ := strings.Cut(b.Origin.File, "/")
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.Origin.Line, b.Origin.Line), cmp.Compare(a.Origin.Column, b.Origin.Column))
	})
	var out []*model.Function
	for i := range mostCompared {
		out = append(out, sorted[i*len(sorted)/mostCompared])
	}
	return out
}

// figuresOf is what is said of a design, and of its breaches in an order of their own, without names.
func figuresOf(ctx context.Context, env *Env, files []redact.File) ([]string, error) {
	tree := source.Files{}
	var names []string
	for i, f := range files {
		name := fmt.Sprintf("%d/%s", i+1, f.Name)
		tree[name] = f.Data
		names = append(names, name)
	}
	in, err := importers.OpenAllFS(ctx, env.Sources, importers.Memory(tree, nil), names, importers.Options{})
	if err != nil {
		return nil, err
	}
	a, err := reach.Analyze(ctx, in.Design, catalog.Load(), nil)
	if err != nil {
		return nil, err
	}
	m := a.Measures(false)
	design := fmt.Sprintf("%d functions, %d of %d resources counted, worst %.9f, mean %.9f, entry %.9f, weighted %.9f %.9f, %d administrators, %d unresolved",
		m.Functions, m.Counted, m.Resources, m.Worst, m.Mean, m.MeanEntry, m.WorstWeighted, m.MeanWeighted, len(m.Admin), in.Design.Info().Unresolved)
	var out []string
	for _, f := range some(in.Design.Functions()) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := a.Breach(f.ID)
		kinds := map[string]int{}
		for _, h := range b.Hits {
			kinds[fmt.Sprint(h.Type, h.Capabilities, h.Must, h.Certainty, h.Hops, h.Fed, h.Part != "")]++
		}
		for _, y := range b.Beyond() { // by kind: which patterns are told as one goes by their order
			kind := fmt.Sprint("sea ", y.Service, y.Type, y.Certainty, y.Fed, " ")
			kinds[kind] |= int(y.Capabilities)
		}
		var lines []string
		for _, k := range slices.Sorted(maps.Keys(kinds)) {
			lines = append(lines, fmt.Sprint(k, kinds[k]))
		}
		out = append(out, fmt.Sprint("a function ", b.Admin, b.AdminMay, b.AdminFed, len(b.Runs), len(b.Fed), strings.Join(lines, ";")))
	}
	slices.Sort(out)
	return append([]string{design}, out...), nil
}
