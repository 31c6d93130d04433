package httpcache_test

import (
	"testing"

	"github.com/candor-gateway/candor/httpcache"
)

// RFC 9111 §3: what may be stored by whom, and what is of no use.
func TestStorable(t *testing.T) {
	t.Parallel()
	shared, private, own, cookies := httpcache.Rules{}, httpcache.Rules{Private: true}, httpcache.Rules{Own: true}, httpcache.Rules{SetCookie: true}
	const lasts = "Cache-Control: max-age=60"
	for name, c := range map[string]struct {
		method  string // GET where it is ""
		request lines
		status  int // 200 where it is 0
		answer  lines
		rules   httpcache.Rules
		want    httpcache.Reason
	}{
		"fresh for a time":                {answer: lasts, rules: shared, want: httpcache.Stores},
		"POST":                            {method: "POST", answer: lasts, want: httpcache.NotGET},
		"HEAD":                            {method: "HEAD", answer: lasts, want: httpcache.NotGET},
		"get":                             {method: "get", answer: lasts, want: httpcache.NotGET},
		"an interim answer":               {status: 103, answer: lasts, want: httpcache.NotFinal},
		"a part":                          {status: 206, answer: lasts, want: httpcache.NotFinal},
		"304":                             {status: 304, answer: lasts, want: httpcache.NotFinal},
		"an error that lasts":             {status: 500, answer: lasts, want: httpcache.Stores},
		"a status that nobody knows":      {status: 599, answer: lasts, want: httpcache.Stores},
		"the request does not want it":    {request: "Cache-Control: no-store", answer: lasts, want: httpcache.NotWanted},
		"no-cache of the request is not":  {request: "Cache-Control: no-cache", answer: lasts, want: httpcache.Stores},
		"the answer forbids it":           {answer: "Cache-Control: max-age=60, no-store", want: httpcache.Forbidden},
		"must-understand outweighs that":  {answer: "Cache-Control: max-age=60, no-store, must-understand", want: httpcache.Stores},
		"what is not understood":          {status: 599, answer: "Cache-Control: max-age=60, must-understand", want: httpcache.Forbidden},
		"of one user":                     {answer: "Cache-Control: private, max-age=60", want: httpcache.OfOneUser},
		"of one user, under his own key":  {answer: "Cache-Control: private, max-age=60", rules: own, want: httpcache.OfOneUser},
		"of one user, by himself":         {answer: "Cache-Control: private, max-age=60", rules: private, want: httpcache.Stores},
		"some fields of one user":         {answer: `Cache-Control: private="x", max-age=60`, want: httpcache.OfOneUser},
		"to a credential":                 {request: "Authorization: x", answer: lasts, want: httpcache.WithCredentials},
		"to a cookie":                     {request: "Cookie: a=b", answer: lasts, want: httpcache.WithCredentials},
		"to a credential, its own key":    {request: "Authorization: x", answer: lasts, rules: own, want: httpcache.Stores},
		"to a credential, private cache":  {request: "Authorization: x", answer: lasts, rules: private, want: httpcache.Stores},
		"to a credential, public":         {request: "Authorization: x", answer: "Cache-Control: public, max-age=60", want: httpcache.Stores},
		"to a credential, s-maxage":       {request: "Authorization: x", answer: "Cache-Control: s-maxage=60", want: httpcache.Stores},
		"to a credential, revalidated":    {request: "Cookie: x", answer: "Cache-Control: max-age=60, must-revalidate", want: httpcache.Stores},
		"to one, proxy-revalidate is not": {request: "Cookie: x", answer: "Cache-Control: max-age=60, proxy-revalidate", want: httpcache.WithCredentials},
		"public and private":              {request: "Cookie: x", answer: "Cache-Control: public, private, max-age=60", want: httpcache.OfOneUser},
		"it sets a cookie":                {answer: lasts + "\nSet-Cookie: a=b", want: httpcache.SetsCookie},
		"it sets a cookie, as is wanted":  {answer: lasts + "\nSet-Cookie: a=b", rules: cookies, want: httpcache.Stores},
		"it sets one, its own key":        {answer: lasts + "\nSet-Cookie: a=b", rules: own, want: httpcache.SetsCookie},
		"it sets one, private cache":      {answer: lasts + "\nSet-Cookie: a=b", rules: private, want: httpcache.Stores},
		"it varies by all":                {answer: lasts + "\nVary: *", want: httpcache.VariesByAll},
		"nothing says for how long":       {answer: "", want: httpcache.NoLifetime},
		"no guess by Last-Modified alone": {status: 201, answer: "Last-Modified: Sun, 01 Mar 2020 12:00:00 GMT", want: httpcache.NoLifetime},
		"the origin can be asked":         {answer: `ETag: "a"`, want: httpcache.Stores},
		"asked by its date":               {answer: "Last-Modified: Sun, 01 Mar 2020 12:00:00 GMT", want: httpcache.Stores},
		"a tag that is none":              {answer: "ETag: a", want: httpcache.NoLifetime},
		"302 and a tag":                   {status: 302, answer: `ETag: "a"`, want: httpcache.NoLifetime},
		"302, public, and a tag":          {status: 302, answer: "Cache-Control: public\n" + `ETag: "a"`, want: httpcache.Stores},
		"no-cache without a tag":          {answer: "Cache-Control: no-cache, max-age=60", want: httpcache.NoLifetime},
		"no-cache with a tag":             {answer: "Cache-Control: no-cache\n" + `ETag: W/"a"`, want: httpcache.Stores},
		"stale when it comes":             {answer: lasts + "\nAge: 60", want: httpcache.NoLifetime},
		"stale, and good for an error":    {answer: "Cache-Control: max-age=0, stale-if-error=60", want: httpcache.Stores},
		"stale, and good for nothing":     {answer: "Cache-Control: max-age=0, stale-if-error=60, must-revalidate", want: httpcache.NoLifetime},
		"past Expires":                    {answer: "Expires: 0", want: httpcache.NoLifetime},
	} {
		method, status := c.method, c.status
		if method == "" {
			method = "GET"
		}
		if status == 0 {
			status = 200
		}
		q, a := httpcache.ReadQuestion(c.request), httpcache.ReadAnswer(c.answer, status, now, now)
		if got := httpcache.Storable(method, &q, &a, c.rules); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// RFC 9111 §4: how a stored answer may be used.
func TestLook(t *testing.T) {
	t.Parallel()
	private, own := httpcache.Rules{Private: true}, httpcache.Rules{Own: true}
	const hour = "Cache-Control: max-age=3600"
	for name, c := range map[string]struct {
		request, answer lines
		after           int64 // s since it came
		rules           httpcache.Rules
		want            httpcache.Verdict
		onError         bool
	}{
		"fresh":                                 {answer: hour, after: 3599, want: httpcache.Fresh},
		"stale":                                 {answer: hour, after: 3600, want: httpcache.Ask},
		"no lifetime":                           {answer: `ETag: "a"`, want: httpcache.Ask},
		"no-cache of the answer":                {answer: "Cache-Control: max-age=3600, no-cache, stale-if-error=9", want: httpcache.Ask},
		"no-cache for some fields":              {answer: `Cache-Control: max-age=3600, no-cache="x"`, want: httpcache.Ask},
		"no-cache of the request":               {request: "Cache-Control: no-cache", answer: "Cache-Control: max-age=3600, stale-if-error=9", want: httpcache.Ask},
		"Pragma":                                {request: "Pragma: x, no-cache", answer: hour, want: httpcache.Ask},
		"Pragma beside Cache-Control":           {request: "Pragma: no-cache\nCache-Control: max-age=9999", answer: hour, want: httpcache.Fresh},
		"Pragma of the answer means nothing":    {answer: hour + "\nPragma: no-cache", want: httpcache.Fresh},
		"max-age of the request":                {request: "Cache-Control: max-age=10", answer: hour, after: 11, want: httpcache.Ask, onError: true},
		"max-age that it is within":             {request: "Cache-Control: max-age=10", answer: hour, after: 10, want: httpcache.Fresh},
		"max-age and max-stale":                 {request: "Cache-Control: max-age=10, max-stale=5", answer: hour, after: 15, want: httpcache.Fresh},
		"min-fresh":                             {request: "Cache-Control: min-fresh=10", answer: hour, after: 3591, want: httpcache.Ask, onError: true},
		"min-fresh that it is within":           {request: "Cache-Control: min-fresh=10", answer: hour, after: 3590, want: httpcache.Fresh},
		"any staleness":                         {request: "Cache-Control: max-stale", answer: hour, after: 99999, want: httpcache.Fresh},
		"some staleness":                        {request: "Cache-Control: max-stale=10", answer: hour, after: 3610, want: httpcache.Fresh},
		"more staleness":                        {request: "Cache-Control: max-stale=10", answer: hour, after: 3611, want: httpcache.Ask},
		"staleness against must-revalidate":     {request: "Cache-Control: max-stale", answer: "Cache-Control: max-age=1, must-revalidate", after: 2, want: httpcache.Ask},
		"against proxy-revalidate":              {request: "Cache-Control: max-stale", answer: "Cache-Control: max-age=1, proxy-revalidate", after: 2, want: httpcache.Ask},
		"against proxy-revalidate, private":     {request: "Cache-Control: max-stale", answer: "Cache-Control: max-age=1, proxy-revalidate", after: 2, rules: private, want: httpcache.Fresh},
		"against s-maxage":                      {request: "Cache-Control: max-stale", answer: "Cache-Control: s-maxage=1", after: 2, want: httpcache.Ask},
		"while it is asked":                     {answer: "Cache-Control: max-age=1, stale-while-revalidate=5", after: 5, want: httpcache.Meanwhile},
		"while it is asked, too late":           {answer: "Cache-Control: max-age=1, stale-while-revalidate=5", after: 6, want: httpcache.Ask},
		"while it is asked, s-maxage":           {answer: "Cache-Control: s-maxage=1, stale-while-revalidate=5", after: 2, want: httpcache.Ask},
		"while it is asked, must-revalidate":    {answer: "Cache-Control: max-age=1, must-revalidate, stale-while-revalidate=5", after: 2, want: httpcache.Ask},
		"while it is asked, and max-age":        {request: "Cache-Control: max-age=0", answer: "Cache-Control: max-age=1, stale-while-revalidate=5", after: 2, want: httpcache.Ask},
		"on an error":                           {answer: "Cache-Control: max-age=1, stale-if-error=5", after: 6, want: httpcache.Ask, onError: true},
		"on an error, too late":                 {answer: "Cache-Control: max-age=1, stale-if-error=5", after: 7, want: httpcache.Ask},
		"on an error, must-revalidate":          {answer: "Cache-Control: max-age=1, stale-if-error=5, must-revalidate", after: 2, want: httpcache.Ask},
		"on an error, s-maxage":                 {answer: "Cache-Control: s-maxage=1, stale-if-error=5", after: 2, want: httpcache.Ask},
		"on an error, as the caller says":       {request: "Cache-Control: stale-if-error=9", answer: "Cache-Control: max-age=1", after: 9, want: httpcache.Ask, onError: true},
		"on an error, less says the caller":     {request: "Cache-Control: stale-if-error=2", answer: "Cache-Control: max-age=1, stale-if-error=99", after: 9, want: httpcache.Ask},
		"stale without a word on errors":        {answer: hour, after: 3600, want: httpcache.Ask},
		"only if cached, and it is":             {request: "Cache-Control: only-if-cached", answer: hour, want: httpcache.Fresh},
		"only if cached, and it is stale":       {request: "Cache-Control: only-if-cached", answer: hour, after: 3600, want: httpcache.Unavailable},
		"with credentials":                      {request: "Authorization: x", answer: hour, want: httpcache.Another},
		"with a cookie":                         {request: "Cookie: x", answer: hour, want: httpcache.Another},
		"with credentials, for all":             {request: "Authorization: x", answer: "Cache-Control: public, max-age=1", want: httpcache.Fresh},
		"with credentials, of its own":          {request: "Authorization: x", answer: hour, rules: own, want: httpcache.Fresh},
		"immutable, and the caller reloads":     {request: "Cache-Control: max-age=0", answer: "Cache-Control: max-age=9, immutable", after: 1, want: httpcache.Ask, onError: true},
		"our clock has gone back":               {answer: hour, after: -3600, want: httpcache.Ask},
		"it came with an Age":                   {answer: hour + "\nAge: 3599", after: 1, want: httpcache.Ask},
		"a request that does not want it kept":  {request: "Cache-Control: no-store", answer: hour, want: httpcache.Fresh},
		"a directive that nobody knows":         {request: "Cache-Control: x=1", answer: hour, want: httpcache.Fresh},
		"a number that is none is the smallest": {request: "Cache-Control: max-age=x", answer: hour, after: 1, want: httpcache.Ask, onError: true},
	} {
		q, a := httpcache.ReadQuestion(c.request), httpcache.ReadAnswer(c.answer, 200, now, now)
		u := httpcache.Look(&q, &a, now+c.after*second, c.rules)
		if u.Verdict != c.want || u.OnError != c.onError {
			t.Errorf("%s: verdict %d, on error %v, want %d and %v", name, u.Verdict, u.OnError, c.want, c.onError)
		}
	}
}
