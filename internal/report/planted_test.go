package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// planted makes secrets that differ, and are found by what they have in common however they are spelled.
type planted struct{ made []string }

func (p *planted) secret() string {
	s := fmt.Sprintf("Pl4nt%02dxQz", len(p.made)+1)
	p.made = append(p.made, s)
	return s
}

func (p *planted) basic(user string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + p.secret()))
}

func (p *planted) jwt() string {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"https://id.example.com","sub":"` + p.secret() + `","client_id":"app-1"}`))
	return "eyJhbGciOiJSUzI1NiJ9." + claims + "." + p.secret()
}

// found is which of them stand in an output, as they are, in base64 or with escapes.
func (p *planted) found(output string) []string {
	var all []string
	for _, s := range p.made {
		for _, spelled := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), url.QueryEscape(s), s[:8]} {
			if strings.Contains(strings.ToLower(output), strings.ToLower(spelled)) {
				all = append(all, s)
				break
			}
		}
	}
	return all
}

// request is fields that hold a secret each.
func (p *planted) request() [][2]string {
	return [][2]string{
		{"Authorization", "Bearer cdr_at_" + p.secret()},
		{"Proxy-Authorization", "Basic " + p.basic("proxy")},
		{"Cookie", "sid=" + p.secret() + "; path=" + p.secret() + "; " + p.secret()},
		{"X-Api-Key", p.secret()},
		{"X-Auth", p.secret()},
		{"X-Amz-Security-Token", p.secret()},
		{"Referer", "https://user:" + p.secret() + "@app.example.com/cb?code=" + p.secret() + "&state=" + p.secret()},
		{"X-Forwarded-Uri", "/reset/" + p.secret()},
		{"X-Note", "my password is " + p.secret()},
		{"X-Callback", "https://x.example/?next=https%3A%2F%2Fy.example%2F%3Ftoken%3D" + p.secret()},
		{"Ocp-Apim-Subscription-Key", p.secret()},
		{"User-Agent", "app/1.0 (token=" + p.secret() + ")"},
		{"X-Jwt-Assertion", p.jwt()},
	}
}

func (p *planted) url() string {
	return "https://api.example.com/v2/invite/" + p.secret() + "?access_token=" + p.secret() + "&api_key=" + p.secret() + "&filter=%7B%22password%22%3A%22" + p.secret() +
		"%22%7D&a%5Bsecret%5D=" + p.secret() + "#id_token=" + p.secret()
}

func (p *planted) jsonBody(echoed string) string {
	nested, _ := json.Marshal(`{"client_secret":"` + p.secret() + `","deep":"{\"pin\":\"` + p.secret() + `\"}"}`)
	return `{"password":"` + p.secret() + `","newPassword":{"is":"` + p.secret() + `"},"keys":[{"name":"api_key","value":"` + p.secret() + `"}],"note":` + string(nested) +
		`,"` + "cdr_rt_" + p.secret() + `":1,"url":"https://u:` + p.secret() + `@h.example/?sig=` + p.secret() + `","message":"` + echoed + ` was sent with Bearer ` + p.secret() +
		`","pem":"-----BEGIN PRIVATE KEY-----\nMIIE` + p.secret() + `\n-----END PRIVATE KEY-----","otp":` + "48" + `1516,"code":"` + p.secret() + `"}`
}

func (p *planted) form() string {
	return "grant_type=authorization_code&client_id=app-1&client_secret=" + p.secret() + "&code=" + p.secret() + "&code_verifier=" + p.secret() + "&password=" + p.secret() +
		"&assertion=" + url.QueryEscape(p.jwt()) + "&data=" + url.QueryEscape(`{"refresh_token":"`+p.secret()+`"}`)
}

func (p *planted) response(echoed string) [][2]string {
	return [][2]string{
		{"Set-Cookie", "session=" + p.secret() + "; Path=/; HttpOnly"},
		{"Set-Cookie", p.secret()},
		{"Location", "https://app.example.com/cb?code=" + p.secret() + "#access_token=" + p.secret()},
		{"X-Session-Token", p.secret()},
		{"Authentication-Info", `nextnonce="` + p.secret() + `", token=` + p.secret()},
		{"X-Echo", echoed},
		{"X-Request-Id", "cdr_at_" + p.secret()},
		{"WWW-Authenticate", `Bearer realm="api", error="invalid_token", error_description="the token ` + p.secret() + ` has ended"`},
	}
}

func (p *planted) xml() string {
	return `<?xml version="1.0"?><soap><wsse:Password>` + p.secret() + `</wsse:Password><login token="` + p.secret() + `"/></soap>`
}

