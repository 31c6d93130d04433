package main

import (
	"cmp"
	"context"
	"errors"
	"os"

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

// record is what the instance has of a call, and what it was that told it. *errNoRecord: it has none.
func (p *program) record(f *askFlags, id string) (r *requestlog.Record, source string, err error) {
	if f.Server != "" {
		return p.recordForDeveloper(f.Server, id)
	}
	file := cmp.Or(f.Config, configHere)
	err = p.withRequests(file, func(ctx context.Context, requests admin.Requests) (err error) {
		r, err = requests.Request(ctx, id)
		return err
	})
	if refused, is := errors.AsType[*admin.Fault](err); is && refused.Status == 404 {
		return nil, "", &errNoRecord{"the instance of " + file + " has no record of this id: the call is too old, or was only counted since it went well or was one of many that failed in its second, or it never came there"}
	}
	return r, "the request log of the instance", err
}

func (p *program) recordForDeveloper(at, id string) (r *requestlog.Record, source string, err error) {
	server, err := p.developerServer(at)
	if err != nil {
		return nil, "", err
	}
	r, err = server.Request(context.Background(), id)
	return r, "what " + server.url.Host + " tells the owner of the app", err
}

// isID reports whether a word is the id of a call, in any spelling.
func isID(word string) bool {
	_, ok := callid.Parse(word)
	return ok
}
