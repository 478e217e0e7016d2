package reach

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// What resources and functions hold of others: the code that functions are deployed from, the access keys of users.

// A held is one of whom something holds the code or an access key.
type held struct {
	node int32
	key  string // of the object that holds it, in a bucket; "" where that is not known
	code bool
	role bool  // … of what is built, which runs as the node
	runs int32 // … by which the node runs it: a build project, a job; -1 for none
}

// startedBy are the actions that run what takes its code from elsewhere, by CloudFormation type.
var startedBy = map[string][]string{
	"AWS::CodeBuild::Project": {"codebuild:StartBuild", "codebuild:StartBuildBatch"},
	"AWS::Glue::Job":          {"glue:StartJobRun"},
}

// A reveal is how the access keys come to light that something of a type holds. What a thing is configured with is shown to
// whoever may have it described (API Reference of each service).
type reveal struct {
	of   carrier
	list carrier // whose actions are on no resource and show everything of the type; without actions where there is none
}

func shownBy(actions ...string) carrier {
	return carrier{technique: "secret-read", actions: actions, says: "reads an access key of"}
}

// reveals are by CloudFormation type.
var reveals = map[string]*reveal{
	"AWS::SecretsManager::Secret":           {of: shownBy("secretsmanager:getsecretvalue", "secretsmanager:batchgetsecretvalue")},
	"AWS::SSM::Parameter":                   {of: shownBy("ssm:getparameter", "ssm:getparameters", "ssm:getparametersbypath", "ssm:getparameterhistory")},
	"AWS::SSM::Document":                    {of: shownBy("ssm:getdocument")},
	"AWS::S3::Bucket":                       {of: shownBy("s3:getobject", "s3:getobjectversion")},
	"AWS::DynamoDB::Table":                  {of: shownBy("dynamodb:getitem", "dynamodb:batchgetitem", "dynamodb:query", "dynamodb:scan", "dynamodb:partiqlselect")},
	"AWS::Lambda::Function":                 {of: shownBy("lambda:getfunction", "lambda:getfunctionconfiguration", "lambda:listversionsbyfunction"), list: shownBy("lambda:listfunctions")},
	"AWS::EC2::Instance":                    {of: shownBy("ec2:describeinstanceattribute")},
	"AWS::EC2::LaunchTemplate":              {list: shownBy("ec2:describelaunchtemplateversions")},
	"AWS::AutoScaling::LaunchConfiguration": {list: shownBy("autoscaling:describelaunchconfigurations")},
	"AWS::ECS::TaskDefinition":              {list: shownBy("ecs:describetaskdefinition")},
	"AWS::Batch::JobDefinition":             {list: shownBy("batch:describejobdefinitions")},
	"AWS::CodeBuild::Project":               {of: shownBy("codebuild:batchgetprojects")},
	"AWS::ElasticBeanstalk::Environment":    {of: shownBy("elasticbeanstalk:describeconfigurationsettings")},
	"AWS::AppRunner::Service":               {of: shownBy("apprunner:describeservice")},
	"AWS::Amplify::App":                     {of: shownBy("amplify:getapp")},
	"AWS::Glue::Job":                        {of: shownBy("glue:getjob", "glue:getjobs", "glue:batchgetjobs")},
	"AWS::StepFunctions::StateMachine":      {of: shownBy("states:describestatemachine")},
	"AWS::CloudFormation::Stack":            {of: shownBy("cloudformation:gettemplate", "cloudformation:describestacks")},
}

// keyInside is how whoever runs code in a function comes to the access keys in its environment.
var keyInside = carrier{technique: "secret-read", says: "finds in its environment an access key of"}

// newHoldings finds the functions and build projects whose code each bucket and repository holds, and the users whose access keys
// resources and functions hold.
func (an *Analysis) newHoldings() {
	an.held, an.listed = map[model.ID][]held{}, map[string][]int32{}
	keys := func(id model.ID, in []model.Credential) {
		for _, c := range in {
			if n, ok := an.nodeOf[c.User]; ok {
				an.held[id] = append(an.held[id], held{node: n, key: c.Key})
			}
		}
		if ti := an.world.target(id); len(an.held[id]) > 0 && ti >= 0 {
			if r := reveals[an.world.targets[ti].typ]; r != nil && len(r.list.actions) > 0 {
				an.listed[an.world.targets[ti].typ] = append(an.listed[an.world.targets[ti].typ], ti)
			}
		}
	}
	for _, f := range an.design.Functions() {
		if f.Package.From != "" {
			an.held[f.Package.From] = append(an.held[f.Package.From], held{node: an.nodeOf[f.ID], key: f.Package.Key, code: true})
		}
		keys(f.ID, f.Credentials)
	}
	for _, r := range an.design.Resources() {
		keys(r.ID, r.Credentials)
		if n, ok := an.nodeOf[r.Role]; ok && r.Package.From != "" {
			an.held[r.Package.From] = append(an.held[r.Package.From], held{node: n, key: r.Package.Key, code: true, role: true, runs: an.world.target(r.ID)})
		}
	}
}

