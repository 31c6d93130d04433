package explain

import (
	"strings"
	"testing"
)

const expired = `{"status":401,"serviceErrorCode":65602,"code":"EXPIRED_ACCESS_TOKEN","message":"The \"token\" has expired"}`

// An answer is found in what it is packed in.
func TestUnpack(t *testing.T) {
	t.Parallel()
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
	for name, pasted := range map[string]string{
		"a string of JSON":             `"` + quoted(expired) + `"`,
		"a member of another JSON":     `{"level":"error","time":"2026-11-26T10:00:00Z","body":"` + quoted(expired) + `"}`,
		"two layers deep":              `{"msg":"` + quoted(`failed: {"body":"`+quoted(expired)+`"}`) + `"}`,
		"laid out, in a string":        `{"body":"{\n  \"status\": 401,\n  \"serviceErrorCode\": 65602,\n  \"code\": \"EXPIRED_ACCESS_TOKEN\",\n  \"message\": \"It has expired\"\n}"}`,
		"an object in another":         `{"error":{"response":` + expired + `}}`,
		"an exception of Java":         "Exception in thread \"main\" org.example.HttpClientErrorException$Unauthorized: 401 Unauthorized: \"" + expired + "\"\n\tat org.example.Main.main(Main.java:7)",
		"an exception of Python":       "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\nRuntimeError: call failed: b'" + expired + "'",
		"a dict that Python printed":   `{'status': 401, 'serviceErrorCode': 65602, 'code': 'EXPIRED_ACCESS_TOKEN', 'message': 'It has expired', 'help': None}`,
		"an error of Go":               "2026/11/26 10:00:00 call: status 401: " + expired + "\nexit status 1",
		"an error of Node":             "Error: Request failed\n    at f (a.js:3:1) {\n  body: '" + expired + "'\n}",
		"a line of a log with a stamp": `2026-11-26T10:00:00Z ERROR upstream={"name":"x"} body=` + quoted(expired),
		"entities":                     strings.ReplaceAll(expired, `"`, "&quot;"),
		"entities of entities":         strings.ReplaceAll(expired, `"`, "&amp;quot;"),
		"numbers as text":              `{"status":"401","serviceErrorCode":"65602","code":"EXPIRED_ACCESS_TOKEN","message":"It has expired"}`,
	} {
		answer, note, err := Unpack([]byte(pasted))
		e, ok := Explain(answer)
		if err != nil || note == "" || !ok || len(e.Meanings) != 1 || e.Meanings[0].Problem != "expired_access_token" || e.Answer.Status != 401 {
			t.Errorf("%s: %v, %q, %s, %+v", name, err, note, answer, e.Meanings)
		}
	}
}

// What is an answer by itself, or holds none, stays as it is.
func TestUnpackLeaves(t *testing.T) {
	t.Parallel()
	for name, pasted := range map[string]string{
		"a body":                   expired,
		"an answer":                "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n" + expired,
		"a line of the access log": `{"time":"2026-11-26T10:00:00Z","id":"01a2105d-5db4-7e54-9977-059df43e5d54","status":401,"by":"gateway","problem":"expired_access_token"}`,
		"a code":                   "EXPIRED_ACCESS_TOKEN",
		"another's answer":         `{"body":"{\"status\":400,\"code\":\"theirs\",\"message\":\"no\"}"}`,
		"braces":                   strings.Repeat("{", 1000),
		"backslashes":              strings.Repeat(`\`, 1000),
		"too much":                 `{"body":` + strings.Repeat(" ", nestedMax) + expired + `}`,
		"nothing":                  "",
	} {
		if answer, note, err := Unpack([]byte(pasted)); err != nil || note != "" || string(answer) != pasted {
			t.Errorf("%s: %v, %q, %.100q", name, err, note, answer)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte(`{"a":"` + expired + `"}`))
	f.Add([]byte(`{'status': 401}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		answer, note, err := Unpack(text)
		if err == nil && note == "" && string(answer) != string(text) {
			t.Fatalf("%q became %q without a word", text, answer)
		}
	})
}
