package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

const requestsAt = "/v1/requests"

// requestPaths are where developers look up what became of their calls. They act on no form and change nothing; no page of another site may read them.
var requestPaths = []wwwPath{
	{requestsAt, "www/requests", reading, looking(showRequests), nil, false},
	{requestsAt + "/", "www/requests", reading, looking(showRequest), nil, false},
}

func showRequests(v *visit, r *http.Request, who *onlooker) *problem.Problem {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return queryProblem(err)
	}
	if !who.operator && values.Get("route") != "" { // a route may be one of which they may not know
		return parameterProblem(&requestlog.ParameterError{Name: "route", Fault: requestlog.Unknown, Write: "id, app, member, problem, status, path, since, until, cursor, limit"})
	}
	l := v.site.lookup()
	q, err := requestsQuery(values, l.now())
	if wrong, is := errors.AsType[*requestlog.ParameterError](err); is {
		return parameterProblem(wrong)
	}
	if q.ID != (callid.ID{}) {
		return v.tellRequest(r, l, q.ID, who)
	}
	if !who.operator {
		q.Apps = who.apps
	}
	page, err := l.list(r.Context(), &q.Filter, who.tell)
	if err != nil {
		return v.broken("list requests", err)
	}
	return v.tellJSON(page)
}

func showRequest(v *visit, r *http.Request, who *onlooker) *problem.Problem {
	text := strings.TrimPrefix(r.URL.Path, requestsAt+"/")
	l := v.site.lookup()
	text, explain := strings.CutSuffix(text, "/explanation")
	text, judge := strings.CutSuffix(text, "/judge")
	id, known := callid.Parse(text)
	switch {
	case explain && (judge || l.explain == nil), strings.Contains(text, "/"):
		return v.site.unknownPath(r.URL.Path)
	case !known:
		return noRecord()
	case explain:
		return v.explainRequest(r, l, id, who)
	case judge:
		return v.judgeRequest(r, l, id, who)
	}
	return v.tellRequest(r, l, id, who)
}

// noRecord is the one answer of what is not there and of what is somebody else's.
func noRecord() *problem.Problem {
	return &problem.Problem{Type: problem.ResourceNotFound, Detail: problem.DetailNoRecord}
}

func (v *visit) tellRequest(r *http.Request, l *lookup, id callid.ID, who *onlooker) *problem.Problem {
	told, err := l.find(r.Context(), id, who.tell)
	if err != nil {
		return v.notFound(err)
	}
	return v.tellJSON(told)
}

func (v *visit) explainRequest(r *http.Request, l *lookup, id callid.ID, who *onlooker) *problem.Problem {
	told, err := l.find(r.Context(), id, who.tell)
	if err != nil {
		return v.notFound(err)
	}
	explained, err := l.explain(r.Context(), told)
	if err != nil {
		return v.broken("explain a request", err)
	}
	return v.tellJSON(explained)
}

func (v *visit) judgeRequest(r *http.Request, l *lookup, id callid.ID, who *onlooker) *problem.Problem {
	whole, err := l.find(r.Context(), id, who.sees)
	if err != nil {
		return v.notFound(err)
	}
	told, err := l.judgeFor(r.Context(), whole, who)
	if err != nil {
		return v.broken("judge a request", err)
	}
	return v.tellJSON(told)
}

// judgeFor judges a call that somebody may see. By what of its record that is, they need not see.
func (l *lookup) judgeFor(ctx context.Context, whole *requestlog.Record, who *onlooker) (admin.Judgement, error) {
	if whole.App == "" && !who.operator {
		of := verdict{r: whole, j: admin.Judgement{ID: whole.RequestID, At: l.now().UTC().Truncate(time.Second), Then: thenTold(whole, whole.ByIDAlone())}}
		return of.notJudged("it is not known whose call it was, so that only the operator can have it judged"), nil
	}
	told, err := l.judge(ctx, whole)
	if err == nil && !who.operator {
		told = forDeveloper(told)
		told.Then = thenTold(whole, who.tell(whole))
	}
	return told, err
}

func (v *visit) notFound(err error) *problem.Problem {
	if errors.Is(err, requestlog.ErrNotFound) {
		return noRecord()
	}
	return v.broken("look a request up", err)
}

// tellJSON answers with what somebody may know.
func (v *visit) tellJSON(what any) *problem.Problem {
	text, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		v.www.s.log.Error("what was looked up cannot be written as JSON", "id", v.text(), "error", err)
		return &problem.Problem{Type: problem.InternalError}
	}
	v.Header().Set("Content-Type", "application/json")
	v.WriteHeader(http.StatusOK)
	if v.r.Method != http.MethodHead {
		_, _ = v.Write(append(text, '\n')) // it fails only if the client has gone
	}
	return nil
}

// queryProblem says why a query cannot be taken apart.
func queryProblem(err error) *problem.Problem {
	p := &problem.Problem{Type: problem.InvalidURL, Part: "query"}
	if _, is := errors.AsType[url.EscapeError](err); is {
		p.Detail = problem.DetailBadEscape
	}
	return p
}

// parameterProblem says what is wrong with a parameter.
func parameterProblem(e *requestlog.ParameterError) *problem.Problem {
	p := &problem.Problem{Type: problem.InvalidInput, Name: e.Name, Excerpt: []byte(e.Value), Allow: []byte(e.Write)}
	switch e.Fault {
	case requestlog.Unknown:
		p.Detail = problem.DetailUnknownParameter
	case requestlog.Repeated:
		p.Detail = problem.DetailRepeatedParameter
	case requestlog.Malformed:
		p.Detail = problem.DetailParameterForm
	case requestlog.Together:
		p.Detail = problem.DetailParameterBeside
	}
	return p
}
