package server

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// TestSignInByPassword: the way in, to what waits, and out.
func TestSignInByPassword(t *testing.T) {
	l := newLobby(t, "accounts: true, developers: [ada@example.com]")
	v := l.visitor()
	first := v.get("/sign-in")
	if first.status != 200 || len(v.cookies()) != 0 || !strings.Contains(first.body, `name="password"`) || strings.Contains(first.body, "Continue with") {
		t.Errorf("%d with %d cookies: %s", first.status, len(v.cookies()), first.body)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
	} {
		if got := first.head.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if to := v.get("/account").to(); to != "/sign-in?next=%2Faccount" {
		t.Errorf("who is not signed in is led to %q", to)
	}
	if to := v.signIn("next", "/account"); to != "/account" {
		t.Errorf("signed in, to %q", to)
	}
	if got := v.who(); got != "ada@example.com|ada|developer|" {
		t.Errorf("is %s", got)
	}
	if p := v.get("/sign-in"); p.status != 303 || p.to() != "/account" {
		t.Errorf("who is signed in: %d to %q", p.status, p.to())
	}
	if p := v.get("/account"); p.status != 200 || !strings.Contains(p.body, "ada@example.com") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := v.get("/sign-out"); p.status != 200 || !strings.Contains(p.body, `action="/sign-out"`) {
		t.Errorf("%d %s", p.status, p.body)
	}
	v.is("ada@example.com") // a link alone signs nobody out
	if p := v.post("/sign-out"); p.status != 303 || p.to() != "/sign-out" {
		t.Errorf("%d to %s", p.status, p.to())
	}
	v.is("")
	if p := v.get("/sign-out"); !strings.Contains(p.body, "You are signed out") {
		t.Error(p.body)
	}
	if p := v.get("/people.css"); p.status != 200 || p.head.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the style: %d", p.status)
	}
}

// TestNotSignedIn: what is said, and that it is the same whether there is such an account.
func TestNotSignedIn(t *testing.T) {
	l := newLobby(t, "accounts: true")
	var texts []string
	for _, pair := range [][2]string{{"ada@example.com", "wrong"}, {"nobody@example.com", adasPassword}, {"eve@example.com", ""}} {
		before := l.passwords.Done()
		p := l.visitor().post("/sign-in", "email", pair[0], "password", pair[1])
		if n := l.passwords.Done() - before; p.status != 403 || n != 1 || !strings.Contains(p.body, p.head.Get("X-Request-Id")) {
			t.Errorf("%s: %d after %d hashes: %s", pair[0], p.status, n, p.body)
		}
		texts = append(texts, strings.NewReplacer(pair[0], "", p.head.Get("X-Request-Id"), "").Replace(p.body))
	}
	if texts[0] != texts[1] || texts[0] != texts[2] || !strings.Contains(texts[0], "The e-mail address or the password is wrong.") {
		t.Errorf("refusals differ: %q", texts)
	}
	v := l.visitor()
	hostile := `"><script>alert(1)</script>' OR 1=1 --` + strings.Repeat("x", 5000)
	if p := v.post("/sign-in", "email", hostile, "password", hostile); p.status != 403 || strings.Contains(p.body, "<script") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := v.post("/sign-in", "email", strings.Repeat("x", 70<<10)); p.status != 413 {
		t.Errorf("a large form: %d", p.status)
	}
	if p := v.ask(http.MethodPost, "/sign-in", nil, "Content-Type", "multipart/form-data"); p.status != 400 && p.status != 403 {
		t.Errorf("another kind of form: %d", p.status)
	}
	if p := v.ask(http.MethodPut, "/sign-in", nil); p.status != 405 {
		t.Errorf("PUT: %d", p.status)
	}
	for range 4 {
		v.post("/sign-in", "email", "ada@example.com", "password", "wrong")
	}
	p := v.post("/sign-in", "email", "ada@example.com", "password", adasPassword)
	if p.status != 429 || p.head.Get("Retry-After") != "2" || !strings.Contains(p.body, "try again in 2 seconds") {
		t.Errorf("%d after %s: %s", p.status, p.head.Get("Retry-After"), p.body)
	}
	l.wait(time.Minute)
	v.signIn()
}

// TestRestrictedMember: who was restricted is told so, at the sign-in and while signed in.
func TestRestrictedMember(t *testing.T) {
	l := newLobby(t, "accounts: true")
	v := l.visitor()
	v.signIn()
	m, err := l.core.store.Member(t.Context(), "ada")
	if err != nil {
		t.Fatal(err)
	}
	if err = l.RestrictMember(t.Context(), m.ID, true); err != nil {
		t.Fatal(err)
	}
	v.is("")
	if p := v.post("/sign-in", "email", "ada@example.com", "password", adasPassword); p.status != 403 || !strings.Contains(p.body, "This account is restricted") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if err = l.RestrictMember(t.Context(), m.ID, false); err != nil {
		t.Fatal(err)
	}
	v.signIn()
	v.is("ada@example.com")
}

