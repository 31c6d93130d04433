package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
)

type requestsJudgeCmd struct {
	ID string `arg:"" help:"The id of the call, in any spelling: an answer has it in X-Request-Id."`
	instanceFlags
}

// Help is shown below the flags.
func (requestsJudgeCmd) Help() string {
	return `The recorded caller and call are put before the policy that the running instance holds. No API is called, nothing is counted, and no use of a token is noted. Limits are told as they are counted now. What a record has not enough for, such as a body or the token of another issuer, it says.

Exit code: 0 if the call would pass or it cannot be told, 3 if it would be refused.

Examples:

    candor requests judge 01a2105d-5db4-7e54-9977-059df43e5d54
    candor requests judge 01a2105d-5db4-7e54-9977-059df43e5d54 --json`
}

// Run judges the call.
func (c *requestsJudgeCmd) Run(p *program) error {
	var told admin.Judgement
	err := p.withRequests(c.Config, func(ctx context.Context, requests admin.Requests) (err error) {
		told, err = requests.JudgeRequest(ctx, c.ID)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(p.out, told)
	} else {
		_, err = io.WriteString(p.out, judgementText(&told))
	}
	if err == nil && told.Verdict == admin.WouldFail {
		return &exitError{exitRefused, nil}
	}
	return err
}

// judgementText is a judgement for people.
func judgementText(told *admin.Judgement) string {
	var s sheet
	s.lines("", "", strings.ToUpper(told.Text[:1])+told.Text[1:]+".")
	if told.Now != nil && told.Now.Fix != "" && told.Verdict == admin.WouldFail {
		s.lines("Fix: ", "     ", told.Now.Fix)
	}
	if len(told.Checks) > 0 {
		s.WriteString("\n")
	}
	for i := range told.Checks {
		if c := &told.Checks[i]; c.Verdict != "nothing asked" {
			writeJudged(&s, c)
		}
	}
	if len(told.Unjudged) > 0 {
		s.WriteString("\nNot judged\n")
	}
	for _, u := range told.Unjudged {
		s.lines("  "+u.Check+": ", "    ", u.Why)
	}
	return s.String()
}

// writeJudged writes what a check says, in lines that fit.
func writeJudged(s *sheet, c *admin.RouteCheck) {
	what := c.Verdict
	if c.Status > 0 {
		what += fmt.Sprintf(": %d %s", c.Status, c.Problem)
	}
	if c.Why != "" {
		what += ": " + c.Why
	}
	const indent = 20
	s.lines(fmt.Sprintf("%-11s%-9s", c.Check, c.Mode), strings.Repeat(" ", indent), what)
	for _, line := range []string{c.Message, c.Fix} {
		if line != "" {
			s.lines(strings.Repeat(" ", indent), strings.Repeat(" ", indent), line)
		}
	}
}
