package live

import (
	"bufio"
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// A Profile is a section of the shared configuration.
type Profile struct {
	Name, Region string
	SSO          bool // it signs in with IAM Identity Center
}

// Profiles are the profiles of the shared configuration and credentials files, by name; none where there is no such file. Keys
// and other values are not kept.
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
func Profiles() []Profile {
	found := map[string]*Profile{}
	files := [][2]string{
		{cmp.Or(os.Getenv("AWS_CONFIG_FILE"), config.DefaultSharedConfigFilename()), "profile "},
		{cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), config.DefaultSharedCredentialsFilename()), ""},
	}
	for _, f := range files {
		profilesIn(f[0], f[1], found)
	}
	out := make([]Profile, 0, len(found))
	for _, p := range found {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Profile) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// profilesIn reads the sections of one file: "[profile NAME]" with a prefix, "[NAME]" without one; "[default]" is one in both.
func profilesIn(path, prefix string, found map[string]*Profile) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close() //nolint:errcheck // only read
	var at *Profile
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if head, ok := strings.CutPrefix(line, "["); ok {
			at = nil
			head, _, _ = strings.Cut(head, "]")
			name, is := strings.CutPrefix(strings.TrimSpace(head), prefix)
			if name = strings.Trim(strings.TrimSpace(name), `"'`); name != "" && (is || name == "default") {
				at = cmp.Or(found[name], &Profile{Name: name})
				found[name] = at
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || at == nil {
			continue
		}
		switch strings.TrimSpace(key) {
		case "region":
			at.Region = strings.TrimSpace(value)
		case "sso_session", "sso_start_url":
			at.SSO = true
		}
	}
}
