package edit

import (
	"slices"
	"strings"
	"unicode"

	"bulkhead/model"
)

// A Guess is a part that a function could be split into, as far as routes and names tell.
type Guess struct {
	Word     string     // what its triggers have in common, as the source spells it: "products"; "" for the rest
	Triggers []model.ID // never empty but for the rest
	Things   []model.ID // resources and functions whose names, or whose variables' names, speak of it
	Reads    bool       // all its triggers only ask for something (GET and HEAD of HTTP: RFC 9110, "Safe Methods")
}

// mostGuessed is how many parts are guessed beside the rest: more are no help.
const mostGuessed = 6

// GuessParts guesses what a function could be split into, of the things that it uses: its routes by the first word of their paths, its other triggers by
// where they come from; among things, those whose names speak of the same. It reads no code: what has no thing of its own
// stays together with whatever no name speaks of, as the last Guess, which may have no triggers. Nothing comes back where
// routes and names tell no two parts apart.
func GuessParts(d *model.Design, f *model.Function, things []model.ID) []Guess {
	stop := map[string]bool{} // what all of it is about tells nothing apart
	for _, w := range wordsOf(d.Name(f.ID)) {
		stop[w] = true
	}
	speaks := func(texts ...string) (out []string) {
		for _, t := range texts {
			for _, w := range wordsOf(t) {
				if !stop[w] && !plainWords[w] && !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
		}
		return out
	}

	var found []*guessed
	rest := &guessed{}
	for _, t := range d.TriggersOf(f.ID) {
		if t.Kind == "permission" {
			rest.Triggers = append(rest.Triggers, t.ID)
			continue
		}
		key, word, words := "", "", []string(nil)
		method, path, route := strings.Cut(t.Label, " ")
		if route = route && strings.HasPrefix(path, "/"); route {
			for _, segment := range strings.Split(path, "/") {
				if said := speaks(segment); !strings.ContainsAny(segment, "{}$*") && len(said) > 0 {
					if key == "" {
						key, word = said[0], segment
					}
					words = append(words, said...)
				}
			}
			if key != "" {
				words = append(words, speaks(t.Name)...)
			}
		} else if t.From != "" {
			key, word = string(t.From), d.Name(t.From)
			words = speaks(word, t.Name)
		} else if words = speaks(t.Name); len(words) > 0 {
			key, word = words[0], words[0]
		}
		g := rest
		if key != "" {
			i := slices.IndexFunc(found, func(g *guessed) bool { return g.key == key })
			if i < 0 {
				i = len(found)
				found = append(found, &guessed{Guess: Guess{Word: word, Reads: true}, key: key, route: route})
			}
			g = found[i]
		}
		g.Triggers = append(g.Triggers, t.ID)
		g.words = append(g.words, words...)
		g.Reads = g.Reads && route && (method == "GET" || method == "HEAD")
	}

	for _, id := range things {
		names := []string{d.Name(id)}
		if r := d.Resource(id); r != nil {
			names = append(names, r.Name)
		}
		for _, v := range f.Environment {
			if v.Refers == id {
				names = append(names, v.Name)
			}
		}
		said := speaks(names...)
		claimed := false
		for _, g := range found {
			if g.key == string(id) || slices.ContainsFunc(said, func(w string) bool { return slices.Contains(g.words, w) }) {
				g.Things = append(g.Things, id)
				claimed = true
			}
		}
		if !claimed {
			rest.Things = append(rest.Things, id)
		}
	}

	// A route of which no name speaks could need anything: it stays with the rest.
	var out []Guess
	for _, g := range found {
		if g.route && len(g.Things) == 0 || len(out) == mostGuessed {
			rest.Triggers = append(rest.Triggers, g.Triggers...)
			for _, id := range g.Things {
				if !slices.Contains(rest.Things, id) {
					rest.Things = append(rest.Things, id)
				}
			}
			continue
		}
		out = append(out, g.Guess)
	}
	if len(out) == 0 || len(out) == 1 && len(rest.Triggers) == 0 {
		return nil
	}
	return append(out, Guess{Triggers: rest.Triggers, Things: rest.Things})
}

// A guessed is a Guess in the making.
type guessed struct {
	Guess
	key   string
	words []string
	route bool
}

// plainWords say what sort of thing something is, or what is done with it, and not what it is about.
var plainWords = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`api v1 v2 v3 rest http https function fn handler lambda table bucket queue topic stream bus secret key parameter param
		db database store storage data item file object event message dev test stage prod production env id name arn url uri host endpoint
		get list put post delete patch create update remove add new read write send all one proxy on by of to from the`) {
		out[w] = true
	}
	return out
}()

// wordsOf are the words of a name in small letters and one number: "PaymentKeys" is payment, key.
func wordsOf(name string) []string {
	var out []string
	word := ""
	end := func() {
		if word != "" {
			out = append(out, singular(strings.ToLower(word)))
		}
		word = ""
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			end()
		}
		word += string(r)
	}
	end()
	return out
}

// singular takes a plural's ending off, as far as spelling tells.
func singular(w string) string {
	for _, x := range []struct{ end, by string }{{"ies", "y"}, {"sses", "ss"}, {"xes", "x"}, {"ches", "ch"}, {"shes", "sh"}} {
		if stem, ok := strings.CutSuffix(w, x.end); ok && len(stem) > 1 {
			return stem + x.by
		}
	}
	if stem, ok := strings.CutSuffix(w, "s"); ok && len(stem) > 2 && !strings.HasSuffix(stem, "s") {
		return stem
	}
	return w
}
