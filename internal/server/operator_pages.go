package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// theOperator is the onlooker at the operator's listener.
func theOperator() *onlooker { return &onlooker{apps: []string{}, operator: true} }

// operatorPages are the pages of calls and of usage for the operator's browser, whether anybody signs in at www or not.
func (s *Server) operatorPages() []admin.Page {
	style := func(w http.ResponseWriter, r *http.Request) { people.ServeFile(w, r) }
	return []admin.Page{
		{Path: people.UsagePath, What: "a page of how an app is used", Serve: s.operatorsUsage},
		{Path: people.CallPath, What: "leads to the page of the call of ?id=", Serve: s.operatorsFind},
		{Path: people.CallPath + "/", What: "a page of what became of a call", Serve: s.operatorsCall},
		{Path: people.StylePath, What: "the style of pages", Serve: style},
		{Path: people.IconPath, What: "the icon of pages", Serve: style},
	}
}

func (s *Server) operatorsUsage(w http.ResponseWriter, r *http.Request) {
	page, err := s.usageView(r.Context(), theOperator(), r.URL.Query(), s.config().ErrorPages())
	if err != nil {
		s.operatorsFault(w, err)
		return
	}
	status := http.StatusOK
	if page.App == "" && r.URL.Query().Has(people.FieldApp) {
		status = http.StatusNotFound
	}
	s.showOperator(w, status, page)
}

func (s *Server) operatorsFind(w http.ResponseWriter, r *http.Request) {
	text := strings.TrimSpace(r.URL.Query().Get(people.FieldID))
	if id, known := parsedID(text); known {
		http.Redirect(w, r, callAt(id), http.StatusSeeOther) //nolint:gosec // to a page of ours: the id is one
		return
	}
	s.showOperator(w, http.StatusNotFound, people.NoCall{Sent: text})
}

func (s *Server) operatorsCall(w http.ResponseWriter, r *http.Request) {
	text := strings.TrimPrefix(r.URL.Path, people.CallPath+"/")
	id, known := callid.Parse(text)
	if !known {
		s.showOperator(w, http.StatusNotFound, people.NoCall{Sent: text})
		return
	}
	page, err := s.lookup().page(r.Context(), id, theOperator(), s.config().ErrorPages())
	switch {
	case errors.Is(err, requestlog.ErrNotFound):
		s.showOperator(w, http.StatusNotFound, people.NoCall{Sent: text, IsID: true})
	case err != nil:
		s.operatorsFault(w, err)
	default:
		s.showOperator(w, http.StatusOK, page)
	}
}

// operatorsFault says what cannot be shown, and why: an operator may know every reason.
func (s *Server) operatorsFault(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if f, is := errors.AsType[*admin.Fault](notRead(err)); is {
		status = f.Status
	}
	s.showOperator(w, status, people.Message{Title: "This cannot be shown now", Text: sentence(err.Error())})
}

func (s *Server) showOperator(w http.ResponseWriter, status int, page people.View) {
	w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	if err := people.Send(w, status, page); err != nil {
		s.log.Error("a page cannot be shown", "error", err)
		http.Error(w, "This page cannot be shown; the log of the instance says why.", http.StatusInternalServerError)
	}
}
