package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// lookup finds what became of calls: for the operator, who sees all of it, and for onlookers, who see what is theirs.
type lookup struct {
	log recordLog
	now func() time.Time
	// explain tells what a record means that somebody may see as it is; nil: nothing is explained.
	explain func(context.Context, *requestlog.Record) (any, error)
	// judge puts the call of a record before the policy that holds; nil: none does.
	judge func(context.Context, *requestlog.Record) (admin.Judgement, error)
}

var _ admin.Requests = (*lookup)(nil)

// recordLog is a log, or the store of one that is not at work.
type recordLog interface {
	Store() requestlog.Store
	Flush(ctx context.Context) error
	Forget(ctx context.Context, app, member string) (gone int, err error)
}

// lookup looks into the log of this instance.
func (s *Server) lookup() *lookup {
	return &lookup{log: s.requests, now: s.o.Now, explain: explainRecord, judge: s.judgeRecord}
}

// explainRecord is what a record means that somebody may see as it is.
func explainRecord(_ context.Context, r *requestlog.Record) (any, error) {
	return explain.Record(r), nil
}

// whole is what an operator is told.
func whole(r *requestlog.Record) *requestlog.Record { return r }

// Request is the record of an id, in any spelling; it and what follows is admin.Requests'.
func (l *lookup) Request(ctx context.Context, id string) (*requestlog.Record, error) {
	of, known := callid.Parse(strings.ReplaceAll(id, " ", "+")) // a + that was not encoded
	if !known {
		return nil, &admin.Fault{Status: 400, Message: "that is no id of a request", Fix: "An answer has it in X-Request-Id; it is a UUID, 32 hex digits, or base64 (that as ?id=)."}
	}
	return toldOperator(l.find(ctx, of, whole))
}

// Requests are those that a query asks for.
func (l *lookup) Requests(ctx context.Context, query url.Values) (page admin.RequestPage, err error) {
	q, err := requestsQuery(query, l.now())
	if wrong, is := errors.AsType[*requestlog.ParameterError](err); is {
		return page, &admin.Fault{Status: 400, Message: wrong.Error(), Fix: sentence(wrong.Fix())}
	}
	l.settle(ctx)
	if page, err = l.list(ctx, &q.Filter, whole); err != nil {
		return page, notRead(err)
	}
	return page, nil
}

// requestsQuery reads a query of requests. A problem that is none would be asked for in vain, and the empty list be taken for good news.
func requestsQuery(query url.Values, now time.Time) (*requestlog.Query, error) {
	q, err := requestlog.ParseQuery(query, now)
	if err != nil || q.Problem == "" {
		return q, err
	}
	if _, known := problem.ByName(q.Problem); known {
		return q, nil
	}
	var names []string
	for _, t := range append(problem.Types(), problem.ClientGone) {
		names = append(names, t.Name())
	}
	return nil, requestlog.NoProblem(q.Problem, config.Nearest(q.Problem, names))
}

// settle gives what has just failed a moment to be written: who asks has perhaps just seen it. What cannot be written is told elsewhere, and what is there can be read.
func (l *lookup) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = l.log.Flush(ctx)
}

// Explanation is what the failure of an id means.
func (l *lookup) Explanation(ctx context.Context, id string) (any, error) {
	if l.explain == nil {
		return nil, refusal(404, "nothing is explained here")
	}
	r, err := l.Request(ctx, id)
	if err != nil {
		return nil, err
	}
	return l.explain(ctx, r)
}

// JudgeRequest puts the call of an id before the policy that holds now.
func (l *lookup) JudgeRequest(ctx context.Context, id string) (admin.Judgement, error) {
	r, err := l.Request(ctx, id)
	if err != nil {
		return admin.Judgement{}, err
	}
	if l.judge == nil {
		return admin.Judgement{}, &admin.Fault{
			Status: 409, Message: "a call is judged by the policy of an instance that runs, and none does",
			Fix: "Start it with candor serve; candor route tells what the configuration of a stopped one would say of a call.",
		}
	}
	return l.judge(ctx, r)
}

