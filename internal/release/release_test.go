package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func some() []file {
	return []file{{name: "usr/lib/bulkhead/b", data: []byte("program"), mode: 0o755}, {name: "usr/bin/b", link: "../lib/bulkhead/b", mode: 0o777}, {name: "usr/share/doc/bulkhead/a", data: []byte("odd"), mode: 0o644}}
}

// members reads an ar archive.
func members(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	rest, ok := bytes.CutPrefix(data, []byte("!<arch>\n"))
	for ok && len(rest) > 0 {
		head := string(rest[:60])
		var size int
		if _, err := fmt.Sscan(head[48:58], &size); err != nil || head[58:] != "`\n" {
			t.Fatalf("ar: %q", head)
		}
		out[strings.TrimSpace(head[:16])] = rest[60 : 60+size]
		rest = rest[min(len(rest), 60+size+size%2):]
	}
	return out
}

func untar(t *testing.T, data []byte) (names []string, contents map[string]string) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	contents = map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names, contents
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Uname != "root" || !h.ModTime.Equal(day) {
			t.Errorf("%s is of %s, %v", h.Name, h.Uname, h.ModTime)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		contents[h.Name] = string(body) + h.Linkname
	}
}

func TestDeb(t *testing.T) {
	data, err := deb("1.2.3", "amd64", []string{"libc6"}, some(), day)
	if err != nil {
		t.Fatal(err)
	}
	backwards := some()
	slices.Reverse(backwards)
	if again, err := deb("1.2.3", "amd64", []string{"libc6"}, backwards, day); err != nil || !bytes.Equal(again, data) {
		t.Errorf("the same files make another package: %v", err)
	}
	in := members(t, data)
	if string(in["debian-binary"]) != "2.0\n" {
		t.Errorf("debian-binary: %q", in["debian-binary"])
	}
	_, control := untar(t, in["control.tar.gz"])
	if c := control["./control"]; !strings.HasPrefix(c, "Package: bulkhead\nVersion: 1.2.3\n") || !strings.Contains(c, "\nDepends: libc6\n") {
		t.Errorf("control:\n%s", c)
	}
	if sums := control["./md5sums"]; !strings.Contains(sums, "  usr/lib/bulkhead/b\n") || strings.Count(sums, "\n") != 2 {
		t.Errorf("md5sums:\n%s", sums)
	}
	names, contents := untar(t, in["data.tar.gz"])
	if got := strings.Join(names, " "); got != "./usr/ ./usr/bin/ ./usr/bin/b ./usr/lib/ ./usr/lib/bulkhead/ ./usr/lib/bulkhead/b ./usr/share/ ./usr/share/doc/ ./usr/share/doc/bulkhead/ ./usr/share/doc/bulkhead/a" {
		t.Errorf("files: %s", got)
	}
	if contents["./usr/bin/b"] != "../lib/bulkhead/b" {
		t.Errorf("the link leads to %s", contents["./usr/bin/b"])
	}
	if tool, err := exec.LookPath("dpkg-deb"); err == nil {
		name := filepath.Join(t.TempDir(), "b.deb")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(tool, "--info", name).CombinedOutput(); err != nil {
			t.Errorf("dpkg-deb --info: %v: %s", err, out)
		}
		if out, err := exec.Command(tool, "--contents", name).CombinedOutput(); err != nil || !strings.Contains(string(out), "usr/bin/b -> ../lib/bulkhead/b") {
			t.Errorf("dpkg-deb --contents: %v: %s", err, out)
		}
	}
}

func TestZip(t *testing.T) {
	data, err := zipped(some()[:1], day)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(r.File) != 1 || r.File[0].Mode().Perm() != 0o755 || !r.File[0].Modified.Equal(day) {
		t.Errorf("%v %+v", err, r.File)
	}
}

func TestNumber(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "v1.2.3-4-gabc1234": "1.2.3+4.gabc1234", "v1.2.3-dirty": "1.2.3+dirty", "v1.2.3-4-gabc1234-dirty": "1.2.3+4.gabc1234+dirty",
		"v1.2.3-rc.1": "1.2.3~rc.1", "abc1234": "0~20260102.abc1234", "1234567": "0~20260102.1234567", "abc1234-dirty": "0~20260102.abc1234+dirty",
	} {
		if got := (&release{version: version, date: day}).number(); got != want {
			t.Errorf("%s is packaged as %s, want %s", version, got, want)
		}
	}
}

