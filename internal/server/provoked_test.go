package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/candor-gateway/candor/problem"
)

// limited is an answer's writer that notes the limits of its connection.
type limited struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (l *limited) SetReadDeadline(t time.Time) error  { l.read = t; return nil }
func (l *limited) SetWriteDeadline(t time.Time) error { l.write = t; return nil }

// A request that is held up on purpose has its time for the body and for the answer behind that, as every other.
func TestAFaultTakesNoTimeOfTheRequest(t *testing.T) {
	t.Parallel()
	w := &limited{ResponseRecorder: httptest.NewRecorder()}
	var during limited
	s := &Server{o: Options{Sandbox: Sandbox{Fault: func(http.Header, *http.Request) (string, *problem.OAuthProblem) {
		during = *w
		return "", nil
	}}}}
	begun := time.Now()
	if p := s.provoked(w, httptest.NewRequest(http.MethodPost, "/oauth/v2/accessToken", nil)); p != nil {
		t.Fatal(p)
	}
	if least := begun.Add(time.Minute); during.read.Before(least) || during.write.Before(least) {
		t.Errorf("a minute is not given: %s, %s", during.read.Sub(begun), during.write.Sub(begun))
	}
	over := time.Now()
	if w.read.Before(begun.Add(wwwRead)) || w.read.After(over.Add(wwwRead)) || w.write.Before(begun.Add(wwwWrite)) || w.write.After(over.Add(wwwWrite)) {
		t.Errorf("the time afterwards is %s and %s", w.read.Sub(begun), w.write.Sub(begun))
	}
}
