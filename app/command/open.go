package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing/fstest"

	"bulkhead/app/session"
	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
)

// maxStdin is the most that is read from standard input, in bytes.
const maxStdin = 100 << 20

// opened is a design that a command works on.
type opened struct {
	Session *session.Session
	Import  *importers.Import
	Design  *model.Design // with the edits of a saved design
}

// open reads the design that a command's FILE names; the analysis waits until it is asked for.
func open(ctx context.Context, env *Env, files []string, o importers.Options) (*opened, error) {
	so := session.Options{Import: o, Idle: true}
	var s *session.Session
	var err error
	if len(files) == 1 {
		s, err = openSession(ctx, env, files[0], so)
	} else {
		for _, f := range files {
			if f == "-" || strings.HasPrefix(f, session.SamplePrefix) {
				return nil, usage("%s: only files and folders can be opened together", f)
			}
		}
		s, err = session.OpenAll(ctx, files, env.Sources, so)
	}
	if err != nil {
		return nil, inputError(err)
	}
	return told(env, s), nil
}

// told tells the diagnostics of a design that was opened.
func told(env *Env, s *session.Session) *opened {
	st := s.State()
	for _, d := range st.Diagnostics() {
		detail := "" // what was assumed, and what to do
		if d.Detail != "" {
			detail = " (" + d.Detail + ")"
		}
		fmt.Fprintf(env.Err, "%s%s\n", d, detail)
	}
	return &opened{s, st.Import, st.After.Design}
}

func openSession(ctx context.Context, env *Env, file string, o session.Options) (*session.Session, error) {
	switch {
	case strings.HasPrefix(file, session.SamplePrefix):
		return session.OpenSample(ctx, env.Samples, file, env.Sources, o)
	case file == "-":
		data, err := io.ReadAll(io.LimitReader(env.In, maxStdin+1))
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		if len(data) > maxStdin {
			return nil, fmt.Errorf("read standard input: more than %d MB", maxStdin>>20)
		}
		name := "stdin.yaml"
		switch {
		case edit.IsSaved(data):
			return nil, errors.New("a saved design names its source by place; give its path instead of -")
		case len(data) > 0 && data[0] == '{':
			name = "stdin.json"
		}
		return session.OpenFS(ctx, fstest.MapFS{name: {Data: data, Mode: 0o600}}, name, env.Sources, o)
	default:
		return session.Open(ctx, file, env.Sources, o)
	}
}

// inputError makes one line of an error about the user's input: exit code 2.
func inputError(err error) error {
	var e *exit
	if errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return err
	}
	message := err.Error()
	switch {
	case errors.Is(err, fs.ErrPermission):
		message += " (is it readable for you?)"
	case errors.Is(err, os.ErrNotExist):
		message += " (check the path)"
	}
	return &exit{exitUsage, message}
}