// ForgetRequests removes what is kept of a member, or of an app.
func (l *lookup) ForgetRequests(ctx context.Context, of admin.ForgetRequests) (gone admin.ForgottenRequests, err error) {
	if (of.App == "") == (of.Member == "") {
		return gone, refusal(400, "say of whom the requests are to be forgotten: of a member, or of an app")
	}
	gone.ForgetRequests = of
	if gone.Gone, err = l.log.Forget(ctx, of.App, of.Member); err != nil {
		return gone, notRead(err)
	}
	return gone, nil
}

// list is a page, of which tell says what is told of each.
func (l *lookup) list(ctx context.Context, f *requestlog.Filter, tell func(*requestlog.Record) *requestlog.Record) (page admin.RequestPage, err error) {
	found, next, err := l.log.Store().Records(ctx, f)
	if errors.Is(err, requestlog.ErrOpening) && l.log.Flush(ctx) == nil { // it has just begun, and is open now
		found, next, err = l.log.Store().Records(ctx, f)
	}
	if err != nil {
		return page, fmt.Errorf("look for requests: %w", err)
	}
	page.Requests = []*requestlog.Record{}
	for _, r := range found {
		if told := tell(r); told != nil {
			page.Requests = append(page.Requests, told)
		}
	}
	page.Next = cursorOf(found, next)
	return page, nil
}

// cursorOf is where the next page begins. A search that looked at enough ends at a call that does not fit, which can be somebody else's: then it is the moment after it that is
// told, and not its id.
func cursorOf(found []*requestlog.Record, next callid.ID) string {
	switch {
	case next == callid.ID{}:
		return ""
	case len(found) > 0 && found[len(found)-1].ID == next:
		return next.String()
	}
	return callid.New(madeAt(next).UnixMilli()+1, 0, 0).String()
}

// fresh is how young a call may be that is not written yet.
const fresh = 10 * time.Second

// find is what tell says of the record of an id. What is not there, and that of which nothing is told, is looked for in the same way, to the same end:
// requestlog.ErrNotFound. The record of a call that was answered a moment ago may have to be written first, and the log of an instance that has just begun to be opened.
func (l *lookup) find(ctx context.Context, id callid.ID, tell func(*requestlog.Record) *requestlog.Record) (*requestlog.Record, error) {
	told, err := l.look(ctx, id, tell)
	age := l.now().Sub(madeAt(id))
	opening, unwritten := errors.Is(err, requestlog.ErrOpening), errors.Is(err, requestlog.ErrNotFound) && age <= fresh && age >= -fresh
	if !opening && !unwritten {
		return told, err
	}
	if err = l.log.Flush(ctx); err != nil {
		return nil, fmt.Errorf("write the requests that wait: %w", err)
	}
	return l.look(ctx, id, tell)
}

func (l *lookup) look(ctx context.Context, id callid.ID, tell func(*requestlog.Record) *requestlog.Record) (*requestlog.Record, error) {
	r, err := l.log.Store().Record(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("look for a request: %w", err)
	}
	if r = tell(r); r == nil {
		return nil, requestlog.ErrNotFound
	}
	return r, nil
}

// madeAt is when an id was made (RFC 9562 §5.7: its first 48 bits are unix milliseconds).
func madeAt(id callid.ID) time.Time {
	var milli int64
	for _, b := range id[:6] {
		milli = milli<<8 | int64(b)
	}
	return time.UnixMilli(milli)
}

// toldOperator says what became of a look-up.
func toldOperator(r *requestlog.Record, err error) (*requestlog.Record, error) {
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, requestlog.ErrNotFound):
		return nil, &admin.Fault{
			Status: 404, Message: "there is no record of that id",
			Fix: "Calls that went well are only counted, of many that fail in one second only some are kept, and the oldest go first (requests: in the configuration); candor requests list shows what there is.",
		}
	}
	return nil, notRead(err)
}

// notRead tells a log that is not open at this moment from one that is broken.
func notRead(err error) error {
	if errors.Is(err, requestlog.ErrOpening) || errors.Is(err, requestlog.ErrClosed) {
		return &admin.Fault{Status: 503, Message: err.Error()}
	}
	return err
}
