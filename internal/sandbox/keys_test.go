package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// asked makes a call with a bearer token, and gives the status and the body.
func asked(t *testing.T, url, bearer string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// The key of sandbox.json tells from the first moment what became of a call, at each start another one, of which the last is good.
func TestDeveloperKeyLooksUp(t *testing.T) {
	dir, before := t.TempDir(), ""
	for range 2 {
		b := runBox(t, Options{Profile: problem.LinkedIn, Data: dir})
		key := b.Developers[0].Key
		if !strings.Contains(b.printed, "CANDOR_KEY="+key+" candor explain ID --server "+b.WWW+"\n") {
			t.Errorf("the key is not printed:\n%s", b.printed)
		}
		_, answer := asked(t, b.API+"/v2/nowhere", b.Tokens.Good)
		var failed struct{ RequestID string }
		if err := json.Unmarshal([]byte(answer), &failed); err != nil || failed.RequestID == "" {
			t.Fatalf("%v: %s", err, answer)
		}
		status, found := asked(t, b.WWW+"/v1/requests?id="+failed.RequestID, key)
		if status != 200 || !strings.Contains(found, failed.RequestID) || !strings.Contains(found, b.Apps[demoApp].Name) {
			t.Errorf("%d: %s", status, found)
		}
		if before != "" {
			if status, _ = asked(t, b.WWW+"/v1/requests?id="+failed.RequestID, before); status != 401 {
				t.Errorf("the key of the start before: %d", status)
			}
		}
		before = key
		if err := b.stop(); err != nil {
			t.Fatal(err)
		}
	}
}