// transcriptOf is what curl -v shows, behind its command line.
func (p *planted) transcriptOf(typ, sentBody, cameType, cameBody string, echoed string) string {
	var w strings.Builder
	target := strings.TrimPrefix(p.url(), "https://api.example.com")
	w.WriteString("$ curl -v -u 'me:" + p.secret() + "' --oauth2-bearer " + p.secret() + " -b 'c=" + p.secret() + "' \\\n  -H 'X-Secret: " + p.secret() + "' -H 'Content-Type: " + typ + "' --proxy-user x:" + p.secret() + " -d '" +
		strings.ReplaceAll(sentBody, "'", `'\''`) + "' 'https://api.example.com" + target + "'\n* Server auth using Basic with user '" + p.secret() + "'\n")
	w.WriteString("> POST " + target + " HTTP/1.1\n> Host: api.example.com\n")
	for _, f := range append(p.request(), [2]string{"Content-Type", typ}) {
		w.WriteString("> " + f[0] + ": " + f[1] + "\n")
	}
	w.WriteString(">\n< HTTP/1.1 403 Forbidden\n")
	for _, f := range append(p.response(echoed), [2]string{"Content-Type", cameType}) {
		w.WriteString("< " + f[0] + ": " + f[1] + "\n")
	}
	w.WriteString("<\n" + cameBody + "\n* Connection #0 to host api.example.com left intact\n")
	return w.String()
}

// harOf is the same as a HAR file.
func (p *planted) harOf(post any, came string, encoding string, echoed string) string {
	fields := func(all [][2]string) []map[string]string {
		var out []map[string]string
		for _, f := range all {
			out = append(out, map[string]string{"name": f[0], "value": f[1]})
		}
		return out
	}
	if encoding == "base64" {
		came = base64.StdEncoding.EncodeToString([]byte(came))
	}
	entry := map[string]any{
		"startedDateTime": "2026-11-26T10:15:00.250Z", "time": 12.5, "comment": p.secret(),
		"request": map[string]any{
			"method": "POST", "url": p.url(), "httpVersion": "HTTP/1.1", "headers": fields(p.request()), "cookies": fields([][2]string{{"sid", p.secret()}}),
			"queryString": fields([][2]string{{"access_token", p.secret()}}), "postData": post,
		},
		"response": map[string]any{
			"status": 403, "statusText": "Forbidden", "httpVersion": "HTTP/1.1", "headers": fields(p.response(echoed)), "cookies": fields([][2]string{{"session", p.secret()}}),
			"content":     map[string]any{"mimeType": "application/json", "text": came, "encoding": encoding},
			"redirectURL": "https://app.example.com/?token=" + p.secret(),
		},
	}
	other := map[string]any{"request": map[string]any{"method": "GET", "url": p.url(), "headers": fields(p.request())}, "response": map[string]any{"status": 200}}
	text, _ := json.Marshal(map[string]any{"log": map[string]any{"entries": []any{other, entry, other}}})
	return string(text)
}

