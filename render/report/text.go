package report

import (
	"bytes"
	"fmt"
	"strings"
)

// about says what the report is of: what kind of design, from which sources, under which assumption.
func (p *page) about() []string {
	out := []string{p.Kind}
	if p.About != "" {
		out = append(out, p.About)
	}
	out = append(out, p.Sources...)
	if p.Assume {
		out = append(out, "fed functions are taken as vulnerable too")
	}
	return out
}

// markdown writes the report as Markdown, for repositories and wikis: pictures beside it, tables as GitHub has them.
func (p *page) markdown(b *bytes.Buffer) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("# %s\n", inText(p.Title))
	line("%s\n", inText(strings.Join(p.about(), " · ")))
	for _, s := range p.Sides {
		says := fmt.Sprintf("**%s** %s", inText(s.Claim.Figure), inText(s.Claim.Sentence))
		if s.Claim.Title != "" {
			says = "**" + inText(s.Claim.Title) + ":** " + says
		}
		if s.Claim.Noun != "" {
			says += " **" + inText(s.Claim.Noun) + "**"
		}
		line("%s\n", says)
		for _, n := range s.Claim.Notes {
			line("- %s", inText(n))
		}
		if len(s.Claim.Notes) > 0 {
			line("")
		}
	}
	line("## Figures\n")
	if p.Edited {
		line("| measure | before | after | | |\n|---|---:|---:|---|---|")
	} else {
		line("| measure | now | |\n|---|---:|---|")
	}
	for _, m := range p.Measures {
		if !p.Edited {
			line("| %s | %s | %s |", inCell(m.Name), inCell(m.After), inCell(m.Note))
			continue
		}
		word := ""
		if m.Better {
			word = "better"
		} else if m.Worse {
			word = "**worse**"
		}
		line("| %s | %s | %s | %s | %s |", inCell(m.Name), inCell(m.Before), inCell(m.After), word, inCell(m.Note))
	}
	line("")
	if len(p.Added) > 0 {
		line("### Newly reached\n")
		bullets(b, p.Added)
	}
	if len(p.Removed) > 0 {
		line("<details><summary>%d no longer reached</summary>\n", len(p.Removed))
		bullets(b, p.Removed)
		line("</details>\n")
	}
	for _, pic := range p.Pictures {
		line("## %s\n\n![%s](%s.svg)\n", pic.Title, strings.NewReplacer("[", "(", "]", ")", "\n", " ").Replace(pic.Alternative), pic.Name)
	}
	p.markdownFunctions(b)
	line("## What floods, and why\n")
	if len(p.Breaches) == 0 {
		line("There is no function.\n")
	}
	for i := range p.Breaches {
		markdownBreach(b, &p.Breaches[i])
	}
	if len(p.Earlier) > 0 {
		line("## What flooded before\n\nBreaches that the edits changed, as they were.\n")
		for i := range p.Earlier {
			markdownBreach(b, &p.Earlier[i])
		}
	}
	if len(p.Edits) > 0 {
		line("## Edits\n")
		for i, e := range p.Edits {
			line("%d. %s", i+1, inText(e.Says))
			if e.Unproven != "" {
				line("   - **Not proven to allow nothing new:** %s", inText(e.Unproven))
			}
			for _, w := range e.Warnings {
				line("   - %s", inText(w))
			}
		}
		line("")
	}
	if p.deploy != "" {
		line("## Rolling it out\n")
		verbatim := false
		for _, l := range strings.Split(strings.TrimSpace(strings.ReplaceAll(p.deploy, "\r\n", "\n")), "\n") {
			verbatim = verbatim != strings.HasPrefix(strings.TrimSpace(l), "```")
			if !verbatim && strings.HasPrefix(l, "#") {
				l = "##" + l // below this page's headings
			}
			line("%s", l)
		}
		line("")
	}
	p.markdownUnseen(b)
	line("## Words\n")
	for _, g := range p.Glossary {
		line("- **%s**: %s", g.Word, g.Meaning)
	}
}

