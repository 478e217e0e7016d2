package catalog

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"sync"

	"bulkhead/assets"
)

// A pack is many small texts in one file of compressed blocks with a plain-text index beside it; package
// assets/generate writes it and assets/README.md describes it.
type pack struct {
	name  string
	index lazy[*packIndex]
	last  struct { // neighbours are often asked for one after the other
		sync.Mutex
		start int64
		block []byte
	}
}

type packIndex struct {
	keys    []string // sorted
	members map[string]member
}

// A member is where a text stands, and what else the index says of it.
type member struct {
	start, packed int64 // of its block in the file
	from, size    int   // of the text in the unpacked block
	more          []string
}

func (p *pack) members() *packIndex {
	return p.index.get(func() *packIndex {
		text, err := assets.FS.ReadFile("data/" + p.name + ".idx")
		if err != nil {
			panic("catalog: " + err.Error())
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		x := &packIndex{make([]string, 0, len(lines)), make(map[string]member, len(lines))}
		for _, line := range lines {
			f := strings.Split(line, "\t")
			n := func(i int) int {
				v, err := strconv.Atoi(f[i])
				if err != nil {
					panic("catalog: " + p.name + ".idx: " + err.Error())
				}
				return v
			}
			x.keys = append(x.keys, f[0])
			x.members[f[0]] = member{int64(n(1)), int64(n(2)), n(3), n(4), f[5:]}
		}
		return x
	})
}

// text unpacks a member; nil if there is none of that key.
func (p *pack) text(key string) []byte {
	m, ok := p.members().members[key]
	if !ok {
		return nil
	}
	p.last.Lock()
	defer p.last.Unlock()
	if p.last.block == nil || p.last.start != m.start {
		r := flate.NewReader(io.NewSectionReader(asset(p.name+".pack"), m.start, m.packed))
		block, err := io.ReadAll(r)
		if err != nil {
			panic("catalog: " + p.name + ".pack: " + err.Error())
		}
		p.last.start, p.last.block = m.start, block
	}
	return p.last.block[m.from : m.from+m.size : m.from+m.size]
}

// gunzip unpacks an embedded file.
func gunzip(name string) []byte {
	packed, err := assets.FS.ReadFile("data/" + name)
	if err != nil {
		panic("catalog: " + err.Error())
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("catalog: " + name + ": " + err.Error())
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("catalog: " + name + ": " + err.Error())
	}
	return text
}
