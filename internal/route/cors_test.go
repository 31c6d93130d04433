package route

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

func TestPreflight(t *testing.T) {
	block := &CORSSpec{
		Origins: []string{"https://app.example.com", "http://localhost:3000", "null"}, Methods: []string{"GET", "PATCH"}, Headers: []string{"Authorization", "X-A"}, MaxAge: 10 * time.Minute,
	}
	every := &CORSSpec{Origins: []string{"*"}, Methods: []string{"*"}, Headers: []string{"*"}}
	cookies := &CORSSpec{Origins: []string{"https://app.example.com"}, Methods: []string{"*"}, Headers: []string{"*"}, Credentials: true}
	told := func(origin string, denied problem.Detail, lacking []byte) Preflight {
		return Preflight{Origin: []byte(origin), Methods: []byte("GET, PATCH"), Headers: []byte("Authorization, X-A"), MaxAge: "600", Denied: denied, Lacking: lacking}
	}
	const app = "https://app.example.com"
	good := told(app, problem.NoDetail, nil)
	foreign := Preflight{Denied: problem.DetailPreflightOrigin}
	for name, c := range map[string]struct {
		spec                    *CORSSpec
		origin, method, headers string
		want                    Preflight
	}{
		"allowed":                             {block, app, "PATCH", "x-a", good},
		"with a port":                         {block, "http://localhost:3000", "GET", "", told("http://localhost:3000", problem.NoDetail, nil)},
		"null":                                {block, "null", "GET", "", told("null", problem.NoDetail, nil)},
		"headers in any case, blanks, commas": {block, app, "GET", "AUTHORIZATION ,,\tX-a, ", good},
		"a method of the safelist":            {block, app, "POST", "", good},
		"another method":                      {block, app, "DELETE", "x-b", told(app, problem.DetailPreflightMethod, []byte("DELETE"))},
		"a method in small letters":           {block, app, "patch", "", told(app, problem.DetailPreflightMethod, []byte("patch"))},
		"a method that is empty":              {block, app, "", "", told(app, problem.DetailPreflightMethod, []byte{})},
		"another header":                      {block, app, "GET", "x-a,x-b,x-c", told(app, problem.DetailPreflightHeader, []byte("x-b"))},
		"a header that is none":               {block, app, "GET", "x a", told(app, problem.DetailPreflightHeader, []byte("x a"))},
		"other origin":                        {block, "https://evil.example", "GET", "", foreign},
		"other case":                          {block, "https://APP.example.com", "GET", "", foreign},
		"longer":                              {block, app + ".evil.example", "GET", "", foreign},
		"shorter":                             {block, "https://app.example.co", "GET", "", foreign},
		"other scheme":                        {block, "http://app.example.com", "GET", "", foreign},
		"other port":                          {block, app + ":8443", "GET", "", foreign},
		"its own port":                        {block, app + ":443", "GET", "", foreign},
		"a slash":                             {block, app + "/", "GET", "", foreign},
		"two origins":                         {block, app + " http://localhost:3000", "GET", "", foreign},
		"no origin":                           {block, "", "GET", "", foreign},
		"every":                               {every, "https://x.example", "PURGE", "x-a, x-b", Preflight{Origin: star, Methods: []byte("PURGE"), Headers: []byte("x-a, x-b")}},
		"every, none asked":                   {every, "https://x.example", "GET", "", Preflight{Origin: star, Methods: []byte("GET")}},
		"every, no list":                      {every, "null", "G T", "x-a: b", Preflight{Origin: star, Denied: problem.DetailPreflightMethod, Lacking: []byte("G T")}},
		"every, no list of headers":           {every, "null", "PUT", "x-a: b", Preflight{Origin: star, Methods: []byte("PUT"), Denied: problem.DetailPreflightHeader, Lacking: []byte("x-a: b")}},
		"credentials":                         {cookies, app, "PUT", "x-a", Preflight{Origin: []byte(app), Methods: []byte("PUT"), Headers: []byte("x-a"), Credentials: true}},
		"credentials, other origin":           {cookies, "https://evil.example", "PUT", "x-a", foreign},
		"credentials, null":                   {cookies, "null", "PUT", "x-a", foreign},
		"credentials, a star is no origin":    {cookies, "*", "PUT", "x-a", foreign},
	} {
		cors, err := NewCORS(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, cors.Preflight([]byte(c.origin), []byte(c.method), []byte(c.headers))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := (*CORS)(nil).Preflight([]byte(app), []byte("GET"), nil); got.Origin != nil {
		t.Errorf("off: %+v", got)
	}
}

func TestCORSSpecsThatCannotBe(t *testing.T) {
	const expected = " is not a valid origin: expected scheme, host and port as browsers send them, as in https://app.example.com or http://localhost:3000, or *"
	app := []string{"https://app.example.com"}
	for _, c := range []struct {
		want string
		spec CORSSpec
	}{
		{`the origins are missing, as in ["https://app.example.com"]`, CORSSpec{}},
		{`"app.example"` + expected, CORSSpec{Origins: []string{"app.example"}}},
		{`""` + expected, CORSSpec{Origins: []string{""}}},
		{`"https://"` + expected, CORSSpec{Origins: []string{"https://"}}},
		{`"ht tp://a"` + expected, CORSSpec{Origins: []string{"ht tp://a"}}},
		{`"//app.example"` + expected, CORSSpec{Origins: []string{"//app.example"}}},
		{`"https://*.example.com" is not a valid origin: origins are compared whole, so list each one, or say * alone`, CORSSpec{Origins: []string{"https://*.example.com"}}},
		{`"https://a.example/" is not a valid origin: browsers send it without the slash at the end: https://a.example`, CORSSpec{Origins: []string{"https://a.example/"}}},
		{`"https://a.example/app" is not a valid origin: an origin has no path: https://a.example`, CORSSpec{Origins: []string{"https://a.example/app"}}},
		{`"https://a.example?x" is not a valid origin: an origin has no path: https://a.example`, CORSSpec{Origins: []string{"https://a.example?x"}}},
		{`"HTTPS://A.example" is not a valid origin: browsers send it in small letters: https://a.example`, CORSSpec{Origins: []string{"HTTPS://A.example"}}},
		{`"https://a.example:443" is not a valid origin: browsers leave out the port that https has anyway: https://a.example`, CORSSpec{Origins: []string{"https://a.example:443"}}},
		{`"http://[::1]:80" is not a valid origin: browsers leave out the port that http has anyway: http://[::1]`, CORSSpec{Origins: []string{"http://[::1]:80"}}},
		{`"http://a.example:99999" is not a valid origin: its port is not a number from 1 to 65535`, CORSSpec{Origins: []string{"http://a.example:99999"}}},
		{`"http://a.example:" is not a valid origin: its port is not a number from 1 to 65535`, CORSSpec{Origins: []string{"http://a.example:"}}},
		{`"https://u@a.example" is not a valid origin: its host is made of letters, digits, '.', '-' and '_'; a name in other letters is sent as xn--`, CORSSpec{Origins: []string{"https://u@a.example"}}},
		{`"https://bücher.example" is not a valid origin: its host is made of letters, digits, '.', '-' and '_'; a name in other letters is sent as xn--`, CORSSpec{Origins: []string{"https://bücher.example"}}},
		{`"X A" is not a valid name of a method or header`, CORSSpec{Origins: []string{"*"}, Headers: []string{"X A"}}},
		{`"X:" is not a valid name of a method or header`, CORSSpec{Origins: []string{"*"}, Expose: []string{"X:"}}},
		{`credentials: true would let every web site act for whoever visits it; list the origins in place of "*"`, CORSSpec{Origins: []string{"*"}, Credentials: true}},
		{
			`credentials: true would let every web site act for whoever visits it, since a sandboxed frame of any site has the origin "null"; leave "null" out`,
			CORSSpec{Origins: []string{"https://a.example", "null"}, Credentials: true},
		},
		{`expose: ["*"] means nothing to a script that sends credentials (Fetch standard); list the headers`, CORSSpec{Origins: app, Expose: []string{"*"}, Credentials: true}},
	} {
		if _, err := NewCORS(&c.spec); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	for _, origin := range []string{"*", "null", "http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:3000", "https://xn--bcher-kva.example", "capacitor://localhost", "chrome-extension://abcdef", "https://a.example:80"} {
		if fault := OriginFault(origin); fault != "" {
			t.Errorf("%q %s", origin, fault)
		}
	}
}
