package main

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what dpkg checks files with
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const appID = "dev.bulkhead.Bulkhead"

// desktop says how the window is started and what it opens.
// https://specifications.freedesktop.org/desktop-entry-spec/latest/
const desktop = `[Desktop Entry]
Type=Application
Version=1.0
Name=Bulkhead
GenericName=AWS architecture modeller
Comment=See what a breach of each function floods, and build the walls that hold
Exec=bulkhead %F
Icon=` + appID + `
Terminal=false
Categories=Development;
Keywords=AWS;IAM;Lambda;serverless;least privilege;blast radius;
MimeType=application/x-bulkhead;
StartupWMClass=Bulkhead
`

// mime tells desktops of saved designs.
const mime = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-bulkhead">
    <comment>Bulkhead design</comment>
    <glob pattern="*.bulkhead"/>
    <icon name="` + appID + `"/>
  </mime-type>
</mime-info>
`

// linux is what is installed, by its place below /.
func (r *release) linux(programs map[string]string) []file {
	icons := filepath.Join(r.root, "assets", "icons", "app")
	out := []file{
		{name: "usr/share/applications/" + appID + ".desktop", data: []byte(desktop), mode: 0o644},
		{name: "usr/share/mime/packages/bulkhead.xml", data: []byte(mime), mode: 0o644},
		{name: "usr/share/icons/hicolor/scalable/apps/" + appID + ".svg", from: filepath.Join(icons, "bulkhead.svg"), mode: 0o644},
		{name: "usr/share/icons/hicolor/256x256/apps/" + appID + ".png", from: filepath.Join(icons, "bulkhead.png"), mode: 0o644},
	}
	for _, name := range sortedKeys(programs) {
		// The window finds its helper beside itself.
		out = append(out, file{name: "usr/lib/bulkhead/" + name, from: programs[name], mode: 0o755})
		if name != "bulkhead-dot" {
			out = append(out, file{name: "usr/bin/" + name, link: "../lib/bulkhead/" + name, mode: 0o777})
		}
	}
	return append(out, r.papers("usr/share/doc/bulkhead/")...)
}

// packages are Debian's, by the libraries that programs ask the loader for.
var packages = map[string]string{
	"libc.so.6": "libc6", "libm.so.6": "libc6", "libdl.so.2": "libc6", "libpthread.so.0": "libc6", "librt.so.1": "libc6", "libresolv.so.2": "libc6", "ld-linux-x86-64.so.2": "libc6", "ld-linux-aarch64.so.1": "libc6",
	"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", "libX11.so.6": "libx11-6", "libXcursor.so.1": "libxcursor1", "libXrandr.so.2": "libxrandr2", "libXinerama.so.1": "libxinerama1",
	"libXi.so.6": "libxi6", "libXxf86vm.so.1": "libxxf86vm1", "libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0", "libwayland-egl.so.1": "libwayland-egl1",
	"libxkbcommon.so.0": "libxkbcommon0", "libXrender.so.1": "libxrender1", "libXext.so.6": "libxext6",
}

// depends lists the packages that a program cannot start without: of libraries that it is linked to, and of those that it
// opens by name once it runs, as GLFW does.
func depends(program string) ([]string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	libraries, err := f.ImportedLibraries()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	for _, l := range sortedKeys(packages) {
		if bytes.Contains(data, []byte("\x00"+l+"\x00")) {
			libraries = append(libraries, l)
		}
	}
	var out []string
	for _, l := range libraries {
		p := packages[l]
		if p == "" {
			return nil, fmt.Errorf("which package has %s? Add it to internal/release", l)
		}
		out = append(out, p)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	symbols, err := f.ImportedSymbols()
	if err != nil {
		return nil, err
	}
	if v := newestC(symbols); v != "" {
		for i, p := range out {
			if p == "libc6" {
				out[i] = "libc6 (>= " + v + ")"
			}
		}
	}
	return out, nil
}

// newestC is the version of the C library that symbols need: an older one does not start the program. "" where none is asked for.
func newestC(symbols []elf.ImportedSymbol) string {
	var newest []int
	for _, s := range symbols {
		v, ok := strings.CutPrefix(s.Version, "GLIBC_")
		if !ok {
			continue
		}
		var parts []int
		for _, p := range strings.Split(v, ".") {
			n, err := strconv.Atoi(p)
			if err != nil {
				break // GLIBC_PRIVATE
			}
			parts = append(parts, n)
		}
		if slices.Compare(parts, newest) > 0 {
			newest = parts
		}
	}
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(newest), "[]")), ".")
}

// debian writes the package.
func (r *release) debian(t target, files []file, window string) error {
	needs, err := depends(window)
	if err != nil {
		return err
	}
	for i, f := range files { // the package system has a place of its own for the licence
		if strings.HasSuffix(f.name, "/doc/bulkhead/LICENSE") {
			files[i].name = "usr/share/doc/bulkhead/copyright"
		}
	}
	data, err := deb(r.number(), t.arch, needs, files, r.date)
	if err != nil {
		return err
	}
	return r.put(fmt.Sprintf("bulkhead_%s_%s.deb", r.number(), t.arch), data)
}

// deb is a Debian binary package: an ar archive of a version, what is said of the package, and its files.
// https://manpages.debian.org/stable/dpkg-dev/deb.5.en.html
func deb(version, arch string, needs []string, files []file, at time.Time) ([]byte, error) {
	size := 0
	var sums strings.Builder
	for _, f := range withFolders(files) {
		if strings.HasSuffix(f.name, "/") || f.link != "" {
			continue
		}
		data, err := f.read()
		if err != nil {
			return nil, err
		}
		size += len(data)
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(data), f.name) //nolint:gosec // see above
	}
	control := fmt.Sprintf(`Package: bulkhead
Version: %s
Architecture: %s
Maintainer: Bulkhead contributors <bulkhead@bulkhead.dev>
Installed-Size: %d
Depends: %s
Recommends: libgl1-mesa-dri
Suggests: git
Section: devel
Priority: optional
Description: architecture modeller for AWS serverless systems
 Bulkhead reads a template or an account, shows what code execution in each
 function would flood, lets the architect tighten roles and split functions,
 and writes the policies back into the repository that they came from.
 .
 bulkhead is the window, bulkhead-headless has every command and needs no
 display.
`, version, arch, (size+1023)/1024, strings.Join(needs, ", "))
	about, err := tarred([]file{{name: "control", data: []byte(control), mode: 0o644}, {name: "md5sums", data: []byte(sums.String()), mode: 0o644}}, "./", at)
	if err != nil {
		return nil, err
	}
	installed, err := tarred(files, "./", at) // as dpkg has names
	if err != nil {
		return nil, err
	}
	b := bytes.NewBufferString("!<arch>\n")
	for _, m := range []struct {
		name string
		data []byte
	}{{"debian-binary", []byte("2.0\n")}, {"control.tar.gz", about}, {"data.tar.gz", installed}} {
		fmt.Fprintf(b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", m.name, at.Unix(), 0, 0, 0o100644, len(m.data))
		b.Write(m.data)
		if len(m.data)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), nil
}
