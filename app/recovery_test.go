//go:build !headless

package app

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// TestAlive: this program is; what has ended and waits to be looked at, or is another program by a number that was given out again, is
// not.
func TestAlive(t *testing.T) {
	if !alive(os.Getpid()) || alive(999999999) {
		t.Error("this process is gone, or one that never was is there")
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells more")
	}
	ended := exec.Command("true")
	other := exec.Command("sleep", "60")
	for _, c := range []*exec.Cmd{ended, other} {
		if err := c.Start(); err != nil {
			t.Skip(err)
		}
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait(); _ = ended.Wait() }()
	for range 500 {
		if state, _ := processOf(strconv.Itoa(ended.Process.Pid)); state == "Z" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if alive(ended.Process.Pid) {
		t.Error("a process that has ended is taken as running")
	}
	if alive(other.Process.Pid) {
		t.Error("another program is taken as this one")
	}
}
