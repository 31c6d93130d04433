package sandbox

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// What is wrong in an answer alone is HTTP as it should be.

const jsonType = "application/json"

// send answers whole, with a length.
func (s scene) send(status int, kind, body string) {
	h := s.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	s.w.WriteHeader(status)
	_, _ = io.WriteString(s.w, body) // nobody to tell
}

// status answers in a shape of its own, as an upstream does that has never heard of the contract.
func (s scene) status() { s.foreign(s.f.status) }

func (s scene) foreign(status int) {
	if !hasBody(status) {
		s.w.WriteHeader(status)
		return
	}
	s.send(status, jsonType, `{"error":`+strconv.Quote(statusText(status))+`,"source":"sandbox upstream"}`)
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "status " + strconv.Itoa(status)
}

// html is the page of some proxy or framework on the way, under the type of the API.
func (s scene) html() {
	title := strconv.Itoa(s.f.status) + " " + statusText(s.f.status)
	s.send(s.f.status, jsonType, "<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+title+"</h1></center>\r\n</body>\r\n</html>\r\n")
}

func (s scene) empty() { s.send(200, jsonType, "") }

// truncatedJSON is what is left of a text that was cut before it was sent: the length is right, the JSON ends in the middle.
func (s scene) truncatedJSON() {
	rec := answerOf(s.next, s.r)
	body := rec.body.Bytes()
	body = body[:len(body)/2]
	if s.r.Method != http.MethodHead && hasBody(rec.status) {
		rec.header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	rec.sendHead(s.w)
	_, _ = s.w.Write(body) // nobody to tell
}

func (s scene) redirectLoop() {
	s.w.Header().Set("Location", s.r.URL.RequestURI())
	s.foreign(http.StatusFound)
}

func (s scene) retryAfter() {
	s.w.Header().Set("Retry-After", s.retryValue())
	s.foreign(s.f.status)
}

// soon is how far from now the date of Retry-After is.
const soon = 5 * time.Second

// retryValue is what Retry-After says. A date has whole seconds: it is rounded away from now.
func (s scene) retryValue() string {
	now := s.now().UTC()
	switch s.f.word {
	case retryDate:
		return now.Add(soon + time.Second - 1).Format(http.TimeFormat)
	case retryPast:
		return now.Add(-time.Hour).Format(http.TimeFormat)
	case retryDecade:
		return "315360000"
	case retryNegative:
		return "-5"
	case retryWords:
		return "in a little while"
	}
	return strconv.Itoa(int(s.f.wait / time.Second))
}
