// Package har reads HAR files (HTTP Archive 1.2), as browsers' panels, proxies and clients export them: the calls of a page with their heads, bodies and times.
package har

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Entry is one call. What it holds is as it was sent, credentials included.
type Entry struct {
	Number   int       // in the file, from 1
	Began    time.Time // zero if the file does not say it
	Took     time.Duration
	Phases   []Phase
	Request  Request
	Response Response
	Error    string // why no answer came, where the exporter says it
}

// Failed reports whether no answer came, or one that says 4xx or 5xx.
func (e *Entry) Failed() bool { return e.Response.Status == 0 || e.Response.Status >= 400 }

// Phase is a part of the time that a call took.
type Phase struct {
	Name string // "dns", "connect", "ssl", "send", "wait", "receive", "blocked"
	Took time.Duration
}

// Field is a header field, a cookie, a parameter.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Request is what was sent.
type Request struct {
	Method  string
	URL     string
	Version string
	Headers []Field
	Cookies []Field
	Type    string  // of the body
	Body    []byte  // nil if there was none, or if the file has its parameters alone
	Params  []Field // of a form
}

// Response is what came. Status is 0 if nothing did.
type Response struct {
	Status  int
	Text    string
	Version string
	Headers []Field
	Cookies []Field
	Type    string
	Body    []byte
}

// ErrNone says that a text is no HAR file.
var ErrNone = errors.New("no HAR file")

// Looks reports whether a text begins as a HAR file does.
func Looks(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	if len(text) == 0 || text[0] != '{' {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	return enter(d, '{', "log") == nil && enter(d, '{', "") == nil
}

// Read reads the entries one by one. Of a file that is cut or broken it returns those before the place, and an error that says where that is; of a text that is
// no HAR file ErrNone.
func Read(text []byte) ([]Entry, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	d := json.NewDecoder(bytes.NewReader(text))
	if enter(d, '{', "log") != nil {
		return nil, ErrNone
	}
	if err := enter(d, '{', "entries"); err != nil {
		return nil, fmt.Errorf("the log of the HAR file has no list of entries: %w", err)
	}
	if err := enter(d, '[', ""); err != nil {
		return nil, fmt.Errorf("the entries of the HAR file are no list: %w", err)
	}
	var all []Entry
	for d.More() {
		var e entry
		if err := d.Decode(&e); err != nil {
			return all, broken(d, len(all)+1, err)
		}
		all = append(all, e.read(len(all)+1))
	}
	if _, err := d.Token(); err != nil {
		return all, broken(d, len(all)+1, err)
	}
	return all, nil
}

func broken(d *json.Decoder, number int, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends there: it was cut")
	}
	return fmt.Errorf("entry %d of the HAR file cannot be read, at byte %d: %w", number, d.InputOffset()+1, err)
}

// enter goes into an object or list, and in an object on to the value of a member.
func enter(d *json.Decoder, kind json.Delim, member string) error {
	at, err := d.Token()
	if err != nil {
		return err
	}
	if at != kind {
		return fmt.Errorf("%v stands where %v belongs", at, kind)
	}
	for member != "" {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name == member {
			return nil
		}
		if _, ok := name.(string); !ok {
			return fmt.Errorf("there is no %q", member)
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return nil
}

// decode undoes the base64 of a body.
func decode(text, encoding string) []byte {
	if text == "" {
		return nil
	}
	if encoding != "base64" {
		return []byte(text)
	}
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return []byte(text)
	}
	return body
}
