package gate

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"

	"bulkhead/model/review"
	"bulkhead/model/source"
)

// help is what a rule means and what to do about it.
var help = map[review.Rule]string{
	review.NewAdmin:    "Code execution in this function, or the credentials of this principal, comes to rule the account by a way that was not there. Take away one of the statements on the way, or have the risk accepted by somebody who answers for it.",
	review.NewHit:      "A breach reaches an element, or can do something to it, that it did not before. Narrow the statement that allows it to what the code needs, split the function, or accept the hit.",
	review.NewSea:      "A grant reaches things beyond the design, such as any other bucket of the account. Name the resources that are meant.",
	review.NewOpening:  "A resource or trust policy, or a route without authorizer, lets somebody in from outside the account. Name whom, or for which resource, by a condition.",
	review.WiderGrant:  "A policy allows a request that it did not. The request is an example; whether anything in this design is reached by it, other findings say.",
	review.WallRemoved: "A denial, a permissions boundary or another wall is gone or lower. What it kept out may come with the next grant.",
	review.Admin:       "An administrator can be reached from this function.",
	review.Worst:       "A breach of this function reaches a larger share of the counted resources than the limit that was given.",
}

// The part of SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format") that is used.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		Results    []sarifResult `json:"results"`
		ColumnKind string        `json:"columnKind"`
		Language   string        `json:"language"`
		Newlines   []string      `json:"newlineSequences"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name     string      `json:"name"`
		Language string      `json:"language"`
		Version  string      `json:"version,omitempty"`
		Rules    []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string     `json:"id"`
		Name    string     `json:"name"`
		Short   sarifText  `json:"shortDescription"`
		Full    sarifText  `json:"fullDescription"`
		Help    sarifText  `json:"help"`
		Default sarifLevel `json:"defaultConfiguration"`
		Tags    sarifProps `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifProps struct {
		Tags     []string `json:"tags"`
		Severity string   `json:"security-severity"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

// severity of the rules, as code-scanning services rank them (0 to 10).
var severity = map[review.Rule]string{
	review.NewAdmin: "9.5", review.NewHit: "7.0", review.NewSea: "6.5", review.NewOpening: "8.5",
	review.WiderGrant: "5.5", review.WallRemoved: "6.0", review.Admin: "9.0", review.Worst: "7.0",
}

// SARIF is the report for code-scanning services. locate tells the path of a file in the repository from the name by which
// the design knows it. The fingerprint of a result is its finding's id, which no moved line changes.
func (r *Report) SARIF(locate func(file string) string) ([]byte, error) {
	run := sarifRun{Results: []sarifResult{}, ColumnKind: "unicodeCodePoints", Language: "en-US", Newlines: []string{"\r\n", "\n"}}
	run.Tool.Driver = sarifDriver{Name: "Bulkhead", Language: "en-US", Version: r.Version}
	index := map[review.Rule]int{}
	for _, rule := range review.Rules {
		index[rule] = len(run.Tool.Driver.Rules)
		name := names[rule][0]
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: string(rule), Name: camel(name), Short: sarifText{strings.ToUpper(name[:1]) + name[1:]},
			Full: sarifText{help[rule]}, Help: sarifText{help[rule]}, Default: sarifLevel{"error"}, Tags: sarifProps{[]string{"security"}, severity[rule]}})
	}
	put := func(f review.Finding) *sarifResult {
		text := full(f)
		if len(f.Why) > 0 {
			text += ". " + strings.Join(f.Why, ". ")
		}
		x := sarifResult{RuleID: string(f.Rule), RuleIndex: index[f.Rule], Level: "error", Message: sarifText{text},
			Fingerprints: map[string]string{"bulkheadFinding/v1": f.ID}}
		if r.Against != "" && f.Rule != review.Admin && f.Rule != review.Worst {
			x.Baseline = "new"
		}
		if f.Undecided != "" {
			x.Level = "warning"
			x.Message.Text += ". Undecided: " + f.Undecided
		}
		x.Locations = []sarifLocation{location(f.Place, locate, string(f.Subject), r.Files)}
		run.Results = append(run.Results, x)
		return &run.Results[len(run.Results)-1]
	}
	for _, f := range r.Open {
		put(f)
	}
	for _, a := range r.Accepted {
		put(a.Finding).Suppressions = []sarifSuppression{{"external", "accepted", a.Reason + " (" + a.who() + ")"}}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
	return b.Bytes(), err
}

// location is where a result stands; services refuse results that stand nowhere, so the first file is the last resort.
func location(s source.Span, locate func(string) string, subject string, files []string) sarifLocation {
	l := sarifLocation{}
	name := ""
	switch {
	case s.File != "":
		name = locate(s.File)
	case len(files) > 0:
		name = files[0]
	}
	l.Physical.Artifact.URI = (&url.URL{Path: filepath.ToSlash(name)}).String()
	line := max(s.Line, 1)
	l.Physical.Region = &sarifRegion{line}
	if subject != "" {
		l.Logical = []sarifLogical{{subject}}
	}
	return l
}

// camel is words as a rule's name is written.
func camel(s string) string {
	var b strings.Builder
	for _, w := range strings.Fields(s) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}
