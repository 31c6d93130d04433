package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// askFlags say which instance is asked for the record of a call.
type askFlags struct {
	Config string `xor:"instance" placeholder:"FILE" help:"Ask the instance of this configuration for the call of an id, or read its request log where it does not run."`
	Server string `xor:"instance" placeholder:"URL" help:"Ask the place at which developers sign in, with the developer key in CANDOR_KEY; what it tells is what the owner of the app may know."`
}

// configHere is the configuration whose instance is asked for an id unless another is named.
const configHere = "candor.yaml"

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// given reports whether an instance was named.
func (f *askFlags) given() bool { return f.Config != "" || f.Server != "" }

// answered is what an instance tells of a call.
type answered struct {
	record *requestlog.Record
	source string // what it was that told it
	judge  string // what would become of the call now; "": that is not known, as where the instance does not run
}

// record is what the instance has of a call, and what would become of it now. *errNoRecord: it has none.
func (p *program) record(f *askFlags, id string) (a answered, err error) {
	if f.Server != "" {
		return p.recordForDeveloper(f.Server, id)
	}
	file := cmp.Or(f.Config, configHere)
	a.source = "the request log of the instance"
	err = p.withRequests(file, func(ctx context.Context, requests admin.Requests) (err error) {
		a.record, a.judge, err = recordOf(ctx, requests, id)
		return err
	})
	if refused, is := errors.AsType[*admin.Fault](err); is && refused.Status == 404 {
		return a, &errNoRecord{"the instance of " + file + " has no record of this id: the call is too old, or was only counted since it went well or was one of many that failed in its second, or it never came there"}
	}
	return a, err
}

func (p *program) recordForDeveloper(at, id string) (a answered, err error) {
	server, err := p.developerServer(at)
	if err != nil {
		return a, err
	}
	a.source = "what " + server.url.Host + " tells the owner of the app"
	a.record, a.judge, err = recordOf(context.Background(), server, id)
	return a, err
}

// judging is who has records of calls, and judges them again.
type judging interface {
	Request(ctx context.Context, id string) (*requestlog.Record, error)
	JudgeRequest(ctx context.Context, id string) (admin.Judgement, error)
}

// recordOf is the record of a call, and what would become of it now. Of a call that cannot be judged there is the record all the same.
func recordOf(ctx context.Context, from judging, id string) (r *requestlog.Record, judge string, err error) {
	if r, err = from.Request(ctx, id); err != nil {
		return nil, "", err
	}
	told, err := from.JudgeRequest(ctx, id)
	if err != nil {
		return r, "", nil //nolint:nilerr // the record is what was asked for
	}
	return r, judgedNow(&told), nil
}

// judgedNow is a judgement in a few sentences.
func judgedNow(told *admin.Judgement) string {
	if told.Text == "" {
		return ""
	}
	text := sentenceOf(told.Text)
	if told.Verdict == admin.WouldFail && told.Now != nil && told.Now.Fix != "" {
		text += " " + sentenceOf(told.Now.Fix)
	}
	if len(told.Different) > 0 {
		text += " Otherwise than then: " + strings.TrimSuffix(plain(strings.Join(told.Different, "; ")), ".") + "."
	}
	return text
}

// sentenceOf begins a text with a capital letter and ends it with a full stop.
func sentenceOf(s string) string {
	s = strings.TrimSuffix(plain(s), ".")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// isID reports whether a word is the id of a call, in any spelling.
func isID(word string) bool {
	_, ok := callid.Parse(word)
	return ok
}
