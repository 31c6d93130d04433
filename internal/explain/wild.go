package explain

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Cause is one thing that can be behind a failure that others answered with, or that a client met.
type Cause struct {
	Name       string `json:"name"`
	Likelihood string `json:"likelihood"` // "most likely", "likely", "possible", "less likely"; none is certain
	Percent    int    `json:"percent"`    // its share among the causes that fit
	Title      string `json:"title"`
	Check      string `json:"check"`     // takes a minute
	Fix        string `json:"fix"`       // by whoever can change the request
	Otherwise  string `json:"otherwise"` // if the request cannot be changed
	Who        string `json:"who"`
	Source     string `json:"source"` // the standard or documentation that says so
}

// cause is what is known of a cause.
type cause struct {
	name, title, check, fix, otherwise, who, source string
}

// allCauses are those that are known.
func allCauses() []cause { return slices.Concat(oauthCauses, tokenCauses, apiCauses, wayCauses) }

const (
	// rankedMax is how many causes are told: whoever has tried six reads no seventh.
	rankedMax = 6
	// leastShare is the percentage below which a cause is not worth a check.
	leastShare = 2
	// percentMax is said of a cause that fits alone: a paste proves nothing.
	percentMax = 95
	// sentence is how many words it takes to say what a failure is about.
	sentence = 3
	// somethingElse are the odds of a cause that nobody has thought of: a weak clue that stands alone proves little.
	somethingElse = 0.3
	// askedMax is how many questions are asked.
	askedMax = 3
	// lookedAt is how many bytes of a paste the clues are looked for in, half of them at its end.
	lookedAt = 16 << 10
)

// ranking is what the clues of a paste say.
type ranking struct {
	causes []Cause
	seen   []string
	ask    []string
}

// rank names the causes that fit a paste, the likeliest first.
func rank(text string, now time.Time) ranking {
	raw := excerpt(text, lookedAt)
	if !strings.ContainsFunc(raw, unicode.IsLetter) {
		return ranking{}
	}
	whole := bare(unwrapped(raw))
	observed, told := observe(raw, whole, now), contrastsIn(whole)
	odds := weigh(whole, observed, told)
	if len(odds) == 0 {
		return ranking{seen: seenOf(observed)}
	}
	for _, c := range told {
		odds.apply(c.times)
	}
	for _, o := range observed {
		odds.apply(o.times)
	}
	found := odds.ranked()
	return ranking{causes: found, seen: seenOf(observed), ask: questions(found, told)}
}

// excerpt is the beginning and the end of a long paste: the message of an exception stands at either.
func excerpt(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most/2]+"\n"+text[len(text)-most/2:], "")
}

// belief is the odds of each cause that fits.
type belief map[string]float64

// weigh takes every clue that is seen. Clues for the same cause add up as independent ones do.
func weigh(text string, observed []observation, told []*contrast) belief {
	d, l := doubt{}, lookAt(text)
	d.ask(l, oauthClues, apiClues, wayClues, familyClues, tongueClues)
	for _, o := range observed {
		d.hear(o.fits)
	}
	for _, c := range told {
		if c.near != "" && l.has(patterns()[c.near]) {
			d.hear(c.fits)
		}
	}
	if d.odds() < 1 {
		d.ask(l, statusClues)
	}
	if d.odds() < 1 && isSentence(text) {
		own := lookAt(withoutParameters(frames.ReplaceAllString(text, "")))
		d.imagine(own)
		d.ask(own, subjectClues)
		d.recall(own)
	}
	if d.odds() < 0.6 {
		d.ask(l, lastClues)
	}
	odds := belief{}
	for name, left := range d {
		odds[name] = (1 - left) / math.Max(left, 1e-6)
	}
	return odds
}

// parameters are those of URLs, and what logs write beside each failure: they tell of no subject.
var parameters = regexp.MustCompile(`<\?xml[^>]*\?>|(?i:charset|encoding)=["']?[\w-]+["']?|[?&][A-Za-z_.-]+=[^&\s"'<>]*|\b(?:realm|client|user|session|ip|tenant)(?:_?[Ii]d|Name|Address|Addr)?=(?:"[^"]*"|[^\s",]+)`)

func withoutParameters(text string) string { return parameters.ReplaceAllString(text, " ") }

// isSentence reports whether a text is more than a name.
func isSentence(text string) bool {
	noLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	return len(strings.FieldsFunc(text, noLetter)) >= sentence && len(strings.Fields(text)) > 1
}

// doubt is how unlikely each cause still is that a clue has spoken for.
type doubt map[string]float64

