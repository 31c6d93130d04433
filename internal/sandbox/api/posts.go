package api

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// post is what is kept of a post, from whichever shape it came in.
type post struct {
	urn, author, text, visibility, state string
	noReshare                            bool
	created                              int64  // milliseconds
	by                                   string // the member who made it, or its app when it has none
	deleted                              bool
}

// mostPosts bounds what is kept: a new post pushes the oldest out.
const mostPosts = 1000

// posts are the posts of the sandbox, in memory.
type posts struct {
	mu    sync.Mutex
	byURN map[string]*post
	order []string // oldest first; at most mostPosts
	last  int64    // the number given last
}

func newPosts() *posts { return &posts{byURN: map[string]*post{}} }

// add gives p its URN and keeps it. A number holds the moment in its upper bits, as LinkedIn's do,
// and no number is given twice.
func (s *posts) add(kind string, p post) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = max(s.last+1, p.created<<22)
	p.urn = "urn:li:" + kind + ":" + strconv.FormatInt(s.last, 10)
	s.keep(p)
	return p.urn
}

// put keeps a post that has its URN already.
func (s *posts) put(p post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(p)
}

func (s *posts) keep(p post) {
	if len(s.order) == mostPosts {
		delete(s.byURN, s.order[0])
		s.order = append(s.order[:0], s.order[1:]...)
	}
	s.order = append(s.order, p.urn)
	s.byURN[p.urn] = &p
}

// get finds a post that was not deleted.
func (s *posts) get(urn string) (post, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.byURN[urn]
	if !ok || p.deleted {
		return post{}, false
	}
	return *p, true
}

// removal is how a deletion ended.
type removal uint8

const (
	removed removal = iota
	removalUnknown
	removalForeign
)

// remove deletes a post of this maker. Deleting it again is no fault: LinkedIn's deletion is idempotent.
func (s *posts) remove(urn, by string) removal {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.byURN[urn]
	switch {
	case !ok:
		return removalUnknown
	case p.by != by:
		return removalForeign
	}
	p.deleted = true
	return removed
}

// object is the post as /rest/posts shows it.
func (p *post) object() object {
	return object{
		{key: "id", value: p.urn},
		{key: "author", value: p.author},
		{key: "commentary", value: p.text},
		{key: "visibility", value: p.visibility},
		{key: "distribution", value: object{
			{key: "feedDistribution", value: "MAIN_FEED"},
			{key: "targetEntities", value: list{}},
			{key: "thirdPartyDistributionChannels", value: list{}},
		}},
		{key: "lifecycleState", value: p.state},
		{key: "lifecycleStateInfo", value: object{{key: "isEditedByAuthor", value: false}}},
		{key: "isReshareDisabledByAuthor", value: p.noReshare},
		{key: "createdAt", value: p.created},
		{key: "publishedAt", value: p.created},
		{key: "lastModifiedAt", value: p.created},
	}
}

// seededPosts are there before anybody posts. The first is a post of the member of the good token.
func seededPosts() []post {
	texts := [...]struct {
		member int
		minute int64
		text   string
	}{
		{1, 0, "We wrote down every way in which our API says no. There were 44. Eleven said the same thing."},
		{2, 1460, "Moved the meter readings to one table. The nightly job went from four hours to nine minutes, and nobody noticed, which is the point."},
		{4, 2895, "Post-mortem of Tuesday: a retry loop without a pause is a load test that you run on yourself."},
		{10, 5130, "Saturday, ten to two: bring a cup, leave with coffee. Portland, the usual door."},
		{8, 7342, "Hiring two people who like timetables more than they admit. Marseille or anywhere with a harbour."},
		{11, 9001, "Today's lesson: a 401 that does not say which of five things is wrong costs every caller an afternoon."},
	}
	const first = 1785312000000 // milliseconds
	l := make([]post, 0, len(texts))
	for i, t := range texts {
		created := first + t.minute*60_000
		by := &members[t.member]
		l = append(l, post{
			urn:    fmt.Sprintf("urn:li:share:%d", created<<22|int64(i+1)),
			author: by.urn(), by: by.ID, text: t.text, visibility: "PUBLIC", state: "PUBLISHED", created: created,
		})
	}
	return l
}

// SeededPost is the URN of a post that is there from the start, for examples.
func SeededPost() string { return seededPosts()[0].urn }

// isURN holds a text against RFC 8141 §2: urn:NID:NSS.
func isURN(s string) bool {
	const mostURN = 255
	scheme, rest, _ := strings.Cut(s, ":")
	nid, nss, _ := strings.Cut(rest, ":")
	if !strings.EqualFold(scheme, "urn") || nss == "" || len(nid) < 2 || len(nid) > 32 || len(s) > mostURN {
		return false
	}
	for i := range len(nid) {
		if b := nid[i]; !isLetterOrDigit(b) && (b != '-' || i == 0 || i == len(nid)-1) {
			return false
		}
	}
	return strings.IndexFunc(nss, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}

func isLetterOrDigit(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}
