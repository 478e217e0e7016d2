package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page has every step, with its picture in both colours and the tables that say the same, and refers to nothing
// outside.
func TestPresentPage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "review.html")
	done(t, "present", "sample:webshop/split.bulkhead", "-o", path)
	page := read(t, path)
	for _, want := range []string{"Breach of Shop", "Breach of Shop after", "Figures", "<th scope=\"col\">Resource</th>", "PaymentKey (crown jewel)", "33 %"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "<svg"); n != 14 {
		t.Errorf("%d pictures, want 7 in two colours", n)
	}
	for _, outside := range []string{"src=\"http", "href=\"http", "@import", "url(http"} {
		if strings.Contains(page, outside) {
			t.Errorf("the page refers to %s", outside)
		}
	}
	one := filepath.Join(dir, "one.html")
	done(t, "present", "sample:webshop", "--breach", "Mailer", "-o", one)
	if page := read(t, one); !strings.Contains(page, "Breach of Mailer") || strings.Contains(page, "Breach of Shop") || strings.Contains(page, ">Before<") {
		t.Error("without edits and with one breach the page has other steps")
	}
}

func TestPresentFolderAndPDF(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "steps")
	done(t, "present", "sample:lambdashell", "--scale", "1", "-o", dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 { // the design and the figures; nothing floods
		t.Errorf("%d files: %v", len(entries), err)
	}
	pdf := filepath.Join(dir, "all.pdf")
	done(t, "present", "sample:webshop", "-o", pdf)
	if text := read(t, pdf); strings.Count(text, "/Type /Page\n") != 4 {
		t.Errorf("%d pages, want the design, two breaches and the figures", strings.Count(text, "/Type /Page\n"))
	}
	if r := typed(t, "", "present", "sample:webshop", "--breach", "Nobody", "-o", dir); r.code != 2 {
		t.Errorf("a breach of nobody: exit %d", r.code)
	}
}

// TestPresentHasTheNotesOfTheDesign: what was written at a step in the window is with it on the page.
func TestPresentHasTheNotesOfTheDesign(t *testing.T) {
	dir := t.TempDir()
	template, err := os.ReadFile(filepath.FromSlash("../../assets/samples/webshop/template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"template.yaml": string(template),
		"shop.bulkhead": `{"bulkhead": "design/v1", "sources": [{"path": "template.yaml"}]}` + "\n" + `{"note": "before/fn/Mailer", "text": "One queue, one table & no more."}` + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "page.html")
	done(t, "present", filepath.Join(dir, "shop.bulkhead"), "--breach", "Mailer", "-o", out)
	if page := read(t, out); strings.Count(page, "One queue, one table &amp; no more.") != 1 {
		t.Error("the note is not on the page once")
	}
}
