package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mac is the application bundle: the window, with the commands and the map's helper beside it.
// https://developer.apple.com/library/archive/documentation/CoreFoundation/Conceptual/CFBundles/BundleTypes/BundleTypes.html
func (r *release) mac(programs map[string]string) []file {
	const in = "Bulkhead.app/Contents/"
	number, _, _ := strings.Cut(strings.NewReplacer("~", "+").Replace(r.number()), "+") // digits and dots alone
	out := []file{
		{name: in + "Info.plist", data: []byte(fmt.Sprintf(plist, appID, number, number)), mode: 0o644},
		{name: in + "PkgInfo", data: []byte("APPL????"), mode: 0o644},
	}
	if png, err := os.ReadFile(filepath.Join(r.root, "assets", "icons", "app", "bulkhead.png")); err == nil {
		out = append(out, file{name: in + "Resources/bulkhead.icns", data: icns(png), mode: 0o644})
	}
	for _, name := range sortedKeys(programs) {
		out = append(out, file{name: in + "MacOS/" + name, from: programs[name], mode: 0o755})
	}
	return out
}

const plist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleName</key><string>Bulkhead</string>
  <key>CFBundleDisplayName</key><string>Bulkhead</string>
  <key>CFBundleIdentifier</key><string>%s</string>
  <key>CFBundleExecutable</key><string>bulkhead</string>
  <key>CFBundleIconFile</key><string>bulkhead.icns</string>
  <key>CFBundlePackageType</key><string>APPL</string>
  <key>CFBundleShortVersionString</key><string>%s</string>
  <key>CFBundleVersion</key><string>%s</string>
  <key>CFBundleInfoDictionaryVersion</key><string>6.0</string>
  <key>LSMinimumSystemVersion</key><string>12.0</string>
  <key>LSApplicationCategoryType</key><string>public.app-category.developer-tools</string>
  <key>NSHighResolutionCapable</key><true/>
  <key>CFBundleDocumentTypes</key>
  <array>
    <dict>
      <key>CFBundleTypeName</key><string>Bulkhead design</string>
      <key>CFBundleTypeExtensions</key><array><string>bulkhead</string></array>
      <key>CFBundleTypeRole</key><string>Editor</string>
    </dict>
  </array>
</dict>
</plist>
`

// icns is an icon file with one picture of 256 by 256 pixels.
func icns(png []byte) []byte {
	b := []byte("icns")
	b = binary.BigEndian.AppendUint32(b, uint32(16+len(png)))
	b = append(b, "ic08"...)
	b = binary.BigEndian.AppendUint32(b, uint32(8+len(png)))
	return append(b, png...)
}
