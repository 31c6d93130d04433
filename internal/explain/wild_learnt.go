package explain

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// learntText holds of each word how many of the failures that were told with it had which cause: those of the collections in testdata, and what is
// said of each cause. `go test -run TestLearnt -update` writes it.
//
//go:embed learnt.txt
var learntText string

// lore is what words tell of causes.
type lore struct {
	causes []string
	texts  []float64           // of each cause
	words  map[string][]usedOf // by their stem
	all    float64
}

// usedOf is how many texts of a cause have a word.
type usedOf struct {
	cause int
	times float64
}

var learnt = sync.OnceValue(func() *lore { return readLore(learntText) })

// readLore reads lines of "=cause texts" and "word cause:times …", the causes by their number.
func readLore(text string) *lore {
	l := &lore{words: map[string][]usedOf{}}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if name, ok := strings.CutPrefix(f[0], "="); ok {
			n, _ := strconv.ParseFloat(f[1], 64)
			l.causes, l.texts, l.all = append(l.causes, name), append(l.texts, n), l.all+n
			continue
		}
		for _, u := range f[1:] {
			cause, times, _ := strings.Cut(u, ":")
			c, _ := strconv.Atoi(cause)
			n, _ := strconv.ParseFloat(times, 64)
			l.words[f[0]] = append(l.words[f[0]], usedOf{c, n})
		}
	}
	return l
}

const (
	// dependence is how much of what words tell is left, as they come together: with it the share of the first is about how often it is right.
	dependence = 0.5
	// ofWords is how far the words of a text are believed beside the clues.
	ofWords = 0.6
	// leastLearnt is the share below which a cause is not told for the words alone.
	leastLearnt = 0.06
	// besideFirst is how many times as likely as another the first may be, for that to be told too.
	besideFirst = 6
)

// recall hears what the words of a text tell, if it tells of a failure at all.
func (d doubt) recall(own *look) {
	if !own.has(patterns()[goesWrong]) || !own.has(patterns()[ofOurs]) {
		return
	}
	l := learnt()
	shares := l.shares(own.text)
	most := slices.Max(shares)
	for i, share := range shares {
		if share >= leastLearnt && most < besideFirst*share {
			d.hear(chances{l.causes[i]: int(math.Round(ofWords * 100 * share))})
		}
	}
}

// smooth is how many texts a cause is thought to have besides, told with words as they come.
const smooth = 8

// shares are how likely each cause is by the words of a text alone; they are 1 together.
func (l *lore) shares(text string) []float64 {
	sum := make([]float64, len(l.causes))
	for w := range stems(text) {
		var texts float64
		for _, u := range l.words[w] {
			texts += u.times
		}
		usual := texts / l.all
		for _, u := range l.words[w] {
			sum[u.cause] += max(0, math.Log((u.times+smooth*usual)/((l.texts[u.cause]+smooth)*usual)))
		}
	}
	most := 0.0
	for _, s := range sum {
		most = max(most, s)
	}
	all := 0.0
	for i, s := range sum {
		sum[i] = math.Exp(dependence * (s - most))
		all += sum[i]
	}
	for i := range sum {
		sum[i] /= all
	}
	return sum
}

// stems are the words of a text without their endings, each once.
func stems(text string) map[string]bool {
	found := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		w = strings.Trim(w, "'")
		if len(w) > 1 && len(w) < 24 && !usual[w] && !strings.ContainsFunc(w, unicode.IsDigit) || len(w) == 3 && w[0] >= '3' && w[0] <= '5' {
			found[stem(w)] = true
		}
	}
	return found
}

// endings are those that are taken off a word.
var endings = []string{"ing", "ed", "es", "s", "ly"}

func stem(w string) string {
	for _, e := range endings {
		if s, ok := strings.CutSuffix(w, e); ok && len(s) >= 3 {
			w = s
			break
		}
	}
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "e")
	}
	return w
}

// usual are words that tell nothing.
var usual = wordSet("the a an and or of to in it is i we my our that this with for on at be by as but not no are was so if from have has do does you they them its")

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}
