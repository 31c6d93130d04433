package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// writeSent is what the caller sent.
func writeSent(s *sheet, r *requestlog.Record) {
	if r.Method == "" && r.Target == "" && len(r.Headers) == 0 {
		return
	}
	s.heading("What was sent")
	s.lines("  ", "    ", strings.Join([]string{r.Method, r.Target, r.Version}, " "))
	writeFields(s, r.Headers)
	writeBody(s, r.Body)
	if r.In > 0 {
		s.say(bytesOf(r.In) + " in all.")
	}
}

func writeFields(s *sheet, all []requestlog.Field) {
	for _, f := range all {
		s.lines("  ", "    ", f.Name+": "+f.Value)
	}
}

func writeBody(s *sheet, b *requestlog.Body) {
	if b == nil {
		return
	}
	s.WriteString("\n")
	for line := range strings.Lines(laidOut(b)) {
		before := "  " + strings.Repeat(" ", min(len(line)-len(strings.TrimLeft(line, " ")), sheetWidth/2))
		s.lines(before, before+"  ", line)
	}
	if b.Cut {
		s.say(fmt.Sprintf("[… of a body of %s]", bytesOf(b.Bytes)))
	}
}

// laidOut is a body in lines: JSON that is whole has one for each member.
func laidOut(b *requestlog.Body) string {
	var lines bytes.Buffer
	if b.Cut || json.Indent(&lines, []byte(b.Text), "", "  ") != nil {
		return b.Text
	}
	return lines.String()
}

// writeAnswered is what the caller got.
func writeAnswered(s *sheet, r *requestlog.Record) {
	s.heading("What was answered")
	by := "by the gateway"
	if r.By == requestlog.ByUpstream {
		by = "by the API, passed on"
	}
	if r.Status == 0 {
		by = "before any answer"
	}
	s.say(endShown(r) + ", " + by)
	if a := r.Answer; a != nil {
		writeFields(s, a.Headers)
		writeBody(s, a.Body)
	}
	if r.Out > 0 {
		s.say(bytesOf(r.Out) + " in all.")
	}
}

func bytesOf(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
