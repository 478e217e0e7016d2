package command_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"bulkhead/app/command"
)

// asProgram makes the test's own program the commands, for scripts that start one.
const asProgram = "BULKHEAD_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(command.Run(context.Background(), os.Args[1:], command.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Sources: sources(), Samples: os.DirFS("nowhere")}))
	}
	os.Exit(m.Run())
}

var fenced = regexp.MustCompile("(?s)^([^\n]*)\n.*?```yaml\n(.*?)```")

// release is a folder with an archive as make dist writes it, in which the program is this test's own.
func release(t *testing.T, version string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nexport %s=1\nexec %q \"$@\"\n", asProgram, self)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	name := "bulkhead-headless_" + version + "_linux_amd64"
	if err := w.WriteHeader(&tar.Header{Name: name + "/bulkhead", Mode: 0o755, Size: int64(len(script)), Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(script))
	_, _ = w.Close(), z.Close()
	dir := t.TempDir()
	sums := fmt.Sprintf("%x  %s.tar.gz\n%064d  bulkhead-headless_%s_windows_amd64.zip\n", sha256.Sum256(b.Bytes()), name, 0, version)
	for file, data := range map[string][]byte{name + ".tar.gz": b.Bytes(), "SHA256SUMS": []byte(sums)} {
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestCIExamples does what the examples of docs/ci.md say, in a clone of a repository with a branch that is worse.
func TestCIExamples(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "git", "sha256sum", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	blocks := map[string]string{}
	for _, section := range strings.Split(read(t, "../../docs/ci.md"), "\n## ") {
		if m := fenced.FindStringSubmatch(section); m != nil {
			blocks[m[1]] = m[2]
		}
	}
	parsed := func(name string, into any) {
		t.Helper()
		if blocks[name] == "" {
			t.Fatalf("docs/ci.md has no example for %s", name)
		}
		d := yaml.NewDecoder(strings.NewReader(blocks[name]))
		if err := d.Decode(into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var github struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Uses, Run, If string }
		}
	}
	parsed("GitHub", &github)
	var gitlab map[string]struct {
		BeforeScript []string `yaml:"before_script"`
		Script       []string
		Artifacts    struct{ Paths []string }
	}
	parsed("GitLab", &gitlab)
	var hooks struct {
		Repos []struct {
			Hooks []struct{ ID, Entry string }
		}
	}
	parsed("pre-commit", &hooks)

	origin, clone := t.TempDir(), filepath.Join(t.TempDir(), "clone")
	released := release(t, "9.8.7")
	summary := filepath.Join(t.TempDir(), "summary")
	do := func(dir, script string) (string, int) {
		t.Helper()
		cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
			"BULKHEAD_RELEASES=file://"+released, "BULKHEAD_VERSION=9.8.7", "GITHUB_BASE_REF=main", "GITHUB_STEP_SUMMARY="+summary, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main")
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	must := func(dir, script string) {
		t.Helper()
		if out, code := do(dir, script); code != 0 {
			t.Fatalf("%s: exit %d: %s", script, code, out)
		}
	}
	put := func(dir, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, "infra"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "infra", "template.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(origin, "git init -q -b main")
	put(origin, shop("dynamodb:GetItem"))
	must(origin, "git add . && git commit -q -m old")
	must(origin, "git clone -q . "+clone)
	put(clone, shop("[dynamodb:GetItem, dynamodb:DeleteItem]"))

	// pre-commit, before the worse is committed
	must(clone, strings.Join(gitlab["bulkhead"].BeforeScript[1:], "\n")) // without installing what is there
	if out, code := do(clone, hooks.Repos[0].Hooks[0].Entry); code != 1 || !strings.Contains(out, "Orders") {
		t.Errorf("pre-commit: exit %d: %s", code, out)
	}
	must(clone, "rm -r tools SHA256SUMS bulkhead-headless* && git checkout -q -b feature && git commit -q -a -m wide")

	for _, step := range github.Jobs["check"].Steps {
		if step.Run == "" {
			continue
		}
		want := 0
		if step.Name == "Check the blast radius" {
			want = 1
		}
		if out, code := do(clone, step.Run); code != want {
			t.Errorf("GitHub, %s: exit %d: %s", step.Name, code, out)
		}
	}
	if text := read(t, summary); !strings.Contains(text, "Orders") || strings.Contains(text, "![") {
		t.Errorf("GitHub's summary:\n%s", text)
	}
	for _, file := range []string{"summary.md", "summary.svg", "bulkhead.sarif"} {
		if info, err := os.Stat(filepath.Join(clone, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	must(clone, "rm -r tools SHA256SUMS bulkhead-headless* summary.*")

	g := gitlab["bulkhead"]
	must(clone, strings.Join(g.BeforeScript[1:], "\n"))
	if out, code := do(clone, strings.Join(g.Script, "\n")); code != 1 || !strings.Contains(out, "Orders") {
		t.Errorf("GitLab: exit %d: %s", code, out)
	}
	for _, file := range g.Artifacts.Paths {
		if _, err := os.Stat(filepath.Join(clone, file)); err != nil {
			t.Errorf("GitLab: %v", err)
		}
	}
	// A program that is not the released one is not run.
	must(clone, "rm -r tools SHA256SUMS bulkhead-headless*")
	if err := os.WriteFile(filepath.Join(released, "SHA256SUMS"), []byte(strings.Repeat("0", 64)+"  bulkhead-headless_9.8.7_linux_amd64.tar.gz\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := do(clone, strings.Join(g.BeforeScript[1:], "\n")); code == 0 {
		t.Errorf("with a wrong checksum it goes on: %s", out)
	}
}
