package importers

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"bulkhead/model/source"
)

// Memory is files as a file system, for standard input and for proving patches. Behind it may stand another
// file system with the files that it lacks.
func Memory(files source.Files, behind fs.FS) fs.FS { return &memory{files, behind} }

type memory struct {
	files  source.Files
	behind fs.FS
}

func (m *memory) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if data, ok := m.files[name]; ok {
		return OpenedFile(memInfo{path.Base(name), int64(len(data)), 0o644}, data), nil
	}
	if m.behind != nil {
		return m.behind.Open(name)
	}
	entries := m.entries(name)
	if len(entries) == 0 && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return OpenedFolder(memInfo{path.Base(name), 0, fs.ModeDir | 0o755}, entries), nil
}

// entries lists what is in a folder, sorted.
func (m *memory) entries(dir string) []fs.DirEntry {
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	found := map[string]memInfo{}
	for name, data := range m.files {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if first, _, deeper := strings.Cut(rest, "/"); deeper {
			found[first] = memInfo{first, 0, fs.ModeDir | 0o755}
		} else {
			found[first] = memInfo{first, int64(len(data)), 0o644}
		}
	}
	out := make([]fs.DirEntry, 0, len(found))
	for _, info := range found {
		out = append(out, fs.FileInfoToDirEntry(info))
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

type memInfo struct {
	name string
	size int64
	mode fs.FileMode
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) Mode() fs.FileMode  { return i.mode }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return i.mode.IsDir() }
func (i memInfo) Sys() any           { return nil }

// OpenedFile is a file that is held whole, as a file system opens it.
func OpenedFile(info fs.FileInfo, data []byte) fs.File { return &openFile{info, bytes.NewReader(data)} }

// OpenedFolder is a folder of a file system, with what is in it, sorted by name.
func OpenedFolder(info fs.FileInfo, entries []fs.DirEntry) fs.ReadDirFile {
	return &openFolder{info, entries}
}

type openFile struct {
	info fs.FileInfo
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

type openFolder struct {
	info fs.FileInfo
	left []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFolder) Close() error               { return nil }
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.info.Name(), Err: errors.New("is a folder")}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		out := f.left
		f.left = nil
		return out, nil
	}
	if len(f.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.left))
	out := f.left[:n]
	f.left = f.left[n:]
	return out, nil
}
