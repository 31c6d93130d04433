package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/candor-gateway/candor/internal/report"
)

type reportCmd struct {
	File  string `arg:"" optional:"" help:"The id of a call, in any spelling, or a file with what curl -v or curl -i showed, or a HAR file; - or nothing is standard input."`
	Entry int    `placeholder:"N" help:"The call that is meant, of a recording with several, from 1; the last that failed unless said."`
	JSON  bool   `name:"json" help:"Write the report as JSON."`
	Out   string `placeholder:"FILE" help:"Write it to a new file that only you can read."`
	askFlags
}

// Help is shown below the flags.
func (reportCmd) Help() string {
	return `Makes of a call what support needs to look into it: the request, the answer with its ids, the client id, a timeline, what the answer means and where to send it. Credentials, cookies and passwords are left out; a token is told by its kind, its times and 8 digits of its hash, by which support finds it.

Of an id it asks the instance of --config (./candor.yaml unless said), or the --server at which developers sign in, with the developer key in CANDOR_KEY. Of a recording it asks nobody. A secret without a name or look that tells of it cannot be known: read the report before you send it.

curl -v does not show what was sent as body; with the command line pasted before it, it is in the report. Browsers export a HAR file from the network panel. A file whose name is an id is named with its folder, as in ./NAME.

Exit code: 0 if there is a report, 1 if the instance cannot be asked, 2 if --entry fits none or the key is not taken, 3 if it cannot tell what the input is or there is no record of the id.

Examples:

    curl -v https://api.example.com/v2/me 2>&1 | candor report
    candor report page.har
    candor report 01a2105d-5db4-7e54-9977-059df43e5d54
    candor report AaIQXV20flSZdwWd9D5dVA== --server https://developers.example.com
    candor report --entry 12 --json --out report.json page.har`
}

// Run makes the report.
func (c *reportCmd) Run(p *program) error {
	if c.Entry < 0 {
		return mistake("--entry counts from 1")
	}
	b, err := c.bundle(p)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return c.write(p.out, b)
	}
	return c.save(b)
}

// bundle is the report of an id, or else of a recording.
func (c *reportCmd) bundle(p *program) (*report.Bundle, error) {
	if isID(c.File) {
		return c.recorded(p)
	}
	if c.given() {
		return nil, mistake("--config and --server are for the id of a call; of a recording nobody is asked")
	}
	input, err := c.read(p)
	if err != nil {
		return nil, err
	}
	b, err := report.Make(input, c.Entry)
	switch {
	case errors.Is(err, report.ErrNoEntry):
		return nil, &exitError{exitMistake, fmt.Errorf("candor report: %w", err)}
	case err != nil:
		return nil, &exitError{exitCannotExplain, fmt.Errorf("candor report: %w", err)}
	}
	return b, nil
}

// recorded is the report of what an instance has of a call.
func (c *reportCmd) recorded(p *program) (*report.Bundle, error) {
	if c.Entry != 0 {
		return nil, mistake("--entry is for a recording of several calls; an id is of one")
	}
	a, err := p.record(&c.askFlags, c.File)
	if none, is := errors.AsType[*errNoRecord](err); is {
		return nil, &exitError{exitCannotExplain, fmt.Errorf("candor report: %w", none)}
	}
	if err != nil {
		return nil, err
	}
	return report.FromRecord(a.record, report.About{Source: a.source, Judge: a.judge}), nil
}

// read reads the file or standard input, and one byte more than a report is made of, so that more is known to be too much.
func (c *reportCmd) read(p *program) ([]byte, error) {
	from := p.in
	if c.File != "" && c.File != "-" {
		file, err := os.Open(c.File)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, mistake("there is no file %s, and it is no id of a call; candor report takes an id, a recording of curl or a HAR file", c.File)
		}
		if err != nil {
			return nil, fmt.Errorf("report: %w", err)
		}
		defer file.Close()
		from = file
	}
	input, err := io.ReadAll(io.LimitReader(from, report.FileMax+1))
	if err != nil {
		return nil, fmt.Errorf("report: read the recording: %w", err)
	}
	return input, nil
}

func (c *reportCmd) write(to io.Writer, b *report.Bundle) error {
	if c.JSON {
		return writeJSON(to, b)
	}
	_, err := io.WriteString(to, b.Markdown())
	return err
}

func (c *reportCmd) save(b *report.Bundle) error {
	return save("report", c.Out, func(to io.Writer) error { return c.write(to, b) })
}

// save writes a new file; one that is there already could be readable for others.
func save(command, path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that the user names
	if errors.Is(err, fs.ErrExist) {
		return mistake("there is a file %s already; name another, or remove it", path)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if err = errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("%s: write %s: %w", command, path, err), os.Remove(path))
	}
	return nil
}
