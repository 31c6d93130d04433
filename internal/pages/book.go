package pages

import (
	"fmt"
	"strconv"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/problem"
)

// book is the catalogue in both profiles, in the operator's words.
type book struct {
	Options
	catalogues [2]*problem.Catalogue // by profile
	entries    []entry
}

// entry is what the reference says of one problem. It is also the JSON of its page.
type entry struct {
	Problem        string               `json:"problem"`
	Title          string               `json:"title"`
	Class          string               `json:"class"`
	Status         string               `json:"status"` // "401"; both where the profiles differ
	What           string               `json:"what"`
	When           []string             `json:"when"`
	Who            string               `json:"who"`
	WhoCan         string               `json:"who_can_fix_it"`
	Reached        string               `json:"did_it_reach_the_api"`
	Retry          string               `json:"retry"`
	Repeat         string               `json:"may_it_be_repeated"`
	Action         string               `json:"action"`
	Do             []string             `json:"what_to_do"`
	DoLinkedIn     []string             `json:"what_to_do_linkedin,omitempty"`
	Authentication string               `json:"how_to_get_a_token,omitempty"`
	Ask            []contact            `json:"whom_to_ask"`
	Profiles       []words              `json:"profiles"`
	Causes         []problem.TableCause `json:"causes,omitempty"`
	Samples        []sample             `json:"samples,omitempty"`

	kind problem.Type
}

// words are what one profile says, of an example.
type words struct {
	Profile          string `json:"profile"`
	Status           int    `json:"status"`
	ServiceErrorCode int    `json:"serviceErrorCode"`
	Code             string `json:"code"`
	Message          string `json:"message"`
	Fix              string `json:"fix"`
	Format           string `json:"format"`
	Answer           string `json:"answer"` // whole, with its head
}

func newBook(o Options) (*book, error) {
	if o.Fabric == "" {
		o.Fabric = "candor"
	}
	b := &book{Options: o}
	for p := range b.catalogues {
		var err error
		b.catalogues[p], err = problem.New(problem.Options{
			Profile: problem.Profile(p), ErrorsURL: o.Errors, AuthDocs: o.Authentication, Overrides: o.Overrides, Support: o.Support,
		})
		if err != nil {
			return nil, fmt.Errorf("the pages of the %s profile: %w", problem.Profile(p), err)
		}
	}
	table := problem.TableOf(b.catalogues[problem.Standard], b.catalogues[problem.LinkedIn])
	for i := range table {
		b.entries = append(b.entries, b.entry(&table[i]))
	}
	return b, nil
}

// first is the catalogue of the profile that stands first.
func (b *book) first() *problem.Catalogue { return b.catalogues[b.Profile] }

// profiles are both, in the order in which the pages show them.
func (b *book) profiles() [2]problem.Profile {
	return [2]problem.Profile{b.Profile, 1 - b.Profile}
}

func (b *book) entry(r *problem.TableRow) entry {
	t, _ := problem.ByName(r.Problem)
	m := explain.Row(r)
	e := entry{
		kind: t, Problem: r.Problem, Title: r.Title, Class: strconv.Itoa(r.Standard.Status/100) + "xx", Status: m.Status, What: m.What, When: r.Causes,
		Who: r.Who, WhoCan: m.Who, Reached: reach(t), Retry: r.Retry, Repeat: m.Repeat, Action: r.Action, Do: r.Fixes, DoLinkedIn: r.More, Causes: r.Details,
		Ask: b.contacts(r),
	}
	if r.Standard.Status == 401 {
		e.Authentication = b.Authentication
	}
	if r.Retry == problem.RetryAfter.String() || r.Retry == problem.RetryBackoff.String() {
		e.Samples = samples()
	}
	for _, p := range b.profiles() {
		e.Profiles = append(e.Profiles, b.words(p, t))
	}
	return e
}

func (b *book) words(p problem.Profile, t problem.Type) words {
	r := b.catalogues[p].Row(t)
	d := dialects[p]
	return words{
		Profile: p.String(), Status: r.Status, ServiceErrorCode: r.Subcode, Code: r.Code, Message: r.Message, Fix: r.Fix,
		Format: d.said, Answer: b.answer(p, t),
	}
}