// ask hears each clue that is seen.
func (d doubt) ask(l *look, tables ...[]clue) {
	all := patterns()
	for _, c := range slices.Concat(tables...) {
		if l.has(all[c.words]) {
			d.hear(c.fits)
		}
	}
}

// imagine hears each situation that is told.
func (d doubt) imagine(l *look) {
	for _, s := range situations {
		if s.isTold(l) {
			d.hear(s.fits)
		}
	}
}

func (d doubt) hear(fits chances) {
	for name, percent := range fits {
		if _, ok := d[name]; !ok {
			d[name] = 1
		}
		d[name] *= 1 - float64(percent)/100
	}
}

// odds are those that the cause is among those spoken for: 1 is as likely as not.
func (d doubt) odds() float64 {
	sum := 0.0
	for _, left := range d {
		sum += (1 - left) / math.Max(left, 1e-6)
	}
	return sum
}

// patterns are the words of all clues and contrasts, in any case, made when first asked for: most commands never do.
var patterns = sync.OnceValue(func() map[string]*pattern {
	all := map[string]*pattern{}
	for _, table := range [][]clue{oauthClues, apiClues, wayClues, familyClues, tongueClues, statusClues, subjectClues, lastClues} {
		for _, c := range table {
			all[c.words] = words(`(?i)` + c.words)
		}
	}
	for _, c := range contrasts {
		all[c.words] = words(`(?i)` + c.words)
		all[c.near] = words(`(?i)` + c.near)
	}
	for _, s := range situations {
		for _, told := range s.told {
			all[told] = words(`(?i)` + told)
		}
	}
	all[goesWrong], all[ofOurs] = words(`(?i)`+goesWrong), words(`(?i)`+ofOurs)
	return all
})

func (b belief) apply(times map[string]float64) {
	for name, by := range times {
		if _, ok := b[name]; ok {
			b[name] *= by
		}
	}
}

// ranked are the likeliest causes as they are told.
func (b belief) ranked() []Cause {
	sum := somethingElse
	for _, odds := range b {
		sum += odds
	}
	var found []Cause
	for _, c := range allCauses() {
		percent := int(math.Round(100 * b[c.name] / sum))
		if percent < leastShare {
			continue
		}
		percent = min(percent, percentMax)
		found = append(found, Cause{
			Name: c.name, Likelihood: likelihood(percent), Percent: percent, Title: c.title,
			Check: c.check, Fix: c.fix, Otherwise: c.otherwise, Who: c.who, Source: c.source,
		})
	}
	slices.SortStableFunc(found, func(x, y Cause) int { return cmp.Compare(b[y.Name], b[x.Name]) })
	return found[:min(len(found), rankedMax)]
}

func likelihood(percent int) string {
	switch {
	case percent >= 50:
		return "most likely"
	case percent >= 25:
		return "likely"
	case percent >= 8:
		return "possible"
	}
	return "less likely"
}

// frames are the lines of a stack: the names in them (Worker, concurrent, retry) tell of no contrast.
var frames = regexp.MustCompile(`(?m)^\s*(?:at [^\n]*[(:]|File ".*", line \d|\.\.\. \d+ more|goroutine \d|Traceback |[\w./-]+\.(?:go|py|js|ts|java|rb|php):\d)[^\n]*$`)

// contrastsIn are those that the paste tells of.
func contrastsIn(text string) []*contrast {
	l := lookAt(frames.ReplaceAllString(text, ""))
	var told []*contrast
	for i := range contrasts {
		if l.has(patterns()[contrasts[i].words]) {
			told = append(told, &contrasts[i])
		}
	}
	return told
}

// parted is how many of the first causes are asked about.
const parted = 4

// questions are those whose answers would part the first causes, and that the paste does not answer.
func questions(found []Cause, told []*contrast) []string {
	if len(found) < 2 || found[0].Percent >= 90 {
		return nil
	}
	var ask []string
	first := found[:min(len(found), parted)]
	for i := range first {
		if c := parting(first, i, told); c != nil && !slices.Contains(ask, c.ask) {
			ask = append(ask, c.ask)
		}
	}
	return ask[:min(len(ask), askedMax)]
}

// leastParting is how much likelier than the others an answer has to make a cause, for its question to be asked.
const leastParting = 3

// parting is the contrast that makes one of the causes likelier than each of the others, the most so; nil if none does.
func parting(first []Cause, one int, told []*contrast) (best *contrast) {
	most := float64(leastParting)
	for i := range contrasts {
		c := &contrasts[i]
		others := 1.0
		for j := range first {
			if j != one {
				others = max(others, c.times[first[j].Name])
			}
		}
		if by := c.times[first[one].Name] / others; by >= most && !slices.Contains(told, c) && (best == nil || by > most) {
			best, most = c, by
		}
	}
	return best
}
