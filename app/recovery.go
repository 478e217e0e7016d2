//go:build !headless

package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"bulkhead/app/session"
	"bulkhead/app/view"
)

// autosavePause is how long after an edit it is written aside.
const autosavePause = time.Second

// A keeper writes what is edited and not saved into a folder of its own, which goes when nothing would be lost without
// it. Folders of programs that are gone are recoveries.
type keeper struct {
	root string // of all recoveries
	dir  string // of the session that is open

	timer *time.Timer
	mu    sync.Mutex // one writes, or takes away, at a time
	gone  map[string]bool
}

// newKeeper keeps recoveries where the system keeps a person's caches; nothing where it has no such place.
func newKeeper() *keeper {
	k := &keeper{gone: map[string]bool{}}
	if cache, err := os.UserCacheDir(); err == nil {
		k.root = filepath.Join(cache, "bulkhead", "recovery")
	}
	return k
}

// follow writes the edits of a session aside a while after they changed.
func (k *keeper) follow(s *session.Session, st session.State) {
	if k.root == "" {
		return
	}
	if k.timer != nil {
		k.timer.Stop()
	}
	if !st.Dirty {
		k.forget()
		return
	}
	if k.dir == "" {
		k.dir = k.fresh()
	}
	dir := k.dir
	k.timer = time.AfterFunc(autosavePause, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !k.gone[dir] {
			// A disk that is full must not keep a person from working on.
			_ = s.Autosave(dir)
		}
	})
}

// fresh is a folder that no other session has.
func (k *keeper) fresh() string {
	return filepath.Join(k.root, fmt.Sprintf("%d-%d", os.Getpid(), time.Now().UnixNano()))
}

// take goes on writing into the folder of a recovery, which is this program's from now on.
func (k *keeper) take(dir string, s *session.Session, st session.State) {
	if k.timer != nil {
		k.timer.Stop()
	}
	k.dir = dir
	if own := k.fresh(); os.Rename(dir, own) == nil {
		k.dir = own
	}
	k.follow(s, st)
}

// forget takes the folder of the open session away: it was saved, or its edits were given up.
func (k *keeper) forget() {
	if k.timer != nil {
		k.timer.Stop()
	}
	if k.dir != "" {
		k.discard(k.dir)
		k.dir = ""
	}
}

// leave writes the edits aside at once and leaves them there: the program ends and nobody was asked.
func (k *keeper) leave(s *session.Session, st session.State) {
	if s == nil || !st.Dirty {
		return
	}
	k.follow(s, st)
	if k.timer == nil || !k.timer.Stop() {
		return // it is written, or there is no place for it
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = s.Autosave(k.dir)
	k.dir = ""
}

func (k *keeper) discard(dir string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gone[dir] = true
	_ = os.RemoveAll(dir)
}

// found lists what programs that are gone left behind, the latest first.
func (k *keeper) found() []view.Recovered {
	entries, err := os.ReadDir(k.root)
	if err != nil {
		return nil
	}
	var out []view.Recovered
	for _, e := range entries {
		dir := filepath.Join(k.root, e.Name())
		pid, _, _ := strings.Cut(e.Name(), "-")
		if n, err := strconv.Atoi(pid); err != nil || n == os.Getpid() || alive(n) {
			continue
		}
		if r, err := session.ReadRecovery(dir); err == nil {
			out = append(out, view.Recovered{Dir: dir, Title: r.Title, Path: r.Path, Edits: r.Edits, Notes: r.Notes, Time: r.Time})
		}
	}
	slices.SortFunc(out, func(a, b view.Recovered) int { return b.Time.Compare(a.Time) })
	return out
}

// alive reports whether a process is there and may be this program. Where that cannot be asked it is taken as gone.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil || p.Signal(syscall.Signal(0)) != nil {
		return false
	}
	// Where the system tells more: one that has ended is there until its parent looks, and numbers are given out again.
	state, name := processOf(strconv.Itoa(pid))
	_, own := processOf("self")
	return state != "Z" && name == own
}

// processOf is the state and the name of a process as Linux tells them, "" elsewhere.
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func processOf(pid string) (state, name string) {
	data, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return "", ""
	}
	from, to := strings.IndexByte(string(data), '('), strings.LastIndexByte(string(data), ')')
	if from < 0 || to < from || to+2 >= len(data) {
		return "", ""
	}
	return string(data[to+2 : to+3]), string(data[from+1 : to])
}

// restore opens what a program that is gone left behind.
func (w *window) restore(dir string) {
	var s *session.Session
	w.background("Restoring the edits", func(ctx context.Context) (err error) {
		s, err = session.Recover(ctx, dir, w.program.Sources, session.Options{Import: w.options, Fitting: true})
		return err
	}, func() {
		w.adopt(s)
		w.keeper.take(dir, s, w.state) // goes when this one is saved
		if n := len(w.state.Misfits); n > 0 {
			w.strip.Show(view.Remark{Text: fmt.Sprintf("Restored, but %d of the edits no longer fit the source as it is now.", n)})
		} else {
			w.strip.Show(view.Remark{Text: "Restored, and not saved yet.", Fine: true})
		}
	})
}

func (w *window) discardRecovery(dir string) {
	w.warn("Discard these edits?", "They were never saved, and cannot be brought back.", "Discard", "Keep them", func() {
		w.keeper.discard(dir)
		w.start.SetRecovered(w.keeper.found())
	})
}
