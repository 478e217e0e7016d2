package session_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bulkhead/app/session"
)

// While a large design is analysed, the breach that is shown is told before the rest, as it comes out afterwards. Watchers get the
// last state for sure, those between where they keep up, so it is tried several times.
func TestTheStartIsToldFirst(t *testing.T) {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n  Orders: {Type: AWS::Serverless::SimpleTable}\n  Products: {Type: AWS::Serverless::SimpleTable}\n")
	for i := range 300 {
		fmt.Fprintf(&b, "  F%d:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      CodeUri: src/\n      Handler: app.handler\n      Policies:\n        - DynamoDBReadPolicy: {TableName: !Ref Orders}\n", i)
	}
	path := filepath.Join(t.TempDir(), "template.yaml")
	write(t, path, b.String())
	for range 20 {
		s, err := session.Open(context.Background(), path, sources(), session.Options{Idle: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Select("fn/F7")
		var mu sync.Mutex
		var first []session.State
		stop := s.Watch(func(st session.State) {
			mu.Lock()
			defer mu.Unlock()
			if st.First != nil {
				first = append(first, st)
			}
		})
		last := wait(t, s)
		stop()
		s.Close()
		if last.First != nil {
			t.Fatal("it is still told first when all is known")
		}
		mu.Lock()
		for _, st := range first {
			if st.Analysed() || st.First.From != "fn/F7" || st.First.Reach != last.After.Breach.Reach {
				t.Fatalf("told of %s first: %+v, and it comes out %+v", st.First.From, st.First.Reach, last.After.Breach.Reach)
			}
		}
		told := len(first) > 0
		mu.Unlock()
		if told {
			return
		}
	}
	t.Error("nothing is told first")
}
