package admission_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// TestHidden: for whom lacks its product a hidden route is no route. Whatever is asked of it, the answer is, to the last fact, what it would be if the route
// were not there.
func TestHidden(t *testing.T) {
	without := apis()
	without[0].Routes = slices.DeleteFunc(without[0].Routes, func(r route.Spec) bool { return r.Hidden })
	if len(without[0].Routes) != len(apis()[0].Routes)-1 {
		t.Fatal("one route of the stage must be hidden")
	}
	for _, method := range []string{"GET", "HEAD", "DELETE", "BREW", "OPTIONS", "POST"} {
		for _, token := range []string{"", bearer("altered"), bearer("expired"), bearer("revoked"), bearer("good"), bearer("gone")} {
			for _, more := range []string{"", "LinkedIn-Version: 199901", "X-HTTP-Method: PUT", circle, "Origin: https://a\r\nAccess-Control-Request-Method: GET"} {
				lines := slices.DeleteFunc([]string{token, more}, func(s string) bool { return s == "" })
				request := head(method+" /v2/ads/1", lines...)
				with, bare := newStage(t), stageOf(t, 3, without)
				hidden, v := with.admit(t, request)
				unknown, u := bare.admit(t, request)
				if v != admission.Refuses || u != admission.Refuses {
					t.Errorf("%s, %q: verdict %d of a hidden path, %d of an unknown one", method, lines, v, u)
				}
				if diff := cmp.Diff(unknown.Problem, hidden.Problem, same); diff != "" {
					t.Errorf("%s, %q (-unknown +hidden):\n%s", method, lines, diff)
				}
			}
		}
	}
}

// TestHiddenFromNobodyElse: whom it is for sees it like any other.
func TestHiddenFromNobodyElse(t *testing.T) {
	for _, c := range []struct {
		name, request string
		want          problem.Problem
	}{
		{"405", head("DELETE /v2/ads/1", bearer("partner")), problem.Problem{Type: problem.MethodNotAllowed, Method: []byte("DELETE"), Allow: []byte("GET, HEAD")}},
		{"501", head("BREW /v2/ads/1", bearer("partner")), problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailUnknownMethod, Method: []byte("BREW"), Allow: []byte("GET, HEAD")}},
		{"a hint", head("GET /v2/adz", bearer("partner")), problem.Problem{Type: problem.ResourceNotFound, Word: []byte("adz"), Nearest: "/v2/ads/**"}},
	} {
		t.Run(c.name, func(t *testing.T) { newStage(t).check(t, c.request, admission.Refuses, c.want) })
	}
}
