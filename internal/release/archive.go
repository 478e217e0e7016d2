package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A file is a file or link of an archive.
type file struct {
	name string // with slashes, no slash first
	from string // on disk; "" for data
	data []byte
	link string // where a symbolic link leads
	mode int64
}

func (f file) read() ([]byte, error) {
	if f.from == "" {
		return f.data, nil
	}
	return os.ReadFile(f.from)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// archive writes a zip for Windows and macOS, else a tar.gz; all is in a folder of the archive's name.
func (r *release) archive(t target, name string, files []file) error {
	var data []byte
	var err error
	inside := slices.Clone(files)
	for i := range inside {
		inside[i].name = name + "/" + inside[i].name
	}
	ending := ".tar.gz"
	if t.os == "windows" || t.os == "darwin" {
		ending = ".zip"
		data, err = zipped(inside, r.date)
	} else {
		data, err = tarred(inside, "", r.date)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.put(name+ending, data)
}

// put writes what is released.
func (r *release) put(name string, data []byte) error {
	r.made = append(r.made, name)
	fmt.Printf("  %-60s %6.1f MB\n", name, float64(len(data))/1e6)
	return os.WriteFile(filepath.Join(r.out, name), data, 0o644)
}

// tarred is a tar.gz of files, with their folders, in order of names; each name has a prefix.
func tarred(files []file, prefix string, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, f := range withFolders(files) {
		h := &tar.Header{Name: prefix + f.name, Mode: f.mode, ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatGNU, Typeflag: tar.TypeReg}
		var data []byte
		switch {
		case strings.HasSuffix(f.name, "/"):
			h.Typeflag = tar.TypeDir
		case f.link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, f.link
		default:
			if data, err = f.read(); err != nil {
				return nil, err
			}
			h.Size = int64(len(data))
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

// withFolders are files in order of names, each folder before what is in it.
func withFolders(files []file) []file {
	out := slices.Clone(files)
	seen := map[string]bool{}
	for _, f := range files {
		for dir := path.Dir(f.name); dir != "." && dir != "/" && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			out = append(out, file{name: dir + "/", mode: 0o755})
		}
	}
	slices.SortFunc(out, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return out
}

func zipped(files []file, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range withFolders(files) {
		if strings.HasSuffix(f.name, "/") {
			continue
		}
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at}
		h.SetMode(os.FileMode(f.mode))
		to, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		data, err := f.read()
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// sums writes the hashes of all that was made, for sha256sum -c.
func (r *release) sums() error {
	slices.Sort(r.made)
	var b strings.Builder
	for _, name := range r.made {
		f, err := os.Open(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		f.Close() //nolint:errcheck // only read
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", h.Sum(nil), name)
	}
	return r.put("SHA256SUMS", []byte(b.String()))
}
