package event

import "testing"

func TestFromBuckets(t *testing.T) {
	for pattern, want := range map[string][2]bool{
		``:                       {false, false},
		`{"source": ["shop"]}`:   {false, false},
		`{"source": ["aws.s3"]}`: {true, true},
		`{"source": [{"prefix": "aws."}], "detail": {"bucket": {"name": ["a", "b"]}}}`:                   {true, false},
		`{"source": [{"anything-but": "aws.s3"}]}`:                                                       {false, false},
		`{"detail": {"bucket": {"name": ["a"]}}}`:                                                        {true, false},
		`{"source": ["aws.s3"], "detail": {"bucket": {"name": ["a", {"prefix": "up"}]}}}`:                {true, true},
		`{"source": ["aws.s3"], "detail": {"bucket": {"name": [{"anything-but": ["a"]}]}}}`:              {true, true},
		`{"source": ["aws.s3"], "detail": {"bucket": {"name": [{"equals-ignore-case": "A"}]}}}`:          {true, true},
		`{"$or": [{"source": ["shop"]}, {"source": ["aws.s3"], "detail": {"bucket": {"name": ["a"]}}}]}`: {true, false},
		`{"source": [{"unheard-of": 1}]}`:                                                                {true, true},
	} {
		if sent, others := FromBuckets(pattern); sent != want[0] || others != want[1] {
			t.Errorf("%s: sent %v, others %v", pattern, sent, others)
		}
	}
}
