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
	var b strings.Builder
	b.WriteString(strings.ToUpper(told.Text[:1]) + told.Text[1:] + ".\n")
	if told.Now != nil && told.Now.Fix != "" && told.Verdict == admin.WouldFail {
		b.WriteString("Fix: " + told.Now.Fix + "\n")
	}
	if len(told.Checks) > 0 {
		b.WriteString("\n")
	}
	for i := range told.Checks {
		if c := &told.Checks[i]; c.Verdict != "nothing asked" {
			writeCheck(&b, c)
		}
	}
	if len(told.Unjudged) > 0 {
		b.WriteString("\nNot judged\n")
	}
	for _, u := range told.Unjudged {
		fmt.Fprintf(&b, "  %s: %s\n", u.Check, u.Why)
	}
	return b.String()
}
