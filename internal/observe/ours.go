package observe

import (
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// ways are the failures on the way to an upstream that only whoever runs it can mend, by the detail of the log: {at} is its URL, {after} how long it took,
// {when} how far its answer had come, {note} what the system said.
var ways = map[string]struct{ by, what, fix string }{
	"refused":     {byUpstream, "nothing took the connection to {at}: {note}", "Start the API there, or give the URL at which it listens."},
	"dns":         {byUpstream, "the name in {at} leads to no address: {note}", "Give the URL of the API by another name, or by its address."},
	"tls":         {byUpstream, "no TLS connection to {at} could be made: {note}", "Give --ca FILE with the authority of its certificate, --insecure to take any, or http:// where it speaks no TLS."},
	"reset":       {byUpstream, "upstream reset the connection after {after}, {when}", "Look into the log of the API at this time: most often its process ended, or a limit of its own passed."},
	"ended_early": {byUpstream, "upstream closed the connection after {after}, {when}", "Look into the log of the API at this time: most often its process ended, or a limit of its own passed."},
}

// byUs is what became of a call that has a problem of the catalogue.
func (f *Failure) byUs(e *accesslog.Entry, at string) {
	f.By, f.Code = byCandor, e.Problem
	detail := e.Cause.Detail
	f.cause = "by Candor: " + e.Problem
	switch way, known := ways[detail]; {
	case e.Problem == "client_gone", e.Problem == "" && e.Status == 0:
		f.By, f.cause, f.Code = byClient, "by the client: it left", "client_gone"
		f.What = "the client left after " + spanText(done(e)) + ", " + when(e)
		f.Fix = "Give the call more time where it is made, if the answer was still wanted."
	case known && (e.Problem == "upstream_unreachable" || e.Problem == "upstream_broke"):
		f.By = way.by
		f.cause = "by upstream: " + e.Problem + " (" + detail + ")"
		f.What = fill(way.what, e, at)
		f.Fix = way.fix
	case e.Seen != nil:
		f.What, f.Fix = sentence(e.Seen.What), sentence(e.Seen.Fix)
		f.cause += " (" + detail + ")"
		if strings.HasPrefix(e.Problem, "upstream_") {
			f.By, f.cause = byUpstream, "by upstream: "+e.Problem+" ("+detail+")"
			f.add(fill("{note}", e, at))
		}
		if e.Problem == "upstream_invalid" {
			f.Fix = fill("Correct what the API answers there, or look whether another program listens at {at}.", e, at)
		}
	}
	if f.What == "" {
		f.What = e.Problem
	}
}

// done is how long the call took.
func done(e *accesslog.Entry) time.Duration { return time.Duration(e.Stations.Done) * time.Microsecond }

// when is how far the answer had come.
func when(e *accesslog.Entry) string {
	if e.Stations.FirstByte > 0 {
		return "in the middle of the answer"
	}
	return "before there was an answer"
}

// fill fills the facts of a case into a sentence.
func fill(text string, e *accesslog.Entry, at string) string {
	note := e.Note
	if _, after, found := strings.Cut(note, ": "); found { // the cause itself stands in the sentence
		note = after
	}
	return strings.NewReplacer("{at}", at, "{after}", spanText(done(e)), "{when}", when(e), "{note}", sentence([]byte(note))).Replace(text)
}
