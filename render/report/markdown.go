package report

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// markdown turns the Markdown that DEPLOY.md is written in into HTML: headings, lists, paragraphs, code, bold. All else
// is shown as it is.
func markdown(text string) template.HTML {
	var b strings.Builder
	var list string // the open list's element, "" if none
	var item bool   // an item is open
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			s := inline(strings.Join(paragraph, " "))
			if item {
				b.WriteString(s)
			} else {
				b.WriteString("<p>" + s + "</p>\n")
			}
			paragraph = nil
		}
	}
	end := func(with string) {
		flush()
		if item {
			b.WriteString("</li>\n")
			item = false
		}
		if list != "" && list != with {
			b.WriteString("</" + list + ">\n")
			list = ""
		}
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			end("")
			b.WriteString("<pre><code>")
			for i++; i < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[i]), "```"); i++ {
				b.WriteString(html.EscapeString(lines[i]) + "\n")
			}
			b.WriteString("</code></pre>\n")
		case trimmed == "":
			if list == "" {
				flush()
			} else if i+1 < len(lines) && bullet(lines[i+1]) == "" && !strings.HasPrefix(lines[i+1], " ") {
				end("")
			}
		case strings.HasPrefix(trimmed, "#"):
			end("")
			level := len(trimmed) - len(strings.TrimLeft(trimmed, "#"))
			// The page's own headings are h1 and h2.
			h := []string{"h3", "h3", "h4", "h5"}[min(level, 4)-1]
			b.WriteString("<" + h + ">" + inline(strings.TrimSpace(strings.TrimLeft(trimmed, "#"))) + "</" + h + ">\n")
		case bullet(line) != "":
			kind := bullet(line)
			end(kind)
			if list == "" {
				list = kind
				b.WriteString("<" + kind + ">\n")
			}
			b.WriteString("<li>")
			item = true
			paragraph = append(paragraph, strings.TrimSpace(marker.ReplaceAllString(line, "")))
		default:
			paragraph = append(paragraph, trimmed)
		}
	}
	end("")
	return template.HTML(b.String()) //nolint:gosec // everything is escaped above
}

var (
	marker = regexp.MustCompile(`^\s*([-*]|\d+[.)])\s+`)
	code   = regexp.MustCompile("`([^`]+)`")
	bold   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// bullet is the element of the list that a line is an item of, "" if none.
func bullet(line string) string {
	m := marker.FindStringSubmatch(line)
	switch {
	case m == nil:
		return ""
	case m[1] == "-" || m[1] == "*":
		return "ul"
	}
	return "ol"
}

func inline(s string) string {
	s = html.EscapeString(s)
	s = code.ReplaceAllString(s, "<code>$1</code>")
	return bold.ReplaceAllString(s, "<strong>$1</strong>")
}
