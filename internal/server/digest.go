package server

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/digest"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// The bounds of a digest: how much of the time it tells unless it is said, how much at most, and of how many records.
const (
	digestOf      = 7 * 24 * time.Hour
	digestMost    = 90 * 24 * time.Hour
	digestRecords = 5000
)

// digester makes digests of a log.
type digester struct {
	log      recordLog
	now      time.Time
	apps     []admin.App
	limits   appLimits // nil: what is left of limits is not known
	changes  []digest.Revision
	unknown  []string
	contacts problem.Support
}

// Digest tells what failed since then, by a query of /v1/digest. The error is a *admin.Fault where the caller can mend it.
func (s *Server) Digest(ctx context.Context, query url.Values) (any, error) {
	if s.requests == nil {
		return nil, refusal(404, "there is no request log here")
	}
	apps, err := s.Apps(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	contacts, changes := s.cfg.Support, s.known.revisions
	s.mu.Unlock()
	now, policy := s.o.Now(), s.gateway.Policy()
	limits := limitsOf(s.limiter, policy.Admission.Routes, policy.Admission.Apps, now)
	d := &digester{log: s.requests, now: now, apps: apps, limits: limits, changes: changes.taken(), contacts: contacts}
	return d.digest(ctx, query)
}

// Digest is the same of an instance that does not run. Of the apps that were created there the owners are not known, nor is what is left of limits.
func (s *StoppedRequests) Digest(ctx context.Context, query url.Values) (*digest.Digest, error) {
	d := &digester{log: s.log, now: s.now(), contacts: s.cfg.Support, unknown: []string{"The instance does not run: how far limits are used up is not told."}}
	changes, err := revisionsOf(filepath.Join(s.cfg.Data, revisionsFile))
	if err != nil {
		d.unknown = append(d.unknown, "The file "+revisionsFile+" of the data folder cannot be read: revisions of the configuration are not told.")
	}
	d.changes = changes.taken()
	for i := range s.cfg.Apps {
		d.apps = append(d.apps, admin.App{Name: s.cfg.Apps[i].Name, Owners: s.cfg.Apps[i].Owners})
	}
	return d.digest(ctx, query)
}

func (d *digester) digest(ctx context.Context, query url.Values) (*digest.Digest, error) {
	in := &digest.Input{To: d.now, Contacts: digest.Contacts{Support: d.contacts.Default, Limits: d.contacts.MoreLimits, StatusPage: d.contacts.StatusPage}}
	if in.Contacts.Limits == "" {
		in.Contacts.Limits = d.contacts.Limits
	}
	var err error
	if in.From, err = d.since(query); err != nil {
		return nil, err
	}
	in.Revisions, in.Unknown = d.changes, d.unknown
	if err = d.log.Flush(ctx); err != nil {
		return nil, notRead(err)
	}
	if err = d.count(ctx, in); err != nil {
		return nil, notRead(err)
	}
	d.tellApps(in)
	if err = d.read(ctx, in); err != nil {
		return nil, notRead(err)
	}
	return digest.Make(in), nil
}

// tellApps adds the apps, whom to write to, and how far their limits are used up.
func (d *digester) tellApps(in *digest.Input) {
	called := calledToday(in.Counts, d.now)
	for i := range d.apps {
		app := digest.App{Name: d.apps[i].Name, Owners: d.apps[i].Owners}
		if d.limits != nil {
			app.Limits = d.limits(app.Name, called[app.Name])
		}
		in.Apps = append(in.Apps, app)
	}
}

// since is from when on it tells: the beginning of an hour, as counts are of whole ones.
func (d *digester) since(query url.Values) (time.Time, error) {
	for name := range query {
		if name != "since" {
			return time.Time{}, &admin.Fault{Status: 400, Message: "there is no parameter " + name + " here", Fix: "Send since alone, as in since=7d."}
		}
	}
	if query.Get("since") == "" {
		return d.now.Add(-digestOf).UTC().Truncate(time.Hour), nil
	}
	q, err := requestlog.ParseQuery(query, d.now)
	if wrong, is := errors.AsType[*requestlog.ParameterError](err); is {
		return time.Time{}, &admin.Fault{Status: 400, Message: wrong.Error(), Fix: sentence(wrong.Fix())}
	}
	from := q.Since.UTC().Truncate(time.Hour)
	if !from.Before(d.now) || d.now.Sub(from) > digestMost {
		return time.Time{}, &admin.Fault{Status: 400, Message: "a digest tells of the last 90 days at most, and of nothing that is to come", Fix: "Write since as a time ago such as 2h or 7d."}
	}
	return from, nil
}

// count takes the counts of the time, and of as long before it.
func (d *digester) count(ctx context.Context, in *digest.Input) error {
	before := in.From.Add(-in.To.Sub(in.From)).Truncate(time.Hour)
	all, err := d.log.Store().Counts(ctx, nil, before)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Hour.Before(in.From) {
			in.Before = append(in.Before, c)
			continue
		}
		in.Counts = append(in.Counts, c)
	}
	return nil
}

// read takes the latest records.
func (d *digester) read(ctx context.Context, in *digest.Input) error {
	f := requestlog.Filter{Since: in.From, Most: requestlog.MostPage}
	for len(in.Records) < digestRecords {
		page, next, err := d.log.Store().Records(ctx, &f)
		if err != nil {
			return err
		}
		in.Records = append(in.Records, page...)
		if next == (callid.ID{}) {
			return nil
		}
		f.Before = next
	}
	in.Cut = true
	return nil
}
