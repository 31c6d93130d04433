package requestlog

import (
	"net/netip"
	"slices"
)

// ForDeveloper is what an owner of the call's app is told: what they sent and what they got, and what of it was wrong. Nothing of what lies behind the gateway is in it, no
// address, no note, no recorded body; a route that the app may not know of is not named. The record itself stays as it is.
func (r *Record) ForDeveloper() *Record {
	told := *r
	told.Upstream, told.Note, told.Body, told.Listener = nil, "", nil, ""
	told.Checks, told.Tries, told.Rewrite = nil, nil, nil
	told.Client, told.Peer = netip.Addr{}, netip.Addr{}
	told.AnswerID, told.Would, told.Tolerated, told.Revision = "", nil, nil, 0
	told.Stations = Stations{Done: r.Stations.Done}
	told.Changed, told.Also = forDeveloper(r.Changed), forDeveloper(r.Also)
	if r.Hidden || r.Route == "" { // the two are not told apart, by anything
		told.API, told.Route, told.Resource, told.Passed, told.Refused, told.Cause, told.Hidden = "", "", "", nil, "", nil, false
		told.Changed, told.Also, told.Recurs, told.Cache = nil, nil, nil, ""
	}
	if r.Answer != nil {
		told.Answer = &Answer{Headers: r.Answer.Headers}
		if r.By == ByGateway {
			told.Answer.Body = r.Answer.Body
		}
	}
	if r.Token != nil {
		token := *r.Token
		token.Grant, token.ID = 0, ""
		told.Token = &token
	}
	return &told
}

func forDeveloper(all []Difference) []Difference {
	all = slices.DeleteFunc(slices.Clone(all), func(d Difference) bool { return d.Told == "" })
	for i := range all {
		d := &all[i]
		if d.Told != d.Text { // what it was and is, is not for them
			d.Feature, d.Was, d.Is, d.Name = "configuration", "", "", ""
		}
		d.Text = d.Told
	}
	return all
}

// ByIDAlone is what any developer is told of a call whose app nobody knows: what became of it, without head and body.
func (r *Record) ByIDAlone() *Record {
	told := r.ForDeveloper()
	told.Headers, told.Answer, told.Target, told.Token, told.Member, told.ClientID = nil, nil, "", nil, "", ""
	told.Changed, told.Also, told.Recurs, told.ClientTo, told.Cache = nil, nil, nil, "", ""
	if c := told.Cause; c != nil { // where it was, and nothing of what was there
		cause := *c
		cause.Field, cause.Excerpt = "", ""
		told.Cause = &cause
	}
	return told
}

// Who wrote an answer.
const (
	ByGateway  = "gateway"
	ByUpstream = "upstream"
)
