package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
)

// A packer writes many small texts into one file of compressed blocks, so that one text can be read without
// the others. Beside NAME.pack stands NAME.idx, plain text: a line for each member with its key, the block's
// offset and compressed length in the pack, the member's offset and length in the block, and what else the
// caller says of it, tab separated, in the order of adding.
type packer struct {
	perBlock int // close a block when it holds this many bytes
	block    bytes.Buffer
	members  []string // index lines of the open block, lacking their place
	places   []int
	pack     bytes.Buffer
	index    strings.Builder
}

// add appends a member; keys must come sorted, since readers search them.
func (p *packer) add(key string, text []byte, more ...string) error {
	p.members = append(p.members, strings.Join(append([]string{key, "%s"}, more...), "\t"))
	p.places = append(p.places, p.block.Len(), len(text))
	p.block.Write(text)
	if p.block.Len() >= p.perBlock {
		return p.flush()
	}
	return nil
}

func (p *packer) flush() error {
	if len(p.members) == 0 {
		return nil
	}
	start := p.pack.Len()
	w, err := flate.NewWriter(&p.pack, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(p.block.Bytes()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	for i, line := range p.members {
		place := fmt.Sprintf("%d\t%d\t%d\t%d", start, p.pack.Len()-start, p.places[2*i], p.places[2*i+1])
		p.index.WriteString(strings.Replace(line, "%s", place, 1) + "\n")
	}
	p.block.Reset()
	p.members, p.places = nil, nil
	return nil
}

// write closes the last block and writes base.pack and base.idx.
func (p *packer) write(base string) error {
	if err := p.flush(); err != nil {
		return err
	}
	if err := os.WriteFile(base+".pack", p.pack.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(base+".idx", []byte(p.index.String()), 0o644)
}

// writeGzip writes text compressed, without a time stamp.
func writeGzip(name string, text []byte) error {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, buf.Bytes(), 0o644)
}
