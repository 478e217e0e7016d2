package catalog

import "encoding/json"

// A SAMPolicyTemplate is one of the policy templates of AWS SAM (Developer Guide, "AWS SAM policy templates").
type SAMPolicyTemplate struct {
	Name       string          `json:"name"`
	Parameters []string        `json:"parameters"` // sorted
	Definition json.RawMessage `json:"definition"` // {"Statement": […]} in which {"Ref": parameter} stands for its value
}

type samTemplates struct {
	all lazy[[]*SAMPolicyTemplate]
}

// SAMPolicyTemplates lists SAM's policy templates, sorted by name.
func (c *Catalog) SAMPolicyTemplates() []*SAMPolicyTemplate {
	return c.templates.all.get(func() []*SAMPolicyTemplate {
		var all []*SAMPolicyTemplate
		if err := json.Unmarshal(gunzip("sam-policy-templates.json.gz"), &all); err != nil {
			panic("catalog: sam-policy-templates.json.gz: " + err.Error())
		}
		return all
	})
}

// SAMPolicyTemplate returns the policy template of a name, nil if SAM has none.
func (c *Catalog) SAMPolicyTemplate(name string) *SAMPolicyTemplate {
	for _, t := range c.SAMPolicyTemplates() {
		if t.Name == name {
			return t
		}
	}
	return nil
}
