package main

import (
	"fmt"
	"os"
	"path/filepath"
)

var inter = source{
	name: "@expo-google-fonts/inter", version: "0.4.2", licence: "MIT AND OFL-1.1", owner: "Copyright (c) 2020 Expo (package), Copyright 2016 The Inter Project Authors (font, OFL-1.1)",
	integrity: "sha512-syfiImMaDmq7cFi0of+waE2M4uSCyd16zgyWxdPOY7fN2VBmSLKEzkfbZgeOjJq61kSqPBNNtXjggiQiSD6gMQ==",
	gives:     "the Inter typeface, weights 400, 500 and 700, unchanged",
}

// writeFonts copies the weights that pictures and window use.
func writeFonts(p *pkg, dir string) error {
	for from, to := range map[string]string{
		"400Regular/Inter_400Regular.ttf": "Inter-Regular.ttf",
		"500Medium/Inter_500Medium.ttf":   "Inter-Medium.ttf",
		"700Bold/Inter_700Bold.ttf":       "Inter-Bold.ttf",
	} {
		b, err := p.file(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, to), b, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", to, err)
		}
	}
	return nil
}
