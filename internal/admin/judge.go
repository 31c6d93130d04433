package admin

import (
	"context"
	"net/url"
	"time"
)

// Judgement is what today's policy says of a call of the request log. Nobody was called for it, and nothing was counted.
type Judgement struct {
	ID      string      `json:"id"`
	At      time.Time   `json:"at"`      // of which moment it is true
	Verdict string      `json:"verdict"` // would_pass, would_fail, cannot_tell
	Text    string      `json:"text"`    // the same as one sentence
	Then    JudgedCall  `json:"then"`
	Now     *JudgedCall `json:"now,omitempty"` // nil: it could not be judged
	// NewToken says that it would pass with a new token alone: the one that it brought would not.
	NewToken  bool         `json:"new_token,omitempty"`
	Different []string     `json:"different,omitempty"` // what is otherwise now, as far as it is known
	Checks    []RouteCheck `json:"checks,omitempty"`
	Unjudged  []Unjudged   `json:"unjudged,omitempty"`
}

// The verdicts of a Judgement.
const (
	WouldPass  = "would_pass"
	WouldFail  = "would_fail"
	CannotTell = "cannot_tell"
)

// JudgedCall is how a call ended, or would end.
type JudgedCall struct {
	Outcome string    `json:"outcome"` // forwarded, answered, refused
	Check   string    `json:"check,omitempty"`
	Status  int       `json:"status,omitempty"`
	Problem string    `json:"problem,omitempty"`
	Since   time.Time `json:"since,omitzero"` // it is so
	Message string    `json:"message,omitempty"`
	Fix     string    `json:"fix,omitempty"`
}

// Unjudged is a check of which a record has not enough to judge by.
type Unjudged struct {
	Check string `json:"check"`
	Why   string `json:"why"`
}

const judged = "/judge"

// JudgeRequest puts the call of an id before the policy that holds now. It is Requests'.
func (c *Client) JudgeRequest(ctx context.Context, id string) (told Judgement, err error) {
	err = c.do(ctx, "GET", requestsPath+"/"+url.PathEscape(id)+judged, nil, &told)
	return told, err
}
