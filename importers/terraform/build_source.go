package terraform

import (
	"encoding/json"
	"strings"

	"bulkhead/model"
)

// imagesOf are the images that what runs in a resource is made of.
func imagesOf(x *object) (out []string) {
	switch x.typ {
	case "aws_ecs_task_definition":
		var containers []struct{ Image string }
		_ = json.Unmarshal([]byte(x.word("container_definitions")), &containers) // what are none run no image
		for _, c := range containers {
			out = append(out, c.Image)
		}
	case "aws_batch_job_definition":
		var container struct{ Image string }
		_ = json.Unmarshal([]byte(x.word("container_properties")), &container)
		out = append(out, container.Image)
	case "aws_apprunner_service":
		out = append(out, x.word("source_configuration", "image_repository", "image_identifier"))
	case "aws_bedrockagentcore_agent_runtime":
		out = append(out, x.word("agent_runtime_artifact", "container_configuration", "container_uri"))
	}
	return out
}

// projectSources connects build projects with where their source is taken from: what they say themselves, or what a pipeline that
// builds with them begins at; jobs of Glue with the object that their script is, and environments of
// Airflow with the folder of their workflows.
func (b *builder) projectSources() {
	const project, bucket, repository = "AWS::CodeBuild::Project", "AWS::S3::Bucket", "AWS::CodeCommit::Repository"
	for _, x := range b.objects {
		if e := b.others[x]; e != nil && e.Type == "AWS::Glue::Job" {
			if name, key, ok := strings.Cut(strings.TrimPrefix(x.word("command", "script_location"), "s3://"), "/"); ok {
				if from := b.origin(name, x, bucket); from != "" {
					e.Package = model.Package{From: from, Key: key}
				}
			}
		}
		if e := b.others[x]; e != nil && e.Type == "AWS::MWAA::Environment" {
			if from := b.origin(x.word("source_bucket_arn"), x, bucket); from != "" {
				e.Package = model.Package{From: from, Key: strings.TrimSuffix(x.word("dag_s3_path"), "/") + "/"} // any object below it
			}
		}
		if e := b.others[x]; e != nil {
			for _, image := range imagesOf(x) {
				if from := b.repository(image, x); from != "" {
					e.Package = model.Package{From: from}
					break
				}
			}
		}
		if e := b.others[x]; e != nil && e.Type == project {
			at := strings.TrimPrefix(x.word("source", "location"), "arn:"+x.partition+":s3:::")
			switch x.word("source", "type") {
			case "CODECOMMIT":
				e.Package.From = b.origin(at[strings.LastIndexByte(at, '/')+1:], x, repository)
			case "S3":
				if name, key, ok := strings.Cut(at, "/"); ok {
					if from := b.origin(name, x, bucket); from != "" {
						e.Package = model.Package{From: from, Key: key}
					}
				}
			}
		}
	}
	for _, x := range b.objects {
		if x.typ != "aws_codepipeline" {
			continue
		}
		var from model.Package
		var builds []*model.Resource
		for _, stage := range items(x.get("stage")) {
			for _, action := range items(dig(stage, "action")) {
				set := func(name string) string { return words(dig(action, "configuration", name)) }
				var p model.Package
				switch words(dig(action, "provider")) {
				case "CodeCommit":
					p.From = b.origin(set("RepositoryName"), x, repository)
				case "S3":
					if words(dig(action, "category")) == "Source" {
						p = model.Package{From: b.origin(set("S3Bucket"), x, bucket), Key: set("S3ObjectKey")}
					}
				case "CodeBuild":
					if e := b.others[b.find(set("ProjectName"), x, project)]; e != nil {
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
