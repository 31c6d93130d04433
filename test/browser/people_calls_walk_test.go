package browser

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/token"
)

// TestDeveloperWalks: from the sign-in to what the app did, from there to the call that failed and why, and back, as the program shows it.
func TestDeveloperWalks(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	if _, err := r.Accounts().CreateStaff(t.Context(), admin.Developer, admin.AccountRequest{Email: "maker@example.com", Password: password}); err != nil {
		t.Fatal(err)
	}
	made, err := r.Mint(t.Context(), token.Order{App: "photo-shop", Member: "ada", Scopes: []string{"w_posts"}, Life: time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.people+"?of=%3Cscript%3Edocument.title='ran'%3C/script%3E", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+made.Token)
	q.Header.Set("User-Agent", `<img src=x onerror="document.title='ran'">`)
	answer, err := shop.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	id := answer.Header.Get("X-Request-Id")
	if answer.StatusCode != 403 || id == "" {
		t.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	p.goes(r.www + "/requests/" + id)
	p.heading("Sign in")
	p.do(chromedp.SendKeys(css("#email"), "maker@example.com"), chromedp.SendKeys(css("#password"), password+kb.Enter))
	p.heading("GET /v2/me → 403 access_denied")
	p.looks("call")
	p.do(chromedp.Click(css(`a[href="/usage?app=photo-shop"]`)))
	p.heading("Usage of photo-shop")
	p.looks("usage")
	p.do(chromedp.Click(css(`.failures a`)))
	p.heading("GET /v2/me → 403 access_denied")
	p.do(chromedp.Click(css(`a[href="/errors/access_denied"]`)))
	p.heading("Access denied")
	for _, said := range p.said() {
		if !strings.Contains(said, "Failed to load resource") {
			t.Errorf("the console says %s", said)
		}
	}
}
