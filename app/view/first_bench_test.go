package view

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"bulkhead/app/session"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/internal/corpus"
	"bulkhead/render"
)

// BenchmarkFirstPicture is what comes before the window can show something of an account of 2,000 principals: its names, and
// its ranked table with all figures. The toolkit's own start is not in it (0.2 s), nor what is found out afterwards.
func BenchmarkFirstPicture(b *testing.B) {
	generator := filepath.Join(corpus.Dir(b), "..", "bench", "gen_account.py")
	if _, err := os.Stat(generator); err != nil {
		b.Skipf("NOTICE: skipped, no %s", generator)
	}
	out, err := exec.Command("python3", generator, "2000").Output()
	if err != nil {
		b.Skipf("NOTICE: skipped, no synthetic account: %v", err)
	}
	file := filepath.Join(b.TempDir(), "account.json")
	if err := os.WriteFile(file, out, 0o600); err != nil {
		b.Fatal(err)
	}
	first := func(b *testing.B, target time.Duration, analysed bool) {
		for b.Loop() {
			s, err := session.Open(context.Background(), file, []importers.Source{account.New()}, session.Options{Idle: true})
			if err != nil {
				b.Fatal(err)
			}
			st := s.State()
			Outline(st.After.Design, nil, st.After.Measures, false)
			render.Rankings(render.View{Design: st.After.Design}, nil)
			if analysed {
				if st, err = s.Wait(context.Background()); err != nil {
					b.Fatal(err)
				}
				render.Rankings(render.View{Design: st.After.Design, Analysis: st.After.Analysis, Measures: st.After.Measures}, nil)
				Outline(st.After.Design, st.After.Analysis, st.After.Measures, false)
			}
			s.Close()
		}
		b.ReportMetric(float64(target), "target-ns/op")
	}
	b.Run("names", func(b *testing.B) { first(b, 700*time.Millisecond, false) })
	b.Run("table", func(b *testing.B) { first(b, 1700*time.Millisecond, true) })
}
