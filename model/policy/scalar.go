package policy

import (
	"strconv"
	"strings"
	"time"
)

// A decimal is a number of a condition, kept exactly: sign, digits without leading zeros, and where the point is.
type decimal struct {
	negative bool
	whole    string // digits before the point, no leading zeros
	fraction string // digits behind it, no trailing zeros
}

// parseDecimal reads an integer or a decimal fraction, with a small exponent as JSON numbers may have.
func parseDecimal(s string) (decimal, bool) {
	var d decimal
	s = strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(s, "-"):
		d.negative, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e < -400 || e > 400 {
			return d, false
		}
		s, exponent = s[:i], e
	}
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" && fraction == "" || point && fraction == "" || !digits(whole) || !digits(fraction) {
		return d, false
	}
	for ; exponent > 0; exponent-- {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; exponent < 0; exponent++ {
		if whole == "" {
			whole = "0"
		}
		whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
	}
	d.whole, d.fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compare is negative, 0 or positive as d is less than, equal to or greater than e.
func (d decimal) compare(e decimal) int {
	if d.negative != e.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	c := len(d.whole) - len(e.whole)
	if c == 0 {
		c = strings.Compare(d.whole, e.whole)
	}
	if c == 0 {
		c = strings.Compare(d.fraction, e.fraction)
	}
	if d.negative {
		c = -c
	}
	return c
}

// An instant is a point in time: seconds since 1970 and nanoseconds.
type instant struct {
	seconds int64
	nanos   int
}

func (t instant) compare(u instant) int {
	switch {
	case t.seconds != u.seconds && t.seconds < u.seconds, t.seconds == u.seconds && t.nanos < u.nanos:
		return -1
	case t == u:
		return 0
	}
	return 1
}

// layouts of the W3C's profile of ISO 8601, and the forms without a colon or a zone that people write.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006",
}

// parseInstant reads a date: ISO 8601, or seconds since 1970 ("Date condition operators"). A time without a zone
// is UTC; four digits are a year.
func parseInstant(s string) (instant, bool) {
	if len(s) != 4 {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return instant{seconds: n}, true
		}
	}
	if len(s) > 40 {
		return instant{}, false
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return instant{seconds: t.Unix(), nanos: t.Nanosecond()}, true
		}
	}
	return instant{}, false
}
