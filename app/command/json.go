package command

import (
	"bytes"
	"encoding/json"
	"io"
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

// list makes an empty JSON list of a nil slice.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// round keeps three decimals of a share.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