// No secret that a name, a place or its look tells of is in a report.
func TestPlantedSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		of   func(p *planted) string
	}{
		{"a transcript with JSON", func(p *planted) string {
			echoed := p.secret()
			return p.transcriptOf("application/json", `{"token":"`+echoed+`"}`, "application/json", p.jsonBody(echoed), echoed)
		}},
		{"a transcript with a form", func(p *planted) string {
			return p.transcriptOf("application/x-www-form-urlencoded", p.form(), "text/plain", "password="+p.secret()+"\nthe secret is "+p.secret()+"\n", "none")
		}},
		{"a transcript with XML", func(p *planted) string {
			return p.transcriptOf("text/xml", p.xml(), "text/html", `<html><title>403 Forbidden</title><input type="hidden" name="csrf_token" value="`+p.secret()+`"></html>`, "none")
		}},
		{"a transcript with a multipart form", func(p *planted) string {
			body := "--x\nContent-Disposition: form-data; name=\"password\"\n\n" + p.secret() + "\n--x\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\n\n" + p.secret() + "\n--x--\n"
			return p.transcriptOf("multipart/form-data; boundary=x", body, "application/json", `[{"secret":["`+p.secret()+`"]}]`, "none")
		}},
		{"a transcript of curl -i", func(p *planted) string {
			text := "curl -siH \"Authorization: Bearer " + p.secret() + "\" " + p.url() + "\nHTTP/1.1 302 Found\nLocation: /cb?code=" + p.secret() + "\n\nHTTP/1.1 500 Oops\nContent-Type: application/json\nX-Token: " + p.secret() + "\n\n"
			return text + p.jsonBody("none")
		}},
		{"an echo at the place where a body is cut", func(p *planted) string {
			echoed := p.secret()
			return "> GET /a HTTP/1.1\n> Authorization: Bearer " + echoed + "\n>\n< HTTP/1.1 401 No\n< X-Echo: " + strings.Repeat("- ", valueMax/2-5) + echoed +
				"\n<\n" + strings.Repeat("- ", bodyMax/2-5) + echoed + " and more"
		}},
		{"an echo at the place where a message is cut", func(p *planted) string {
			echoed := p.secret()
			return "> GET /a HTTP/1.1\n> Authorization: Bearer " + echoed + "\n>\n< HTTP/1.1 401 No\n< Candor-Problem: expired_access_token\n<\n" +
				`{"status":401,"code":"EXPIRED_ACCESS_TOKEN","message":"` + strings.Repeat("- ", 245) + echoed + ` and more"}`
		}},
		{"a call that failed", func(p *planted) string {
			return "curl -v '" + p.url() + "'\ncurl: (6) Could not resolve host: https://u:" + p.secret() + "@nowhere.example/?token=" + p.secret() + "\n"
		}},
		{"a HAR file with JSON", func(p *planted) string {
			echoed := p.secret()
			return p.harOf(map[string]any{"mimeType": "application/json", "text": `{"api_key":"` + echoed + `"}`}, p.jsonBody(echoed), "", echoed)
		}},
		{"a HAR file with parameters", func(p *planted) string {
			params := []map[string]string{{"name": "password", "value": p.secret()}, {"name": "data", "value": `{"pwd":"` + p.secret() + `"}`}}
			return p.harOf(map[string]any{"mimeType": "application/x-www-form-urlencoded", "params": params}, p.jsonBody("none"), "base64", "none")
		}},
		{"a HAR file with a form", func(p *planted) string {
			return p.harOf(map[string]any{"mimeType": "application/x-www-form-urlencoded", "text": p.form()}, "secret: "+p.secret(), "", "none")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := &planted{}
			input := c.of(p)
			b, err := Make([]byte(input), 0)
			if err != nil {
				t.Fatal(err)
			}
			inJSON, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			if b.Request == nil || b.Response == nil && b.Failure == "" {
				t.Fatalf("the call was not read: %s", inJSON)
			}
			for _, output := range []string{b.Markdown(), string(inJSON)} {
				if found := p.found(output); len(found) > 0 {
					t.Errorf("%d of %d secrets are told: %v\n%s", len(found), len(p.made), found, output)
				}
			}
			t.Logf("%d secrets planted", len(p.made))
		})
	}
}

// Bodies that are not quite what they say.
func TestPlantedInOddBodies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typ, body string }{
		{"application/json", `{"password":"%s","cut":`},
		{"application/x-ndjson", `{"password":"%s"}` + "\n" + `{"a":1,"token":"%s"}` + "\n"},
		{"application/json", `[{"user":{"credentials":["%s",{"any":"%s"}]}}]`},
		{"application/json", `{"query":"mutation { login(user: \"me\", password: \"%s\") { token } }"}`},
		{"application/json", `{"headers":{"authorization":"Bearer %s","cookie":"a=%s"}}`},
		{"application/json", `{"headers":[["x-api-key","x"],{"name":"Authorization","value":"%s"}]}`},
		{"application/json", `"{\"password\":\"%s\"}"`},
		{"application/json", `callback({"password":"%s"});`},
		{"application/json", `{"url":"https://h.example/?X-Amz-Signature=%s&X-Amz-Credential=%s"}`},
		{"application/json", `{"dsn":"postgres://app:%s@db:5432/x","redis":"redis://:%s@cache:6379/0"}`},
		{"application/json", `{"oldPassword":"%s","new_password":"%s","passwordConfirmation":"%s","apiToken":"%s","privateKey":"%s","sessionId":"%s"}`},
		{"text/plain", "user=me\npassword=%s\napi-key: %s\nAuthorization: Bearer %s\n"},
		{"text/yaml", "db:\n  password: %s\n  token: '%s'\n"},
		{"text/plain", "-----BEGIN RSA PRIVATE KEY-----\n%s\n"},
		{"application/xml", "<a><password>\n%s\n</password><Token><![CDATA[%s]]></Token><x secret='%s'/></a>"},
		{"text/html", `<form><input type=password value=%s><input value="%s" name="csrf_token"><meta name="api-key" content="%s"></form><script>var token = "%s"</script>`},
		{"application/x-www-form-urlencoded", "user%%5Bpassword%%5D=%s&a.secret=%s&x=%%7B%%22pin%%22%%3A%%22%s%%22%%7D"},
		{"", "password=%s"},
	} {
		for _, of := range []side{asked, answered} {
			p := &planted{}
			body := c.body
			for strings.Contains(body, "%s") {
				body = strings.Replace(body, "%s", p.secret(), 1)
			}
			body = strings.ReplaceAll(body, "%%", "%")
			v := &veil{}
			b := &Bundle{Request: &Request{Body: v.body(c.typ, []byte(body), of)}}
			b.sweep(v.sweeper().Replace)
			if found := p.found(b.Request.Body); len(found) > 0 {
				t.Errorf("%s\n%s\nis told as\n%s", c.typ, body, b.Request.Body)
			}
		}
	}
}