// TestWhatWaits: a request of an app goes through the sign-in, in its browser alone.
func TestWhatWaits(t *testing.T) {
	l := newLobby(t, "accounts: true")
	v, stranger := l.visitor(), l.visitor()
	id := v.hold()
	p := v.get("/sign-in?request=" + id + "&login_hint=ada@example.com")
	if p.status != 200 || !strings.Contains(p.body, ">Shop<") || !strings.Contains(p.body, `value="ada@example.com"`) || !strings.HasSuffix(p.head.Get("Content-Security-Policy"), "form-action 'self' https://shop.example") {
		t.Errorf("%d %v %s", p.status, p.head, p.body)
	}
	for _, q := range []page{stranger.get("/sign-in?request=" + id), stranger.post("/sign-in", "email", "ada@example.com", "password", adasPassword, "request", id)} {
		if q.status != 400 || !strings.Contains(q.body, "This request belongs to another browser") {
			t.Errorf("in another browser: %d %s", q.status, q.body)
		}
	}
	stranger.is("")
	if to := v.post("/sign-in", "request", id, "decision", "cancel").to(); to != "/oauth/v2/consent?request="+id+"&decision=cancel" {
		t.Errorf("cancelled: to %s", to)
	}
	if to := v.signIn("request", id); to != "/oauth/v2/consent?request="+id {
		t.Errorf("signed in: to %s", to)
	}
	if got := v.get("/test/who?request=" + id).body; got != "ada@example.com|ada||a request" {
		t.Error(got)
	}
	if p := v.get("/sign-in?request=" + id); p.status != 200 { // prompt=login
		t.Errorf("who is signed in, and asked again: %d", p.status)
	}
	if to := v.post("/sign-out", "request", id).to(); to != "/sign-in?request="+id {
		t.Errorf("somebody else goes on: %s", to)
	}
	if got := v.get("/test/who?request=" + id).body; got != "|||a request" {
		t.Error(got)
	}
	l.wait(time.Hour)
	if q := v.get("/sign-in?request=" + id); q.status != 400 || !strings.Contains(q.body, "This page has been open too long") {
		t.Errorf("an hour later: %d %s", q.status, q.body)
	}
}

