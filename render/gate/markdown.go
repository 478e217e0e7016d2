package gate

import (
	"fmt"
	"path"
	"strings"
)

// The most lines of each list of the summary: all of it stays under 60.
const (
	mostFindings  = 14
	mostUndecided = 6
	mostProblems  = 5
	mostAccepted  = 4
	mostBetter    = 6
)

// Markdown is a summary for a pull request, under 60 lines whatever was found.
func (r *Report) Markdown() string {
	var b strings.Builder
	mark := "✅"
	switch {
	case r.Fails():
		mark = "❌"
	case r.Undecided():
		mark = "❔"
	}
	fmt.Fprintf(&b, "## %s Bulkhead: %s\n\n", mark, escape(r.Headline()))
	if r.Before != nil {
		b.WriteString("| | before | now |\n|---|--:|--:|\n")
		for _, f := range r.figures() {
			if f.before != f.now {
				f.now = "**" + f.now + "**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", f.name, f.before, f.now)
		}
	} else {
		b.WriteString("| | now |\n|---|--:|\n")
		for _, f := range r.figures() {
			fmt.Fprintf(&b, "| %s | %s |\n", f.name, f.now)
		}
	}
	if r.Picture != "" {
		fmt.Fprintf(&b, "\n![The hull before and after, the worst breach flooding it](%s)\n", strings.ReplaceAll(path.Clean(r.Picture), " ", "%20"))
	}
	sure, undecided := r.split()
	var lines []string
	for _, g := range groups(sure) {
		lines = append(lines, fmt.Sprintf("**%s**: %s", names[g.Rule][0], escape(full(g.Finding)))+because(g))
	}
	section(&b, "New", lines, mostFindings)
	lines = nil
	for _, g := range groups(undecided) {
		lines = append(lines, fmt.Sprintf("**%s**: %s. To settle it: %s", names[g.Rule][0], escape(full(g.Finding)), escape(g.Undecided)))
	}
	section(&b, "Undecided", lines, mostUndecided)
	lines = nil
	for _, p := range r.Problems {
		lines = append(lines, escape(p.Says)+": "+code(p.ID))
	}
	section(&b, "Accepted risks to look at", lines, mostProblems)
	lines = nil
	for _, x := range r.Better {
		lines = append(lines, escape(x))
	}
	section(&b, "Better", lines, mostBetter)
	lines = nil
	for _, a := range r.Accepted {
		lines = append(lines, escape(fmt.Sprintf("%s: %s (%s)", full(a.Finding), a.Reason, a.who())))
	}
	section(&b, "Accepted", lines, mostAccepted)
	var foot []string
	if r.Against != "" {
		foot = append(foot, "Held against "+code(r.Against)+".")
	}
	if r.Incomplete != "" {
		foot = append(foot, escape(r.Incomplete))
	}
	if len(r.NotSeen) > 0 {
		foot = append(foot, "Not seen: "+escape(few(r.NotSeen, 6))+".")
	}
	if len(foot) > 0 {
		fmt.Fprintf(&b, "\n<sub>%s</sub>\n", strings.Join(foot, " "))
	}
	return b.String()
}

func because(g group) string {
	if len(g.Why) == 0 {
		return ""
	}
	return " (" + escape(g.Why[0]) + ")"
}

// section is a list of most lines at most, the rest counted.
func section(b *strings.Builder, title string, lines []string, most int) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n", title)
	rest := len(lines) - most
	if rest > 0 {
		lines = lines[:most]
	}
	for _, l := range lines {
		fmt.Fprintf(b, "- %s\n", l)
	}
	if rest > 0 {
		fmt.Fprintf(b, "- … and %d more\n", rest)
	}
}

func few(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// code is text in a code span.
func code(s string) string {
	return "`" + strings.NewReplacer("`", "'", "\n", " ").Replace(s) + "`"
}

// escape makes plain text of what Markdown, or the HTML within it, would read otherwise.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "|", `\|`, "&", "&amp;", "\n", " ", "\r", "").Replace(s)
}
