package server

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// requestsInMemory is how much the request log takes where there is no data folder for it.
const requestsInMemory = 64 << 20

// newRequests makes the request log. It opens its store once calls are served: nobody waits for that.
func (s *Server) newRequests() *requestlog.Log {
	cfg, salt := s.cfg, [16]byte{}
	_, _ = rand.Read(salt[:]) // it never fails
	open := func(ctx context.Context) (requestlog.Store, error) { return s.openRequests(ctx, cfg) }
	return requestlog.New(requestlog.Options{Open: open, Now: s.o.Now, Ahead: s.o.Sandbox.Ahead, Log: s.log, Owner: s.ownerOf, Counts: s.usage, Products: s.productsOf, Salt: salt[:]}, cfg.Requests)
}

// openRequests opens log.db in the data folder, if that is kept: it was named, or holds tokens.
func (s *Server) openRequests(ctx context.Context, cfg *config.Config) (requestlog.Store, error) {
	if s.core.folder == "" || !s.core.kept && !cfg.Said("data") {
		l, err := sqlite.OpenLogMemory(ctx, requestsInMemory)
		if err != nil {
			return nil, err
		}
		return l, nil
	}
	l, err := sqlite.OpenLog(ctx, s.core.folder)
	if err != nil {
		return nil, err
	}
	l.Rest = rest
	if aside := l.Aside(); aside != nil {
		s.log.Warn("the request log begins anew", "error", aside)
	}
	return l, nil
}

// ownerOf is whose a grant is that was not in memory when its token came: it has ended.
func (s *Server) ownerOf(ctx context.Context, grant uint64) requestlog.Owner {
	g, err := s.core.store.Grant(ctx, access.GrantID(grant))
	if err != nil {
		return requestlog.Owner{}
	}
	var o requestlog.Owner
	if app := s.gateway.Policy().Admission.Apps.Get(g.App); app != nil {
		o.App, o.ClientID = app.Name, app.ClientID
	}
	if g.Member != nil {
		o.Member = g.Member.Subject
	}
	return o
}

// leaveRequests leaves the log to the next process. What becomes of the calls in flight is added behind that, at their end.
func (s *Server) leaveRequests(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orderly.store)
	defer cancel()
	if err := s.requests.Pause(ctx); err != nil {
		s.log.Warn("not all calls that failed are in the request log yet; the rest is added at the end", "error", err)
	}
}

// productsOf are the names of a set of products.
func (s *Server) productsOf(set uint64) []string {
	names := s.gateway.Policy().Admission.Names
	if names == nil {
		return nil
	}
	return names.AppendProducts(nil, access.ProductSet(set))
}

// closeRequests writes what waits, within a time.
func (s *Server) closeRequests(within time.Duration) {
	if s.requests == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := s.requests.Close(ctx); err != nil {
		s.log.Warn("not all calls that failed at the end are in the request log", "error", err)
	}
}

// requestNumbers are what the request log has written, and how large it is.
func (s *Server) requestNumbers() []admin.Number {
	return []admin.Number{
		{Name: "candor_request_records_total", Help: "Records of calls that were written to the request log.", Total: true, Value: func() float64 { return float64(s.requests.Written()) }},
		{Name: "candor_request_log_bytes", Help: "Bytes that the request log takes on disk or, without a data folder, in memory.", Value: s.requestBytes},
	}
}

// requestBytes is 0 while the log is not open.
func (s *Server) requestBytes() float64 {
	of, ok := s.requests.Store().(interface {
		Bytes(context.Context) (int64, error)
	})
	if !ok {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	n, err := of.Bytes(ctx)
	if err != nil {
		return 0
	}
	return float64(n)
}

// requestsDropped are the calls that failed and are not in the request log.
func (s *Server) requestsDropped() admin.Family {
	return admin.Family{
		Name: "candor_request_records_dropped_total", Labels: []string{"reason"}, Total: true,
		Help: "Calls that failed and are not in the request log: detail, there were enough of their app and problem in that second; full, more came than could be written; store, it could not be written.",
		Each: func(yield func([]string, float64)) {
			for _, r := range requestlog.Reasons() {
				yield([]string{r.String()}, float64(s.requests.Dropped(r)))
			}
		},
	}
}
