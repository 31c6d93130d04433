package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is the clock of the tests.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func newTestAPI() *API {
	return New(Options{Now: func() time.Time { return noon }, Pictures: "http://www.test/pictures"})
}

// good is who calls in most tests.
var good = caller{app: "1", member: "yrZCpj2Z12", scopes: "r_liteprofile r_emailaddress openid profile email w_member_social"}

// said is a whole answer.
type said struct {
	Status int
	Header map[string]string
	Body   string
}

// call sends one request; extra header fields are given as pairs.
func call(a http.Handler, method, target, body string, c caller, fields ...string) said {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Candor-App", c.app)
	r.Header.Set("Candor-Member", c.member)
	r.Header.Set("Candor-Scopes", c.scopes)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	res := w.Result()
	b, _ := io.ReadAll(res.Body)
	s := said{Status: res.StatusCode, Header: map[string]string{}, Body: string(b)}
	for name := range res.Header {
		s.Header[name] = res.Header.Get(name)
	}
	return s
}

// answers is an answer with a body and no other fields than the usual ones.
func answers(status int, body string) said {
	return said{status, map[string]string{"Content-Type": "application/json", "Content-Length": fmt.Sprint(len(body))}, body}
}

const danielProfile = `{"localizedLastName":"Brandt","profilePicture":{"displayImage":"urn:li:digitalmediaAsset:C4D03AQHb7danie1brt"},` +
	`"firstName":{"localized":{"en_US":"Daniel"},"preferredLocale":{"country":"US","language":"en"}},"vanityName":"daniel-brandt",` +
	`"lastName":{"localized":{"en_US":"Brandt"},"preferredLocale":{"country":"US","language":"en"}},` +
	`"localizedHeadline":"Developer advocate at Tallyfield Software","id":"yrZCpj2Z12",` +
	`"headline":{"localized":{"en_US":"Developer advocate at Tallyfield Software"},"preferredLocale":{"country":"US","language":"en"}},"localizedFirstName":"Daniel"}`

const yuiName = `{"firstName":{"localized":{"en_US":"Yui","ja_JP":"結衣"},"preferredLocale":{"country":"JP","language":"ja"}},"localizedFirstName":"結衣"}`

func badParameter(name, text string) said {
	return answers(400, `{"status":400,"serviceErrorCode":0,"code":"PARAM_INVALID","message":"`+text+`","errorDetails":{"inputErrors":[`+
		`{"code":"FIELD_INVALID","description":"`+text+`","input":{"inputPath":{"fieldPath":"`+name+`"}}}]}}`)
}

func missing(path, text string) said {
	return answers(400, `{"status":400,"serviceErrorCode":0,"code":"MISSING_FIELD","message":"`+text+`","errorDetails":{"inputErrors":[`+
		`{"code":"MISSING_FIELD","description":"`+text+`","input":{"inputPath":{"fieldPath":"`+path+`"}}}]}}`)
}

