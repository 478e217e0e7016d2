// Bulkhead-dot lays out graphs with Graphviz for package render/dot, which starts it, and starts another one from
// time to time, because Graphviz leaks.
//
//	{"dot": "digraph …"} on a line of standard input --Graphviz--> {"json": "…"} or {"error": "…"} on one of standard output
//
// It is a program of its own because linking Graphviz costs every command of a program its start.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-graphviz"
)

type request struct {
	Dot string `json:"dot"`
}

type response struct {
	JSON  string `json:"json,omitempty"` // Graphviz's format json0
	Error string `json:"error,omitempty"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bulkhead-dot:", err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	ctx := context.Background()
	g, err := graphviz.New(ctx)
	if err != nil {
		return fmt.Errorf("start Graphviz: %w", err)
	}
	requests, responses := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var req request
		if err := requests.Decode(&req); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		var resp response
		if resp.JSON, err = layout(ctx, g, req.Dot); err != nil {
			resp = response{Error: err.Error()}
		}
		if err := responses.Encode(resp); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
}

func layout(ctx context.Context, g *graphviz.Graphviz, dot string) (_ string, err error) {
	graph, err := graphviz.ParseBytes([]byte(dot))
	if err != nil {
		return "", fmt.Errorf("read the graph: %w", err)
	}
	defer func() {
		if e := graph.Close(); err == nil && e != nil {
			err = fmt.Errorf("free the graph: %w", e)
		}
	}()
	var out bytes.Buffer
	if err := g.Render(ctx, graph, "json0", &out); err != nil {
		return "", fmt.Errorf("lay out the graph: %w", err)
	}
	return out.String(), nil
}