func TestBOM(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := makeBOM("bulkhead", "1", day, map[string]string{}, self)
	if err != nil {
		t.Fatal(err)
	}
	again, err := makeBOM("bulkhead", "1", day, map[string]string{}, self)
	if err != nil || again.SerialNumber != b.SerialNumber || len(b.SerialNumber) != len("urn:uuid:")+36 {
		t.Errorf("serial numbers %s and %s: %v", b.SerialNumber, again.SerialNumber, err)
	}
	refs := map[string]bool{b.Metadata.Component.Ref: true}
	for _, c := range b.Components {
		if refs[c.Ref] {
			t.Errorf("%s is there twice", c.Ref)
		}
		refs[c.Ref] = true
	}
	for _, d := range b.Dependencies {
		for _, r := range append(d.DependsOn, d.Ref) {
			if !refs[r] {
				t.Errorf("%s is no component", r)
			}
		}
	}
}

// TestNotices: each module that a program links is in the notices, by itself or the module that it is part of.
func TestNotices(t *testing.T) {
	data, err := os.ReadFile("../../THIRD_PARTY_NOTICES.md")
	if err != nil {
		t.Fatal(err)
	}
	said := licences(string(data))
	modules := map[string]bool{}
	for _, of := range [][]string{{"migrated_fynedo", "1"}, {"headless", "0"}} {
		list := exec.Command("go", "list", "-tags", of[0], "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "bulkhead", "bulkhead/render/dot/bulkhead-dot")
		list.Env = append(os.Environ(), "CGO_ENABLED="+of[1])
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for _, m := range strings.Fields(string(out)) {
			modules[m] = m != "bulkhead"
		}
	}
	for _, m := range sortedKeys(modules) {
		found := !modules[m]
		for up := m; !found && strings.Contains(up, "/"); up = up[:strings.LastIndexByte(up, '/')] {
			found = said[up] != ""
		}
		if !found {
			t.Errorf("THIRD_PARTY_NOTICES.md does not name %s", m)
		}
	}
}

func TestDesktop(t *testing.T) {
	if tool, err := exec.LookPath("desktop-file-validate"); err == nil {
		name := filepath.Join(t.TempDir(), appID+".desktop")
		if err := os.WriteFile(name, []byte(desktop), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(tool, name).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("desktop-file-validate: %v: %s", err, out)
		}
	}
	for _, text := range []string{mime, fmt.Sprintf(plist, appID, "1", "1")} {
		if err := xml.Unmarshal([]byte(text), new(struct{})); err != nil {
			t.Errorf("%v in %s", err, text)
		}
	}
}

func TestMac(t *testing.T) {
	r := &release{root: "../..", version: "v1.2.3-4-gabc1234", date: day}
	var names []string
	for _, f := range r.mac(map[string]string{"bulkhead": "x", "bulkhead-dot": "y"}) {
		names = append(names, strings.TrimPrefix(f.name, "Bulkhead.app/Contents/"))
		if strings.HasSuffix(f.name, "Info.plist") && !strings.Contains(string(f.data), "<key>CFBundleVersion</key><string>1.2.3</string>") {
			t.Errorf("Info.plist:\n%s", f.data)
		}
		if strings.HasSuffix(f.name, ".icns") && (!bytes.HasPrefix(f.data, []byte("icns")) || string(f.data[8:12]) != "ic08" || string(f.data[17:20]) != "PNG") {
			t.Errorf("icns: %q", f.data[:24])
		}
	}
	if got := strings.Join(names, " "); got != "Info.plist PkgInfo Resources/bulkhead.icns MacOS/bulkhead MacOS/bulkhead-dot" {
		t.Errorf("the bundle has %s", got)
	}
}

// The C library has to be as new as the newest symbol that a program asks it for.
func TestNewestC(t *testing.T) {
	symbols := func(versions ...string) (out []elf.ImportedSymbol) {
		for _, v := range versions {
			out = append(out, elf.ImportedSymbol{Name: "f", Version: v})
		}
		return out
	}
	for want, list := range map[string][]elf.ImportedSymbol{
		"":     symbols("", "GLIBC_PRIVATE"),
		"2.34": symbols("GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.4", "", "GLIBC_PRIVATE"),
		"2.10": symbols("GLIBC_2.9", "GLIBC_2.10"),
	} {
		if got := newestC(list); got != want {
			t.Errorf("%v: %q, want %q", list, got, want)
		}
	}
}