// TestAccountPage: another password, all browsers out, and what is said of mistakes.
func TestAccountPage(t *testing.T) {
	const next = "another horse, another battery"
	l := newLobby(t, "accounts: true")
	v, other := l.visitor(), l.visitor()
	v.signIn()
	other.signIn()
	for name, c := range map[string]struct {
		now, next, again string
		status           int
		says             string
	}{
		"wrong":       {"wrong", next, next, 403, "The password that you have now is another."},
		"not alike":   {adasPassword, next, next + "x", 400, "not the same both times"},
		"short":       {adasPassword, "short", "short", 400, "A password has at least 12 characters, this one has 5."},
		"the address": {adasPassword, "ada@example.com", "ada@example.com", 400, "The password must not be the e-mail address."},
	} {
		p := v.post("/account", "do", "change-password", "password", c.now, "new", c.next, "again", c.again)
		if p.status != c.status || !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	if p := v.post("/account", "do", "something"); p.status != 400 {
		t.Errorf("nothing known: %d", p.status)
	}
	other.is("ada@example.com")
	p := v.post("/account", "do", "change-password", "password", adasPassword, "new", next, "again", next)
	if p.status != 303 || p.to() != "/account?done=password" || !strings.Contains(v.get(p.to()).body, "Your password is changed") {
		t.Errorf("%d %s", p.status, p.body)
	}
	v.is("ada@example.com")
	other.is("")
	if q := other.post("/account", "do", "sign-out-everywhere"); q.status != 403 || !strings.Contains(q.body, "You have been signed out") {
		t.Errorf("%d %s", q.status, q.body)
	}
	testkit.Until(t, "the line says so", func() bool { return strings.Contains(l.out.String(), `"problem":"signed_out"`) })
	if q := other.post("/sign-in", "email", "ada@example.com", "password", next); q.status != 303 {
		t.Errorf("with the new one: %d", q.status)
	}
	if q := v.post("/account", "do", "sign-out-everywhere"); q.to() != "/sign-out" {
		t.Errorf("to %s", q.to())
	}
	v.is("")
	other.is("")
}

// TestSessionsOutliveTheProcess, and how long they do.
func TestSessionsOutliveTheProcess(t *testing.T) {
	l := newLobby(t, "accounts: true")
	v := l.visitor()
	v.signIn()
	waiting := l.visitor()
	id := waiting.hold()
	l.close()
	l.open("accounts: true")
	v.is("ada@example.com")
	if got := waiting.get("/test/who?request=" + id).body; got != "|||a request" {
		t.Error(got)
	}
	if err := l.Reload(t.Context(), l.config("accounts: true, operators: [ada@example.com]")); err != nil {
		t.Fatal(err)
	}
	if got := v.who(); got != "ada@example.com|ada|operator|" {
		t.Errorf("after a reload: %s", got)
	}
	l.wait(12*time.Hour - time.Minute)
	v.is("ada@example.com")
	l.wait(12 * time.Hour)
	v.is("")
	if err := l.Reload(t.Context(), l.config("trusted_proxies: []")); err != nil {
		t.Fatal(err)
	}
	if p := v.get("/sign-in"); p.status != 404 {
		t.Errorf("switched off: %d", p.status)
	}
}

// TestNoSecretsAreLeft: neither passwords nor the secrets of cookies are in what is written, logs and database.
func TestNoSecretsAreLeft(t *testing.T) {
	at := testkit.NewProvider(t)
	l := newLobby(t, "accounts: true, "+providerOf(at))
	v := l.visitor()
	v.signIn()
	v.post("/sign-in", "email", "ada@example.com", "password", "a-wrong-password-of-mine")
	other := l.visitor()
	back := other.throughProvider("")
	other.get(back)
	secrets := []string{adasPassword, "a-wrong-password-of-mine", testkit.ProviderSecret}
	for _, c := range append(v.cookies(), other.cookies()...) {
		secrets = append(secrets, c.Value)
	}
	q, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, q.Query().Get("code"))
	l.close()
	written := l.log.String() + l.out.String()
	files, err := filepath.Glob(filepath.Join(l.dir, "data", "state.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		written += string(text)
	}
	for _, secret := range secrets {
		if len(secret) < 10 || strings.Contains(written, secret) {
			t.Errorf("%q is written", secret)
		}
	}
}

// TestPanicWithinASession: it is a 500 of this visit alone, and half an answer is none.
func TestPanicWithinASession(t *testing.T) {
	l := newLobby(t, "accounts: true")
	v := l.visitor()
	if p := v.get("/test/panic"); p.status != 500 || strings.Contains(p.body, "half an answer") {
		t.Errorf("%d %s", p.status, p.body)
	}
	v.signIn()
	v.is("ada@example.com")
}

// TestBehindABalancer: cookies are as public_url says, whatever the connection is, and who guesses is whom the balancer names.
func TestBehindABalancer(t *testing.T) {
	l := newLobby(t, "accounts: true, trusted_proxies: [127.0.0.1]", "https://www.example")
	v := l.visitor()
	form := url.Values{"email": {"ada@example.com"}, "password": {adasPassword}}
	from := func(address, password string) page {
		form.Set("password", password)
		return v.ask(http.MethodPost, "/sign-in", form, "X-Forwarded-For", address, "Origin", "https://www.example")
	}
	p := from("192.0.2.1", adasPassword)
	cookies := strings.Join(p.head.Values("Set-Cookie"), "\n")
	for _, want := range []string{"__Host-candor=", "__Host-candor-browser=", "Path=/; HttpOnly; Secure; SameSite=Lax", "Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax"} {
		if p.status != 303 || !strings.Contains(cookies, want) || strings.Contains(cookies, "Domain") {
			t.Errorf("%d, no %s in %s", p.status, want, cookies)
		}
	}
	for range 6 {
		p = from("192.0.2.2", "wrong")
	}
	if p.status != 429 {
		t.Errorf("the sixth guess: %d", p.status)
	}
	if p = from("192.0.2.3", adasPassword); p.status != 303 {
		t.Errorf("from elsewhere: %d", p.status)
	}
}

// TestBrowserIsKnownAfterARestart: what it is known by outlives the process, since who guesses does so, too.
func TestBrowserIsKnownAfterARestart(t *testing.T) {
	l := newLobby(t, "accounts: true")
	v := l.visitor()
	v.signIn()
	l.close()
	l.open("accounts: true")
	for range 6 {
		l.visitor().post("/sign-in", "email", "ada@example.com", "password", "wrong")
	}
	if p := l.visitor().post("/sign-in", "email", "ada@example.com", "password", adasPassword); p.status != 429 {
		t.Errorf("a browser that is not known: %d", p.status)
	}
	v.signIn()
}
