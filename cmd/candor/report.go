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
	File  string `arg:"" optional:"" help:"A file with what curl -v or curl -i showed, or a HAR file; - or nothing is standard input."`
	Entry int    `placeholder:"N" help:"The call that is meant, of a recording with several, from 1; the last that failed unless said."`
	JSON  bool   `name:"json" help:"Write the report as JSON."`
	Out   string `placeholder:"FILE" help:"Write it to a new file that only you can read."`
}

// Help is shown below the flags.
func (reportCmd) Help() string {
	return `Makes of a recorded call what support needs to look into it: the request, the answer with its ids, the client id, a timeline, what the answer means and where to send it. Credentials, cookies and passwords are left out; a token is told by its kind, its times and 8 digits of its hash, by which support finds it.

It works offline, from a recording alone: it does not look up the id of a call. A secret without a name or look that tells of it cannot be known: read the report before you send it.

curl -v does not show what was sent as body; with the command line pasted before it, it is in the report. Browsers export a HAR file from the network panel.

Exit code: 0 if there is a report, 2 if --entry fits none, 3 if it cannot tell what the input is.

Examples:

    curl -v https://api.example.com/v2/me 2>&1 | candor report
    candor report page.har
    candor report --entry 12 --json --out report.json page.har`
}

// Run makes the report.
func (c *reportCmd) Run(p *program) error {
	if c.Entry < 0 {
		return mistake("--entry counts from 1")
	}
	input, err := c.read(p)
	if err != nil {
		return err
	}
	b, err := report.Make(input, c.Entry)
	switch {
	case errors.Is(err, report.ErrNoEntry):
		return &exitError{exitMistake, fmt.Errorf("candor report: %w", err)}
	case err != nil:
		return &exitError{exitCannotExplain, fmt.Errorf("candor report: %w", err)}
	}
	if c.Out == "" {
		return c.write(p.out, b)
	}
	return c.save(b)
}

// read reads the file or standard input, and one byte more than a report is made of, so that more is known to be too much.
func (c *reportCmd) read(p *program) ([]byte, error) {
	from := p.in
	if c.File != "" && c.File != "-" {
		file, err := os.Open(c.File)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, mistake("there is no file %s; candor report takes a recording of curl or a HAR file, not the id of a call", c.File)
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

// save writes a new file; one that is there already could be readable for others.
func (c *reportCmd) save(b *report.Bundle) error {
	file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return mistake("there is a file %s already; name another, or remove it", c.Out)
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err = errors.Join(c.write(file, b), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("report: write %s: %w", c.Out, err), os.Remove(c.Out))
	}
	return nil
}
