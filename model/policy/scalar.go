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

// parseInstant reads a date: ISO 8601 in the W3C's forms, or seconds since 1970 ("Date condition operators"). A time
// without a zone is UTC, a zone may lack its colon, and four digits are a year.
func parseInstant(s string) (instant, bool) {
	if len(s) != 4 {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return instant{seconds: n}, true
		}
	}
	r := dateReader{rest: s}
	year, month, day, hour, minute, second, nanos, zone := r.number(4), 1, 1, 0, 0, 0, 0, 0
	if r.take('-') {
		month = r.number(2)
		if r.take('-') {
			day = r.number(2)
			if r.take('T') {
				hour = r.number(2)
				r.need(':')
				minute = r.number(2)
				if r.take(':') {
					second = r.number(2)
					if r.take('.') {
						nanos = r.fraction()
					}
				}
				zone = r.zone()
			}
		}
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if r.bad || r.rest != "" || hour > 23 || minute > 59 || second > 59 || t.Day() != day || int(t.Month()) != month {
		return instant{}, false
	}
	return instant{seconds: t.Unix() - int64(zone), nanos: nanos}, true
}

// A dateReader reads the fields of a date one by one.
type dateReader struct {
	rest string
	bad  bool
}

func (r *dateReader) take(c byte) bool {
	if r.rest != "" && r.rest[0] == c {
		r.rest = r.rest[1:]
		return true
	}
	return false
}

func (r *dateReader) need(c byte) { r.bad = !r.take(c) || r.bad }

// number reads n digits.
func (r *dateReader) number(n int) int {
	if len(r.rest) < n || !digits(r.rest[:n]) {
		r.bad = true
		return 0
	}
	out := 0
	for i := range n {
		out = 10*out + int(r.rest[i]-'0')
	}
	r.rest = r.rest[n:]
	return out
}

// fraction reads the digits behind a second, as nanoseconds; finer ones do not count.
func (r *dateReader) fraction() int {
	n, out := 0, 0
	for ; n < len(r.rest) && '0' <= r.rest[n] && r.rest[n] <= '9'; n++ {
		if n < 9 {
			out = 10*out + int(r.rest[n]-'0')
		}
	}
	r.bad = r.bad || n == 0
	for i := n; i < 9; i++ {
		out *= 10
	}
	r.rest = r.rest[n:]
	return out
}

// zone reads what a time is ahead of UTC, in seconds.
func (r *dateReader) zone() int {
	sign := 1
	switch {
	case r.rest == "" || r.take('Z'):
		return 0
	case r.take('-'):
		sign = -1
	default:
		r.need('+')
	}
	hours := r.number(2)
	r.take(':')
	minutes := r.number(2)
	r.bad = r.bad || hours > 23 || minutes > 59
	return sign * (hours*3600 + minutes*60)
}
