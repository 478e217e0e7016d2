package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
)

// printJSON writes one document, indented, without HTML escapes.
func printJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// printListed prints a document as printJSON does, with items in the place of an empty list of its own: each is written as
// soon as it is there.
func printListed(w io.Writer, v any, key string, items iter.Seq[any]) error {
	var all, b bytes.Buffer
	if err := printJSON(&all, v); err != nil {
		return err
	}
	// No text of a document holds a line break.
	head, tail, ok := bytes.Cut(all.Bytes(), []byte("\n  \""+key+"\": []"))
	if !ok {
		return fmt.Errorf("print: no empty list %q to fill", key)
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n  \"%s\": [", head, key)
	between := ""
	for x := range items {
		b.Reset()
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("    ", "  ")
		if err := e.Encode(x); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n    %s", between, bytes.TrimRight(b.Bytes(), "\n"))
		between = ","
	}
	if between != "" {
		fmt.Fprint(out, "\n  ")
	}
	fmt.Fprintf(out, "]%s", tail)
	return out.Flush()
}

// list makes an empty JSON list of a nil slice.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// round keeps three decimals of a share.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
