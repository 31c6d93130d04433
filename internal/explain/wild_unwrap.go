package explain

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/har"
)

// wrapsMax is how many wrappings are undone: JSON in JSON in a log line, with entities in it.
const wrapsMax = 3

var (
	// unescape undoes the escapes of JSON that hide quotes, signs and line ends.
	unescape = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\r`, "", `\t`, "\t", `\/`, `/`, `\u0026`, "&", `\u003c`, "<", `\u003e`, ">", `\u0027`, "'", `\u0022`, `"`)
	// parameter is the value of a parameter of a URL or form that tells of an error.
	parameter = regexp.MustCompile(`(error(?:_description|_uri|_reason)?|message)=([^&\s"'#]+)`)
)

// unwrapped is a paste and, below it, what it is once escapes, entities and encodings are undone.
func unwrapped(text string) string {
	bare := text
	for range wrapsMax {
		bare = decoded(html.UnescapeString(unescape.Replace(bare)))
	}
	if bare == text {
		return text
	}
	return text + "\n" + bare
}

// decoded undoes the encoding of the parameters that tell of an error.
func decoded(text string) string {
	return parameter.ReplaceAllStringFunc(text, func(p string) string {
		name, value, _ := strings.Cut(p, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			return p
		}
		return name + "=" + plain
	})
}

// archive is what is read of a HAR file: the exchanges that a browser recorded.
type archive struct {
	Log struct {
		Entries []struct {
			Request  message `json:"request"`
			Response message `json:"response"`
		} `json:"entries"`
	} `json:"log"`
}

type message struct {
	Method  string `json:"method"`
	URL     string `json:"url"`
	Status  int    `json:"status"`
	Headers []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"headers"`
	Content struct {
		Text string `json:"text"`
	} `json:"content"`
	Error string `json:"_error"`
}

// ofHAR tells the exchanges of a HAR file that did not succeed as curl -v would; false if it is none, or has none.
func ofHAR(text []byte) ([]byte, bool) {
	if !har.Looks(text) {
		return nil, false
	}
	var a archive
	if json.Unmarshal(text, &a) != nil {
		return nil, false
	}
	var w strings.Builder
	for i := range a.Log.Entries {
		e := &a.Log.Entries[i]
		if e.Response.Status >= 200 && e.Response.Status < 300 || e.Response.Status == 304 {
			continue
		}
		fmt.Fprintf(&w, "> %s %s\n", e.Request.Method, e.Request.URL)
		e.Request.fields(&w, "> ")
		fmt.Fprintf(&w, "< HTTP/1.1 %d\n", e.Response.Status)
		e.Response.fields(&w, "< ")
		fmt.Fprintf(&w, "<\n%s\n%s\n", e.Response.Content.Text, e.Response.Error)
	}
	return []byte(w.String()), w.Len() > 0
}

func (m *message) fields(w *strings.Builder, mark string) {
	for _, h := range m.Headers {
		fmt.Fprintf(w, "%s%s: %s\n", mark, h.Name, h.Value)
	}
}

// bodyStatus is the status that a body of JSON tells, as a number or a text, by any of its usual names; 0 if none.
func bodyStatus(body []byte) int {
	var fields struct {
		Status     any `json:"status"`
		StatusCode any `json:"statusCode"`
		Code       any `json:"code"`
	}
	if json.Unmarshal(body, &fields) != nil {
		return 0
	}
	for _, v := range []any{fields.Status, fields.StatusCode, fields.Code} {
		n, err := strconv.Atoi(fmt.Sprint(v))
		if err == nil && n >= 100 && n <= 999 {
			return n
		}
	}
	return 0
}
