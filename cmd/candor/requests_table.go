package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// width is how wide what is written may be; 0: as wide as it is, since it goes to no terminal.
func (p *program) width() int {
	file, is := p.out.(*os.File)
	if !is || !isTerminal(file) {
		return 0
	}
	return cmp.Or(terminalWidth(file), sheetWidth)
}

// writeRequests lists calls: one a line where it is wide enough, or else on two lines each.
func writeRequests(to io.Writer, page *admin.RequestPage, width int) error {
	text, err := "No call that failed fits.\n", error(nil)
	if len(page.Requests) > 0 {
		text, err = requestTable(page.Requests)
	}
	if err != nil {
		return err
	}
	if len(page.Requests) > 0 && width > 0 && widest(text) > width {
		text = requestPairs(page.Requests, width)
	}
	if page.Next != "" {
		text += "There are more: add --cursor " + page.Next + "\n"
	}
	_, err = io.WriteString(to, text)
	return err
}

// requestTable is a line a call.
func requestTable(all []*requestlog.Record) (string, error) {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIME (UTC)\tID\tSTATUS\tPROBLEM\tAPP\tCALL")
	for _, r := range all {
		status, problem := howEnded(r)
		fmt.Fprintln(w, strings.Join([]string{timeInList(r), r.RequestID, status, problem, appInList(r), shown(callShown(r))}, "\t"))
	}
	err := w.Flush()
	return table.String(), err
}

// requestPairs are two lines a call: when and how it ended, and its id with whose call it was.
func requestPairs(all []*requestlog.Record, width int) string {
	var w strings.Builder
	w.WriteString("TIME (UTC)      STATUS AND PROBLEM, CALL\n  ID                                    APP\n")
	for _, r := range all {
		status, problem := howEnded(r)
		w.WriteString(fitted(timeInList(r)+"  "+status+" "+problem+"  "+shown(callShown(r)), width) + "\n")
		w.WriteString(fitted("  "+r.RequestID+"  "+appInList(r), width) + "\n")
	}
	return w.String()
}

func timeInList(r *requestlog.Record) string { return r.Time.UTC().Format("01-02 15:04:05") }

func appInList(r *requestlog.Record) string { return shown(cmp.Or(r.App, "not known")) }

func howEnded(r *requestlog.Record) (status, problem string) {
	status, problem, _ = strings.Cut(endShown(r), " ")
	if r.Status == 0 {
		status, problem = "none", r.Problem
	}
	return status, cmp.Or(problem, passedOn(r))
}

// passedOn stands where there is no problem of ours.
func passedOn(r *requestlog.Record) string {
	if r.By == requestlog.ByUpstream {
		return "(the API's)"
	}
	return "none"
}

// widest is how many characters the longest line of a text has.
func widest(text string) (most int) {
	for line := range strings.Lines(text) {
		most = max(most, len([]rune(strings.TrimSuffix(line, "\n"))))
	}
	return most
}

// fitted is a line cut to a width.
func fitted(line string, width int) string {
	if r := []rune(line); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return line
}
