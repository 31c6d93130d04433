package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/explain"
)

type explainCmd struct {
	Input []string `arg:"" optional:"" help:"A status, class, code, subcode, name or message, or a file with an answer as curl -i shows it, or a HAR file; - or nothing is standard input."`
	JSON  bool     `name:"json" help:"Write the explanation as JSON."`
	askFlags
	Catalogue bool `help:"Write the whole catalogue of problems instead, in both profiles."`
}

// Help is shown below the flags.
func (explainCmd) Help() string {
	return `Works offline, and repeats no credential of what was pasted. With --config or
--server the instance is asked for the call of the id that is given or pasted, and
tells what happened, since when it recurs, what has changed since such calls last
worked, and what would become of the call now; of an id alone, the instance of
./candor.yaml is asked where that file exists. Of failures that others answered
with, or that you tell in your own words, it ranks the causes; say what is
different when it works ("with curl", "from another machine", "until yesterday"):
it changes the order.

Exit code: 0 if it can tell, 3 if it cannot.

Examples:

    candor explain 65601
    candor explain 302
    candor explain EXPIRED_ACCESS_TOKEN
    curl -si https://api.example.com/v2/me | candor explain
    candor explain 01a2105d-5db4-7e54-9977-059df43e5d54
    candor explain 01a2105d-5db4-7e54-9977-059df43e5d54 --config candor.yaml
    CANDOR_KEY=… candor explain AaIQXV20flSZdwWd9D5dVA== --server https://developers.example.com
    candor explain Error: connect ECONNREFUSED 127.0.0.1:8080
    candor explain 'https://app.example/back?error=access_denied&error_description=…'
    candor explain invalid_grant
    grep -F ID access.log | candor explain
    candor explain page.har
    candor explain --json answer.txt
    candor explain --catalogue --json`
}

// Run explains the input.
func (c *explainCmd) Run(p *program) error {
	if c.Catalogue {
		return c.catalogue(p)
	}
	input, err := c.read(p)
	if err != nil {
		return err
	}
	e, ok, err := explain.Pasted(input, p.now())
	if err != nil {
		return &exitError{exitCannotExplain, fmt.Errorf("candor explain: %w", err)}
	}
	if e, ok, err = c.asked(p, input, e, ok); err != nil {
		return err
	}
	if !ok {
		return &exitError{exitCannotExplain, errors.New("candor explain: cannot tell what this is; expected a status such as 401 or 3xx, a code, a subcode, the name of a problem, the id of a call, a line of the access log, the message of a client or a browser, an error of OAuth or the address that a browser was led back to, another API's error, a JWT, a HAR file, or an answer as curl -i shows it; what is said beside it (works with curl, since yesterday) helps. For example: candor explain 65601, or: curl -si https://api.example.com/v2/me | candor explain")}
	}
	if c.JSON {
		return writeJSON(p.out, e)
	}
	_, err = io.WriteString(p.out, e.Text())
	return err
}

// asked is what an instance says, where one is to be asked: the one that was named or, of an id alone, that of the folder's configuration. Who named none is told
// what is known offline where that one cannot be asked.
func (c *explainCmd) asked(p *program, input []byte, e explain.Explanation, ok bool) (explain.Explanation, bool, error) {
	if c.given() {
		return c.lookedUp(p, input, e, ok)
	}
	if !isID(strings.TrimSpace(string(input))) || !isFile(configHere) {
		return e, ok, nil
	}
	found, known, err := c.lookedUp(p, input, e, ok)
	if err != nil {
		e.Note = strings.TrimSpace(e.Note + "\nThe instance of " + configHere + " could not be asked: " + err.Error() + ".")
		return e, ok, nil //nolint:nilerr // it is told in the note: nobody asked for this instance by name
	}
	return found, known, nil
}

// lookedUp is what the instance has of the call of an id in the input, or else what was found offline.
func (c *explainCmd) lookedUp(p *program, input []byte, e explain.Explanation, ok bool) (explain.Explanation, bool, error) {
	ids := explain.IDs(input, idsMax)
	if len(ids) == 0 && !ok {
		return e, ok, nil
	}
	note := "In what was pasted is no id of a call, so the instance was not asked."
	for _, id := range ids {
		a, err := p.record(&c.askFlags, id)
		if none, is := errors.AsType[*errNoRecord](err); is {
			note = "Of " + id + ": " + none.Error() + "."
			continue
		}
		if err != nil {
			return e, ok, err
		}
		found := explain.Record(a.record)
		found.Call.Judge = a.judge
		found.Seen, found.Nearest = append(found.Seen, e.Seen...), e.Nearest
		return found, true, nil
	}
	if !ok {
		return e, ok, nil
	}
	e.Note = strings.TrimSpace(e.Note + "\n" + note)
	return e, true, nil
}

// idsMax is how many ids of an input the instance is asked for, until it knows one.
const idsMax = 3

// inputMax is how much is read of what explains itself or is a token, and harMax of a HAR file, which has all the calls of a page.
const (
	inputMax = 1 << 20
	harMax   = 32 << 20
)

// read is the words of the command line, the file that they name, or standard input.
func (c *explainCmd) read(p *program) ([]byte, error) {
	words := strings.Join(c.Input, " ")
	if words == "" || words == "-" {
		return readSome(p.in)
	}
	if info, err := os.Stat(words); err != nil || !info.Mode().IsRegular() {
		return []byte(words), nil
	}
	file, err := os.Open(words) //nolint:gosec // the file that the user names
	if err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	defer file.Close()
	return readSome(file)
}

func readSome(r io.Reader) ([]byte, error) {
	input, err := io.ReadAll(io.LimitReader(r, harMax))
	if err != nil {
		return nil, fmt.Errorf("explain: read the answer: %w", err)
	}
	return input, nil
}

// catalogue writes every row.
func (c *explainCmd) catalogue(p *program) error {
	table := explain.Catalogue()
	if c.JSON {
		return writeJSON(p.out, table)
	}
	var w strings.Builder
	for i := range table {
		r := &table[i]
		status := fmt.Sprint(r.Standard.Status)
		if r.LinkedIn.Status != r.Standard.Status {
			status += "/" + fmt.Sprint(r.LinkedIn.Status)
		}
		fmt.Fprintf(&w, "%-8s%-7d%-27s%s\n", status, r.LinkedIn.ServiceErrorCode, r.Problem, r.LinkedIn.Code)
	}
	_, err := io.WriteString(p.out, w.String())
	return err
}

func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(accesslog.AppendSafe(nil, b.Bytes())) // it may hold what a caller sent, and be read in a terminal
	return err
}
