package serverless

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
)

// FuzzImport reads anything without a crash, and what it reads it patches back unchanged.
func FuzzImport(f *testing.F) {
	f.Add([]byte(perFunctionService))
	f.Add([]byte("service: s\nprovider: {name: aws, iam: {role: {statements: '${self:custom.x}'}}}\nfunctions: [{f: {handler: h, events: [{http: GET a}, {s3: b}, {sns: t}, {stream: {arn: !GetAtt T.StreamArn}}, alexaSkill]}}]\ncustom: {x: [{Effect: Allow, Action: '*', Resource: '${env:A, ''b''}'}]}\nresources: {Resources: {T: {Type: AWS::DynamoDB::Table}}, extensions: {FLambdaFunction: {Properties: {A: 1}}}}\n"))
	if files, err := filepath.Glob(filepath.Join(corpus.Dir(f), "sls-golden", "*", "serverless.yml")); err == nil {
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 20_000 {
			return
		}
		in, err := importers.OpenFS(context.Background(), []importers.Source{New()}, folder(map[string]string{"serverless.yml": string(data), "a.yml": string(data)}), "serverless.yml", importers.Options{})
		if err != nil {
			return
		}
		edits, err := in.Source.(importers.Patcher).Patch(in, in.Design)
		if err != nil || len(edits) > 0 {
			t.Errorf("%d edits without a change: %v", len(edits), err)
		}
	})
}