func TestReading(t *testing.T) {
	a := newTestAPI()
	yui := caller{app: "1", member: "qJ8xVo15Dw", scopes: "openid"}
	alone := caller{app: "1"}
	stranger := caller{app: "1", member: "alice"}
	for _, tt := range []struct {
		name, method, target string
		as                   caller
		want                 said
	}{
		{"me", "GET", "/v2/me", good, answers(200, danielProfile)},
		{"me with projection", "GET", "/v2/me?projection=(id,firstName)", good, answers(200, `{"id":"yrZCpj2Z12","firstName":{"localized":{"en_US":"Daniel"},"preferredLocale":{"country":"US","language":"en"}}}`)},
		{"me in the preferred locale", "GET", "/v2/me?projection=(firstName,localizedFirstName)", yui, answers(200, yuiName)},
		{
			"me with picture", "GET", "/v2/me?projection=(profilePicture(displayImage~:playableStreams(elements*(identifiers*(identifier)))))", good,
			answers(200, `{"profilePicture":{"displayImage":"urn:li:digitalmediaAsset:C4D03AQHb7danie1brt","displayImage~":{"elements":[{"identifiers":[{"identifier":"http://www.test/pictures/yrZCpj2Z12.svg"}]}]}}}`),
		},
		{"me with a bad projection", "GET", "/v2/me?projection=(id,firstName", good, badParameter("projection", "Invalid projection: ',' or ')' expected at position 14")},
		{"me with an unknown field", "GET", "/v2/me?projection=(id,surname)", good, badParameter("projection", "Invalid projection: there is no field surname")},
		{"me of an application", "GET", "/v2/me", alone, answers(403, `{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: GET /me"}`)},
		{"me of a member not of this world", "GET", "/v2/me", stranger, answers(404, `{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"No member has the id alice"}`)},
		{"email", "GET", "/v2/emailAddress?q=members&projection=(elements*(handle~))", good, answers(200, `{"elements":[{"handle":"urn:li:emailAddress:3775700102","handle~":{"emailAddress":"daniel.brandt@example.com"}}]}`)},
		{"email, primary", "GET", "/v2/emailAddress?q=members&projection=(elements*(primary,type,handle~))", good, answers(200, `{"elements":[{"primary":true,"type":"EMAIL","handle":"urn:li:emailAddress:3775700102","handle~":{"emailAddress":"daniel.brandt@example.com"}}]}`)},
		{"email without projection", "GET", "/v2/emailAddress?q=members", good, answers(200, `{"elements":[{"handle":"urn:li:emailAddress:3775700102"}]}`)},
		{"email without finder", "GET", "/v2/emailAddress", good, missing("q", "The query parameter q is required; send q=members")},
		{"email with another finder", "GET", "/v2/emailAddress?q=me", good, badParameter("q", `There is no finder \"me\" here; send q=members`)},
		{"userinfo", "GET", "/v2/userinfo", good, answers(200, `{"sub":"yrZCpj2Z12","name":"Daniel Brandt","given_name":"Daniel","family_name":"Brandt","picture":"http://www.test/pictures/yrZCpj2Z12.svg","locale":{"country":"US","language":"en"},"email":"daniel.brandt@example.com","email_verified":true}`)},
		{"userinfo, posted, openid alone", "POST", "/v2/userinfo", yui, answers(200, `{"sub":"qJ8xVo15Dw"}`)},
		{"person, protocol 1", "GET", "/v2/people/id=qJ8xVo15Dw?projection=(firstName,localizedFirstName)", good, answers(200, yuiName)},
		{"person, protocol 2", "GET", "/v2/people/(id:qJ8xVo15Dw)?projection=(firstName,localizedFirstName)", good, answers(200, yuiName)},
		{"person unknown", "GET", "/v2/people/id=nobody", good, answers(404, `{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"No person has the id nobody"}`)},
		{"connections", "GET", "/v2/connections?q=viewer&start=9&count=3&projection=(elements*(to),paging)", good, answers(200,
			`{"elements":[{"to":"urn:li:person:Sd5qBg48Hv"},{"to":"urn:li:person:kY0fTm21Za"}],"paging":{"start":9,"count":3,"links":[{"type":"application/json","rel":"prev","href":"/v2/connections?count=3&projection=%28elements%2A%28to%29%2Cpaging%29&q=viewer&start=6"}],"total":11}}`)},
		{"connections past the end", "GET", "/v2/connections?q=viewer&start=99", good, answers(200,
			`{"paging":{"start":99,"count":10,"links":[{"type":"application/json","rel":"prev","href":"/v2/connections?count=10&q=viewer&start=89"}],"total":11},"elements":[]}`)},
		{"connections, who", "GET", "/v2/connections?q=viewer&count=1&projection=(elements(*(to~(localizedFirstName))))", good, answers(200,
			`{"elements":[{"to":"urn:li:person:aK3vQz81Lm","to~":{"localizedFirstName":"Amara"}}]}`)},
		{"connections, bad count", "GET", "/v2/connections?q=viewer&count=51", good, badParameter("count", "Parameter count must be a whole number from 1 to 50")},
		{"connections, bad page", "GET", "/v2/connections?q=viewer&start=-1&count=ten", good, answers(400,
			`{"status":400,"serviceErrorCode":0,"code":"PARAM_INVALID","message":"Multiple errors occurred during the input validation. Please see errorDetails for more information.","errorDetails":{"inputErrors":[`+
				`{"code":"FIELD_INVALID","description":"Parameter start must be a whole number from 0 to 1048576","input":{"inputPath":{"fieldPath":"start"}}},`+
				`{"code":"FIELD_INVALID","description":"Parameter count must be a whole number from 1 to 50","input":{"inputPath":{"fieldPath":"count"}}}]}}`)},
		{"organization", "GET", "/rest/organizations/96803271", alone, answers(200, `{"id":96803271,"$URN":"urn:li:organization:96803271","vanityName":"kettle-and-crane","localizedName":"Kettle & Crane Roasters",`+
			`"name":{"localized":{"en_US":"Kettle & Crane Roasters"},"preferredLocale":{"country":"US","language":"en"}},"localizedDescription":"Coffee roasted on Tuesdays.",`+
			`"description":{"localized":{"en_US":"Coffee roasted on Tuesdays."},"preferredLocale":{"country":"US","language":"en"}},"localizedWebsite":"https://kettleandcrane.example",`+
			`"industries":["urn:li:industry:34"],"staffCountRange":"SIZE_11_TO_50","primaryOrganizationType":"NONE","organizationType":"PRIVATELY_HELD","foundedOn":{"year":2018},`+
			`"locations":[{"locationType":"HEADQUARTERS","address":{"city":"Portland","country":"US"}}],"logoV2":{"original":"urn:li:digitalmediaAsset:C4D0BAQF4kett1ogo"},"created":{"time":1525910400000},"versionTag":"3"}`)},
		{"organization unknown", "GET", "/rest/organizations/7", good, answers(404, `{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"No organization has the id 7"}`)},
		{"organization by name", "GET", "/rest/organizations/acme", good, badParameter("id", "The id of an organization is a number, such as 98310427")},
		{"ad accounts", "GET", "/rest/adAccounts?q=search&start=4&count=1&projection=(elements,paging(total))", good, answers(200, `{"elements":[{"id":510447195,"name":"Northlight, hiring","type":"BUSINESS","status":"ACTIVE","servingStatuses":["RUNNABLE"],"currency":"SEK",`+
			`"reference":"urn:li:organization:99120654","test":false,"version":{"versionTag":"1"},"changeAuditStamps":{"created":{"actor":"urn:li:person:Hz2bNi70Pk","time":1683072000000},"lastModified":{"actor":"urn:li:person:Hz2bNi70Pk","time":1683072000000}}}],"paging":{"total":6}}`)},
		{"post seeded", "GET", "/rest/posts/urn%3Ali%3Ashare%3A7488141262848000001", good, answers(200, `{"id":"urn:li:share:7488141262848000001","author":"urn:li:person:yrZCpj2Z12","commentary":"We wrote down every way in which our API says no. There were 44. Eleven said the same thing.","visibility":"PUBLIC",`+
			`"distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[],"thirdPartyDistributionChannels":[]},"lifecycleState":"PUBLISHED","lifecycleStateInfo":{"isEditedByAuthor":false},"isReshareDisabledByAuthor":false,"createdAt":1785312000000,"publishedAt":1785312000000,"lastModifiedAt":1785312000000}`)},
		{"post unknown", "GET", "/rest/posts/urn%3Ali%3Ashare%3A1", good, answers(404, `{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"No post has the id urn:li:share:1"}`)},
		{"post without URN", "GET", "/rest/posts/1", good, badParameter("urn", "The key of a post is its URN, percent-encoded, such as urn%3Ali%3Ashare%3A7488141262848000001")},
		{"delete another's post", "DELETE", "/rest/posts/urn%3Ali%3Ashare%3A7488141262848000001", yui, answers(403, `{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Only the member who made a post can delete it"}`)},
		{"nothing", "GET", "/v2/nothing", good, answers(404, `{"status":404,"serviceErrorCode":0,"code":"RESOURCE_NOT_FOUND","message":"Resource /v2/nothing does not exist"}`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, call(a, tt.method, tt.target, "", tt.as)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTunnelledConnections(t *testing.T) {
	a := newTestAPI()
	const form = "application/x-www-form-urlencoded"
	want := call(a, "GET", "/v2/connections?q=viewer&count=2", "", good)
	for _, tt := range []struct {
		name, body string
		fields     []string
		want       said
	}{
		{"as the GET", "q=viewer&count=2", []string{"X-HTTP-Method-Override", "GET", "Content-Type", form}, want},
		{"no override", "q=viewer", []string{"Content-Type", form}, said{
			405,
			map[string]string{"Content-Type": "application/json", "Content-Length": "136", "Allow": "GET, HEAD"},
			`{"status":405,"serviceErrorCode":0,"code":"METHOD_NOT_ALLOWED","message":"POST is supported here only with X-HTTP-Method-Override: GET"}`,
		}},
		{
			"JSON", "{}",
			[]string{"X-HTTP-Method-Override", "GET", "Content-Type", "application/json"},
			answers(415, `{"status":415,"serviceErrorCode":0,"code":"UNSUPPORTED_MEDIA_TYPE","message":"A tunnelled query is sent as application/x-www-form-urlencoded"}`),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, call(a, "POST", "/v2/connections", tt.body, good, tt.fields...)); d != "" {
				t.Error(d)
			}
		})
	}
}

const (
	goodPost = `{"author":"urn:li:person:yrZCpj2Z12","commentary":"Hello \"you\"\n","visibility":"PUBLIC","distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[],"thirdPartyDistributionChannels":[]},"lifecycleState":"PUBLISHED","isReshareDisabledByAuthor":false}`
	goodUGC  = `{"author":"urn:li:organization:98310427","lifecycleState":"PUBLISHED","specificContent":{"com.linkedin.ugc.ShareContent":{"shareCommentary":{"text":"Hello"},"shareMediaCategory":"NONE"}},"visibility":{"com.linkedin.ugc.MemberNetworkVisibility":"PUBLIC"}}`
)

func TestPostLife(t *testing.T) {
	a := newTestAPI()
	const urn, path = "urn:li:share:7531325816832000000", "/rest/posts/urn%3Ali%3Ashare%3A7531325816832000000"
	const made = `{"id":"` + urn + `","author":"urn:li:person:yrZCpj2Z12","commentary":"Hello \"you\"\n","visibility":"PUBLIC",` +
		`"distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[],"thirdPartyDistributionChannels":[]},"lifecycleState":"PUBLISHED","lifecycleStateInfo":{"isEditedByAuthor":false},` +
		`"isReshareDisabledByAuthor":false,"createdAt":1795608000000,"publishedAt":1795608000000,"lastModifiedAt":1795608000000}`
	gone := answers(404, `{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"No post has the id `+urn+`"}`)
	for _, step := range []struct {
		name, method, target, body string
		want                       said
	}{
		{"create", "POST", "/rest/posts", goodPost, said{201, map[string]string{"X-Restli-Id": urn}, ""}},
		{"read", "GET", path, "", answers(200, made)},
		{"create in the older shape", "POST", "/v2/ugcPosts", goodUGC, said{
			201,
			map[string]string{"X-Restli-Id": "urn:li:ugcPost:7531325816832000001", "Content-Type": "application/json", "Content-Length": "43"},
			`{"id":"urn:li:ugcPost:7531325816832000001"}`,
		}},
		{"delete", "DELETE", path, "", said{204, map[string]string{}, ""}},
		{"read what is gone", "GET", path, "", gone},
		{"delete again", "DELETE", path, "", said{204, map[string]string{}, ""}},
		{"delete what never was", "DELETE", "/rest/posts/urn%3Ali%3Ashare%3A5", "", answers(404, `{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"No post has the id urn:li:share:5"}`)},
	} {
		if d := cmp.Diff(step.want, call(a, step.method, step.target, step.body, good)); d != "" {
			t.Errorf("%s: %s", step.name, d)
		}
	}
}

func TestBadPosts(t *testing.T) {
	a := newTestAPI()
	change := func(old, new string) string { return strings.Replace(goodPost, old, new, 1) }
	unprocessable := func(path, text string) said {
		return answers(422, `{"status":422,"serviceErrorCode":0,"code":"UNPROCESSABLE","message":"`+text+`","errorDetails":{"inputErrors":[`+
			`{"code":"VALUE_INVALID","description":"`+text+`","input":{"inputPath":{"fieldPath":"`+path+`"}}}]}}`)
	}
	for _, tt := range []struct {
		name, target, body string
		want               said
	}{
		{"no author", "/rest/posts", change(`"author":"urn:li:person:yrZCpj2Z12",`, ""), missing("author", "Field author is required")},
		{"empty text", "/rest/posts", change(`Hello \"you\"\n`, " "), missing("commentary", "Field commentary is required and is empty")},
		{"text a number", "/rest/posts", change(`"Hello \"you\"\n"`, "7"), badParameter("commentary", "Field commentary must be a string")},
		{"distribution a text", "/rest/posts", change(`{"feedDistribution":"MAIN_FEED","targetEntities":[],"thirdPartyDistributionChannels":[]}`, `"x"`), badParameter("distribution", "Field distribution must be an object")},
		{"flag a text", "/rest/posts", change(`"isReshareDisabledByAuthor":false`, `"isReshareDisabledByAuthor":"no"`), badParameter("isReshareDisabledByAuthor", "Field isReshareDisabledByAuthor must be true or false")},
		{"author no URN", "/rest/posts", change("urn:li:person:yrZCpj2Z12", "daniel"), unprocessable("author", "Field author must be a URN, such as urn:li:person:yrZCpj2Z12")},
		{"visibility unknown", "/rest/posts", change("PUBLIC", "FRIENDS"), unprocessable("visibility", "Field visibility must be one of PUBLIC, CONNECTIONS, LOGGED_IN, CONTAINER")},
		{"text too long", "/rest/posts", change(`Hello \"you\"\n`, strings.Repeat("é", 3001)), unprocessable("commentary", "Field commentary has 3001 characters; it may have 3000")},
		{"no object", "/rest/posts", "[]", answers(400, `{"status":400,"serviceErrorCode":0,"code":"INVALID_BODY","message":"The body must be a JSON object"}`)},
		{"null", "/rest/posts", "null", answers(400, `{"status":400,"serviceErrorCode":0,"code":"INVALID_BODY","message":"The body must be a JSON object"}`)},
		{
			"deep field", "/v2/ugcPosts", strings.Replace(goodUGC, `"shareCommentary":{"text":"Hello"},`, "", 1),
			missing("specificContent/com.linkedin.ugc.ShareContent/shareCommentary", "Field specificContent/com.linkedin.ugc.ShareContent/shareCommentary is required"),
		},
		{"several", "/v2/ugcPosts", `{"author":"x","lifecycleState":"PUBLISHED","visibility":{"com.linkedin.ugc.MemberNetworkVisibility":"PUBLIC"}}`, answers(400,
			`{"status":400,"serviceErrorCode":0,"code":"MISSING_FIELD","message":"Multiple errors occurred during the input validation. Please see errorDetails for more information.","errorDetails":{"inputErrors":[`+
				`{"code":"VALUE_INVALID","description":"Field author must be a URN, such as urn:li:person:yrZCpj2Z12","input":{"inputPath":{"fieldPath":"author"}}},`+
				`{"code":"MISSING_FIELD","description":"Field specificContent is required","input":{"inputPath":{"fieldPath":"specificContent"}}}]}}`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, call(a, "POST", tt.target, tt.body, good)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Many posts at once get numbers of their own, and what is kept stays bounded.
func TestManyPosts(t *testing.T) {
	a := newTestAPI()
	const writers, each = 8, 200
	urns := make([][]string, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range each {
				urns[w] = append(urns[w], call(a, "POST", "/rest/posts", goodPost, good).Header["X-Restli-Id"])
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, l := range urns {
		for _, u := range l {
			seen[u] = true
		}
	}
	if len(seen) != writers*each {
		t.Errorf("%d numbers for %d posts", len(seen), writers*each)
	}
	if len(a.posts.order) != mostPosts || len(a.posts.byURN) != mostPosts {
		t.Errorf("kept %d in order, %d by URN, want %d", len(a.posts.order), len(a.posts.byURN), mostPosts)
	}
}

func TestIndexIsReadableJSON(t *testing.T) {
	got := call(newTestAPI(), "GET", "/", "", caller{})
	if got.Status != 200 || got.Header["Content-Type"] != "application/json" || strings.Count(got.Body, "\n") < 15 {
		t.Errorf("got %+v", got)
	}
	if !jsonValid(got.Body) {
		t.Errorf("no JSON: %s", got.Body)
	}
}

func TestMembersAreWhole(t *testing.T) {
	ids := map[string]bool{}
	for _, p := range Members() {
		ids[p.ID], ids[p.Email], ids[p.email], ids[p.image] = true, true, true, true
		if p.First == "" || p.Last == "" || p.Headline == "" || p.Vanity == "" || len(p.ID) != 10 {
			t.Errorf("member %+v lacks something", p)
		}
		if svg, known := PictureSVG(p.ID); !known || !strings.Contains(svg, p.Name()) {
			t.Errorf("no picture of %s: %s", p.Name(), svg)
		}
	}
	if len(ids) != 4*len(members) {
		t.Error("two members share an id, an e-mail address or a picture")
	}
}
