package explain

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/har"
)

// othersMax is how many other failed calls of a HAR file are named.
const othersMax = 10

// fromHAR is the answer to the last call of a HAR file that failed, as curl -i shows it, or what the browser said where none came; the note tells which call it
// is, and of the others that failed.
func fromHAR(input []byte) (pasted []byte, note string, err error) {
	all, err := har.Read(input) // of one that was cut what stands before the cut will do
	var failed []*har.Entry
	for i := range all {
		if all[i].Failed() {
			failed = append(failed, &all[i])
		}
	}
	switch {
	case len(failed) > 0:
		last := failed[len(failed)-1]
		return asPasted(last), noteOf(failed), nil
	case err != nil:
		return nil, "", err
	}
	return nil, "", errors.New("none of the " + strconv.Itoa(len(all)) + " calls of the HAR file failed")
}

// asPasted leaves out the fields of HTTP/2 that are none, and line ends where they would begin a field.
func asPasted(e *har.Entry) []byte {
	if e.Response.Status == 0 {
		return []byte(e.Error)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", e.Response.Status, oneLine(e.Response.Text))
	for _, f := range e.Response.Headers {
		if !strings.HasPrefix(f.Name, ":") {
			b.WriteString(oneLine(f.Name) + ": " + oneLine(f.Value) + "\r\n")
		}
	}
	b.WriteString("\r\n")
	b.Write(e.Response.Body)
	return b.Bytes()
}

func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

func noteOf(failed []*har.Entry) string {
	last := failed[len(failed)-1]
	note := "This is entry " + named(last) + ", the last of the HAR file that failed."
	if len(failed) == 1 {
		return note
	}
	var others []string
	for _, e := range failed[max(0, len(failed)-1-othersMax) : len(failed)-1] {
		others = append(others, named(e))
	}
	return note + " So did: " + strings.Join(others, "; ") + "."
}

// named is an entry by its number, call and answer.
func named(e *har.Entry) string {
	how := "no answer"
	if e.Response.Status != 0 {
		how = strconv.Itoa(e.Response.Status)
	}
	return strconv.Itoa(e.Number) + " (" + said(e.Request.Method) + " " + target(e.Request.URL) + ": " + how + ")"
}
