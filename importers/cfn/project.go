package cfn

import (
	"strings"

	"bulkhead/model"
)

// projectSources connects build projects with where their source is taken from: what they say themselves, or what a pipeline
// that builds with them begins at; and jobs of Glue with the object that their script is.
func (b *builder) projectSources() {
	bucket, repository, project := ofType("AWS::S3::Bucket"), ofType("AWS::CodeCommit::Repository"), ofType("AWS::CodeBuild::Project")
	for _, r := range b.resources {
		e := b.others[r]
		if e != nil && r.Type == "AWS::Glue::Job" {
			at := b.get(r.Props, "Command", "ScriptLocation")
			name, key, _ := strings.Cut(strings.TrimPrefix(b.words(at), "s3://"), "/")
			if script := b.findText(name, bucket); script != nil {
				e.Package = model.Package{From: b.elementOf(script), Key: key}
			} else if from := b.source(at, bucket); from != "" {
				e.Package = model.Package{From: from, Key: key}
			}
		}
		if e == nil || !project(r) {
			continue
		}
		at := b.get(r.Props, "Source", "Location")
		switch b.words(b.get(r.Props, "Source", "Type")) {
		case "CODECOMMIT":
			e.Package.From = b.source(at, repository)
		case "S3":
			name, key, _ := strings.Cut(strings.TrimPrefix(b.words(at), "arn:aws:s3:::"), "/")
			from := b.source(at, bucket)
			if r := b.findText(name, bucket); from == "" && r != nil {
				from = b.elementOf(r)
			}
			if from != "" {
				e.Package = model.Package{From: from, Key: key}
			}
		}
	}
	for _, r := range b.resources {
		if r.Type != "AWS::CodePipeline::Pipeline" {
			continue
		}
		var from model.Package
		var builds []*model.Resource
		for _, stage := range b.items(b.get(r.Props, "Stages")) {
			for _, action := range b.items(b.get(stage, "Actions")) {
				set := b.get(action, "Configuration")
				var p model.Package
				switch b.words(b.get(action, "ActionTypeId", "Provider")) {
				case "CodeCommit":
					p.From = b.source(b.get(set, "RepositoryName"), repository)
				case "S3":
					if b.words(b.get(action, "ActionTypeId", "Category")) == "Source" {
						p = model.Package{From: b.source(b.get(set, "S3Bucket"), bucket), Key: b.words(b.get(set, "S3ObjectKey"))}
					}
				case "CodeBuild":
					if e := b.others[b.find(b.get(set, "ProjectName"), project)]; e != nil {
						builds = append(builds, e)
					}
				}
				if from.From == "" && p.From != "" {
					from = p
				}
			}
		}
		for _, e := range builds {
			if e.Package.From == "" {
				e.Package = from
			}
		}
	}
}