// holdings runs as whoever a resource holds the code of, or it or a function an access key.
func (e *explorer) holdings(f *finding, t *target) {
	for _, h := range e.an.held[t.id] {
		v := never
		var how *written
		var c *carrier
		r := reveals[t.typ]
		switch {
		case h.code && t.typ == "AWS::S3::Bucket":
			if c = &deployBucket; h.role {
				switch c = &sourceBucket; e.w.targets[h.runs].typ {
				case "AWS::Glue::Job":
					c = &jobScript
				case "AWS::MWAA::Environment":
					c = &workflow // Airflow reads it by itself
				}
			}
			if v, how = e.onObject(f, t, "s3:PutObject", h.key); h.role && v != never {
				c, how = e.starts(h.runs, c, how)
			}
		case h.code && t.typ == "AWS::ECR::Repository":
			c, v = &imagePush, surely
			for _, x := range imagePush.actions { // it takes all of them
				v = min(v, e.allowed(f, x))
			}
		case h.code && t.typ == "AWS::CodeCommit::Repository":
			c = &codePush
			for _, x := range codePush.actions {
				v = max(v, e.allowed(f, x))
			}
			if h.role && v != never {
				c, how = e.starts(h.runs, c, how)
			}
		case h.code || r == nil:
		case t.typ == "AWS::S3::Bucket":
			c = &r.of
			for _, x := range [...]string{"s3:GetObject", "s3:GetObjectVersion"} {
				if by, at := e.onObject(f, t, x, h.key); by > v {
					v, how = by, at
				}
			}
		default:
			c = &r.of
			for _, x := range c.actions {
				v = max(v, e.allowed(f, x))
			}
		}
		if v != never {
			e.add(edge{to: h.node, kind: Runs, must: v == surely && c.note == "", carrier: c, over: f.target, how: how})
		}
	}
}

// starts is how the actor runs what it wrote: at once where it surely may, else when somebody does.
func (e *explorer) starts(ti int32, c *carrier, how *written) (*carrier, *written) {
	for _, action := range startedBy[e.w.targets[ti].typ] {
		if e.w.targets[ti].arn != "" && e.ask(ti, action, nil) == surely {
			at := written{}
			if how != nil {
				at = *how
			}
			at.then = &place{action, e.w.targets[ti].arn}
			now := map[*carrier]*carrier{&jobScript: &scriptNow, &sourceBucket: &sourceNow, &codePush: &codeNow}[c]
			return now, &at
		}
	}
	return c, how
}

// onObject tells whether the actor may do something to an object of a bucket, any one where its key is not known.
func (e *explorer) onObject(f *finding, t *target, action, key string) (truth, *written) {
	v := e.held(f, strings.ToLower(action))
	if v == never || key == "" {
		return v, nil
	}
	arn := t.arn + "/" + key
	d := e.an.decide(e.actor, f.target, action, arn, nil)
	return min(v, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)), &written{arn: arn}
}

// inside runs as the users whose access keys the environment of the actor's own function holds.
func (e *explorer) inside() {
	if e.actor.function == nil {
		return
	}
	for _, h := range e.an.held[e.actor.function.ID] {
		e.add(edge{to: h.node, kind: Runs, must: true, carrier: &keyInside, over: -1})
	}
}

// listings runs as the users whose access keys come to light where everything of a type is listed, or is described by its name.
func (e *explorer) listings() {
	for _, typ := range slices.Sorted(maps.Keys(e.an.listed)) {
		list := &reveals[typ].list
		_, v := e.an.combine(e.actor, list.actions, nil)
		for _, ti := range e.an.listed[typ] {
			if v == never || cmp.Or(e.w.targets[ti].account, e.w.account) != e.actor.account {
				continue
			}
			for _, h := range e.an.held[e.w.targets[ti].id] {
				e.add(edge{to: h.node, kind: Runs, must: v == surely, carrier: list, over: ti, how: &written{lists: true}})
			}
		}
	}
}

// sameHoldings reports whether what resources hold is the same in two analyses.
func (an *Analysis) sameHoldings(other *Analysis) bool {
	return maps.EqualFunc(an.held, other.held, slices.Equal)
}
