package server

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/candor-gateway/candor/internal/admin"
)

// TestWhoJudgesARequest: who may see it, and each is told no more than they may know.
func TestWhoJudgesARequest(t *testing.T) {
	l := newLibrary(t)
	shops, nobodys := l.failed("shop", 60), l.failed("", 61)
	l.keeps(shops, nobodys)
	at := func(id string) string { return "/v1/requests/" + id + "/judge" }
	judgement := func(p page) (told admin.Judgement) {
		t.Helper()
		if err := json.Unmarshal([]byte(p.body), &told); p.status != 200 || err != nil {
			t.Fatalf("%d %v: %s", p.status, err, p.body)
		}
		return told
	}
	owner, operator := judgement(l.byKey(l.keys["eve"], at(shops.RequestID))), judgement(l.signedIn("olga").get(at(shops.RequestID)))
	if owner.Verdict != operator.Verdict || owner.Text != operator.Text || len(owner.Checks) > len(operator.Checks) {
		t.Errorf("the owner is told %+v, and the operator %+v", owner, operator)
	}
	if slices.ContainsFunc(owner.Checks, func(c admin.RouteCheck) bool { return c.Mode != "" }) {
		t.Errorf("modes are told: %+v", owner.Checks)
	}
	if told := judgement(l.byKey(l.keys["bob"], at(nobodys.RequestID))); told.Verdict != admin.CannotTell || told.Checks != nil || told.Now != nil {
		t.Errorf("of nobody's call a developer is told %+v", told)
	}
	if p := l.byKey(l.keys["bob"], at(shops.RequestID)); p.status != 404 {
		t.Errorf("another's: %d %s", p.status, p.body)
	}
	if p := l.byKey(l.keys["eve"], at(shops.RequestID)+"/explanation"); p.status != 404 {
		t.Errorf("an explanation of a judgement: %d %s", p.status, p.body)
	}
}

// TestWhatADeveloperIsToldOfAJudgement ends with the first refusal, and has nothing of what is only observed.
func TestWhatADeveloperIsToldOfAJudgement(t *testing.T) {
	all := []admin.RouteCheck{
		{Check: "credential", Mode: "enforce", Verdict: "passes"},
		{Check: "version", Mode: "observe", Verdict: "would refuse"},
		{Check: "path", Mode: "enforce", Verdict: "refuses"},
		{Check: "permission", Mode: "enforce", Verdict: "refuses"},
	}
	told := forDeveloper(admin.Judgement{Checks: all})
	want := []admin.RouteCheck{{Check: "credential", Verdict: "passes"}, {Check: "path", Verdict: "refuses"}}
	if !slices.Equal(told.Checks, want) {
		t.Errorf("%+v", told.Checks)
	}
}
