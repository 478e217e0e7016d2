package render

import (
	"math"
	"strings"
)

// Sizes of text. Rank is told by weight before size; 10 is the least at full size.
const (
	SizeSmallest = 10.0
	SizeSmall    = 11.0
	SizeBody     = 12.0
	SizeHead     = 14.0
	SizeTitle    = 18.0
	SizeFigure   = 28.0
)

// Fit returns the text, cut and ended with … where it is wider than width; "" where not even that fits.
func Fit(m Metrics, text string, size float64, w Weight, width float64) string {
	if m.Width(text, size, w) <= width {
		return text
	}
	runes := []rune(text)
	lo, hi := 0, len(runes) // lo runes fit with the ellipsis
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if m.Width(ended(runes[:mid]), size, w) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return ""
	}
	return ended(runes[:lo])
}

// FitName returns a name whole, or with … in its middle where it is wider than width: names of one design often
// begin alike and differ at the end ("OrdersQueue", "OrdersQueuePolicy"). Of a path the last parts are shown, where they fill
// the room. "" where hardly a letter fits.
func FitName(m Metrics, name string, size float64, w Weight, width float64) string {
	if m.Width(name, size, w) <= width {
		return name
	}
	if !strings.Contains(name, " ") { // a path of constructs or folders says least at its beginning; a route has its method there
		for rest := name; ; {
			at := strings.Index(rest[min(1, len(rest)):], "/") + 1
			if at == 0 {
				break
			}
			rest = rest[at:]
			if got := m.Width("…"+rest, size, w); got <= width {
				if got >= width*0.6 { // "…/Handler" is nobody's name
					return "…" + rest
				}
				break
			}
		}
	}
	base, hash := cutHash(name)
	if hash != "" { // its last two letters tell apart what else would read the same
		hash = "…" + hash[hashLetters-2:]
	}
	if hash != "" && m.Width(base+hash, size, w) <= width {
		return base + hash
	}
	behind := 1
	if hash != "" {
		behind = 2
	}
	return cutMiddle(m, base, hash, behind, size, w, width)
}

// cutMiddle puts a … into a name before its end, "" where hardly a letter fits. So many thirds of the letters that fit stand
// behind the …: of most names one; names of the CDK, which have a hash, begin with the names of what they are in and end with
// what they are. What ends with a space or point there looks torn.
func cutMiddle(m Metrics, base, hash string, behind int, size float64, w Weight, width float64) string {
	runes := []rune(base)
	cut := func(n int) string {
		tail := n * behind / 3
		if tail == 0 {
			return strings.TrimRight(string(runes[:n]), " ,;:.·-/_") + "…"
		}
		head := strings.TrimRight(string(runes[:n-tail]), " ,;:.·-/_")
		return head + "…" + strings.TrimLeft(string(runes[len(runes)-tail:]), " ,;:.·-/_") + hash
	}
	lo, hi := 0, len(runes)-1 // lo letters fit
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if m.Width(cut(mid), size, w) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return ""
	}
	return cut(lo)
}

// TwoLines returns a name whole where it fits, else parted into two lines between two of its words ("OrdersQueue",
// "orders-queue", "orders_queue"), of about one width; a line that is still wider is cut as FitName does.
func TwoLines(m Metrics, name string, size float64, w Weight, width float64) []string {
	if m.Width(name, size, w) <= width {
		return []string{name}
	}
	runes := []rune(name)
	best, at := math.Inf(1), 0
	for _, i := range joints(runes) {
		wide := max(m.Width(string(runes[:i]), size, w), m.Width(string(runes[i:]), size, w))
		if wide < best {
			best, at = wide, i
		}
	}
	if at == 0 {
		return []string{FitName(m, name, size, w, width)}
	}
	head := strings.TrimRight(string(runes[:at]), " ")
	return []string{FitName(m, head, size, w, width), FitName(m, string(runes[at:]), size, w, width)}
}

// hashLetters is how long a hash is that the CDK appends to logical IDs, in capital hexadecimal digits.
const hashLetters = 8

// cutHash parts a name from the hash at its end, "" if it has none: to a reader it says little.
func cutHash(name string) (base, hash string) {
	at := len(name) - hashLetters
	if at < 2 || strings.Trim(name[at:], "0123456789ABCDEF") != "" || !strings.ContainsAny(name[at:], "0123456789") {
		return name, ""
	}
	if c := name[at-1]; c < 'a' || c > 'z' {
		return name, "" // a number or an id
	}
	return name[:at], name[at:]
}

// FitWords returns as many whole words of the text as fit, ended with … where some are left out; "" where none fits.
func FitWords(m Metrics, text string, size float64, w Weight, width float64) string {
	if m.Width(text, size, w) <= width {
		return text
	}
	words := strings.Fields(text)
	for n := len(words) - 1; n > 0; n-- {
		if cut := strings.Join(words[:n], " ") + " …"; m.Width(cut, size, w) <= width {
			return cut
		}
	}
	return ""
}

func ended(runes []rune) string {
	return strings.TrimRight(string(runes), " ,;:.·-/_") + "…"
}

// balanced is Wrap with lines of about one length, so that no word stands alone on the last.
func balanced(m Metrics, text string, size float64, w Weight, width float64, lines int) []string {
	out := Wrap(m, text, size, w, width, lines)
	if len(out) < 2 || m.Width(text, size, w) > float64(lines)*width {
		return out
	}
	for narrow := width * 0.95; narrow > width/3; narrow -= width * 0.05 {
		tight := Wrap(m, text, size, w, narrow, lines)
		if len(tight) != len(out) || strings.Join(tight, " ") != strings.Join(out, " ") {
			break
		}
		out = tight
	}
	return out
}

// Wrap breaks the text between words into lines no wider than width, at most lines of them; the last is cut
// with … where the text goes on.
func Wrap(m Metrics, text string, size float64, w Weight, width float64, lines int) []string {
	var out []string
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = FitName(m, word, size, w, width) // one that is longer than a line
	}
	for len(words) > 0 {
		if len(out) == lines-1 {
			return append(out, Fit(m, strings.Join(words, " "), size, w, width))
		}
		n := 1
		for n < len(words) && m.Width(strings.Join(words[:n+1], " "), size, w) <= width {
			n++
		}
		out = append(out, Fit(m, strings.Join(words[:n], " "), size, w, width))
		words = words[n:]
	}
	return out
}