func (p *page) markdownFunctions(b *bytes.Buffer) {
	fmt.Fprint(b, "## Functions\n\n| function | role | started by ")
	if p.Edited {
		fmt.Fprint(b, "| before | after | must | weighted | fed too | administrator | the sea |\n|---|---|---|---:|---:|---:|---:|---:|---|---|\n")
	} else {
		fmt.Fprint(b, "| reach | must | weighted | fed too | administrator | the sea |\n|---|---|---|---:|---:|---:|---:|---|---|\n")
	}
	reach := func(x *breachText) string {
		if x == nil {
			return ""
		}
		return inCell(x.May + " (" + x.Reach + ")")
	}
	for _, f := range p.Functions {
		x := f.After
		name := inCell(f.Name)
		if x == nil {
			x = f.Before
			name += " (before)"
		}
		if f.Part {
			name = "part: " + name
		}
		cells := []string{name, inCell(x.Role), inCell(x.Starts)}
		if p.Edited {
			cells = append(cells, reach(f.Before))
		}
		cells = append(cells, reach(f.After), inCell(x.Must), inCell(x.Weight), inCell(x.Fed), inCell(x.Admin), inCell(x.Sea))
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	fmt.Fprintln(b)
}

func markdownBreach(b *bytes.Buffer, x *breachText) {
	must := ""
	if x.Must != x.May {
		must = " (must " + inText(x.Must) + ")"
	}
	fmt.Fprintf(b, "### %s\n\n%s counted resources, %s%s", inText(x.Name), inText(x.Reach), inText(x.May), must)
	if x.Admin != "no" {
		fmt.Fprintf(b, ", **administrator: %s**", x.Admin)
	}
	fmt.Fprint(b, ".\n\n")
	if len(x.Way) > 0 {
		fmt.Fprint(b, "The way to an administrator: "+inSteps(x.Way)+"\n\n")
	}
	markdownHits(b, x.Hits)
	if len(x.Hits) == 0 && len(x.Known) == 0 {
		fmt.Fprint(b, "Nothing in this design floods.\n\n")
	}
	if x.More > 0 {
		fmt.Fprintf(b, "And %d more: `bulkhead breach --from %s` lists all.\n\n", x.More, x.ID)
	}
	if len(x.Known) > 0 {
		fmt.Fprintf(b, "<details><summary>Reaches %s</summary>\n\n", inText(x.KnownWords))
		markdownHits(b, x.Known)
		fmt.Fprint(b, "</details>\n\n")
	}
	if len(x.Feeds) > 0 {
		fmt.Fprintf(b, "Chooses the input of: %s.\n\n", inText(strings.Join(x.Feeds, ", ")))
	}
	fmt.Fprintf(b, "**The sea:** %s.\n\n", inText(x.Sea))
	if len(x.Beyond) == 0 {
		return
	}
	fmt.Fprint(b, "| beyond the design | pattern | how sure | why |\n|---|---|---|---|\n")
	for _, y := range x.Beyond {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", inCell(y.What), asCode(y.Pattern), inCell(y.Sure), inEvidence(y.Evidence))
	}
	fmt.Fprintln(b)
	if x.MoreBeyond > 0 {
		fmt.Fprintf(b, "And %d more.\n\n", x.MoreBeyond)
	}
}

func markdownHits(b *bytes.Buffer, hits []hitText) {
	if len(hits) == 0 {
		return
	}
	fmt.Fprint(b, "| hit | what the attacker can do | how sure | steps | why |\n|---|---|---|---:|---|\n")
	for _, h := range hits {
		does := inCell(h.Does)
		if h.Note != "" {
			does += " (" + inCell(h.Note) + ")"
		}
		name := "**" + inCell(h.Name) + "**"
		if h.Kind != "" {
			name += " " + inCell(h.Kind)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %d | %s |\n", name, does, inCell(h.Sure), h.Hops, inSteps(h.Steps))
	}
	fmt.Fprintln(b)
}

// inSteps tells steps in one cell.
func inSteps(steps []stepText) string {
	var out []string
	for i, s := range steps {
		var parts []string
		if says := strings.TrimSpace(s.Says); says != "" {
			if len(steps) > 1 {
				says = fmt.Sprintf("%d. %s", i+1, says)
			}
			parts = append(parts, inCell(says))
		}
		if s.Actions != "" {
			parts = append(parts, asCode(s.Actions))
		}
		if e := inEvidence(s.Evidence); e != "" {
			parts = append(parts, e)
		}
		if s.Assumed != "" {
			parts = append(parts, "assumed: "+inCell(s.Assumed))
		}
		if s.Note != "" {
			parts = append(parts, inCell(s.Note))
		}
		out = append(out, strings.Join(parts, "<br>"))
	}
	return strings.Join(out, "<br>")
}

func inEvidence(list []evidenceText) string {
	var out []string
	for _, e := range list {
		says := inCell(e.Says)
		if e.Place != "" {
			says += " " + asCode(e.Place)
		}
		out = append(out, says)
	}
	return strings.Join(out, "<br>")
}

func (p *page) markdownUnseen(b *bytes.Buffer) {
	fmt.Fprint(b, "## Not seen\n\n")
	if len(p.NotSeen) > 0 {
		fmt.Fprint(b, "The conclusions above hold as far as was seen. Not seen:\n\n")
		bullets(b, p.NotSeen)
	} else {
		fmt.Fprint(b, "Everything that decides was seen.\n\n")
	}
	if len(p.Outside) > 0 {
		fmt.Fprint(b, "Walls that IAM does not see, and this report does not judge:\n\n")
		bullets(b, p.Outside)
	}
	if len(p.Messages) == 0 {
		return
	}
	fmt.Fprint(b, "### What the import said\n\n| place | severity | message |\n|---|---|---|\n")
	for _, m := range p.Messages {
		text := inCell(m.Summary)
		if m.Detail != "" {
			text += " (" + inCell(m.Detail) + ")"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", asCode(m.Place), m.Severity, text)
	}
	fmt.Fprintln(b)
	if p.More > 0 {
		fmt.Fprintf(b, "And %d more.\n\n", p.More)
	}
}

func bullets(b *bytes.Buffer, list []string) {
	for _, l := range list {
		fmt.Fprintf(b, "- %s\n", inText(l))
	}
	fmt.Fprintln(b)
}

// inText is text that Markdown shows as it is.
func inText(s string) string {
	return strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "<", "&lt;", ">", "&gt;", "[", "\\[", "]", "\\]", "\r", " ", "\n", " ", "#", "\\#", "~", "\\~").Replace(s)
}

// inCell is inText in a table.
func inCell(s string) string { return strings.ReplaceAll(inText(s), "|", "\\|") }

// asCode is text set as code in a table, "" for none.
func asCode(s string) string {
	s = strings.NewReplacer("\r", " ", "\n", " ", "|", "\\|").Replace(s)
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
