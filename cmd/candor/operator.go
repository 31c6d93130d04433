package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

// operator is who commands a running instance: over the socket in its data folder, or over the admin address with the token.
type operator struct{ config.Operator }

// errNobody says that no instance could be found, and how it was looked for.
type errNobody struct{ how string }

func (e *errNobody) Error() string {
	return e.how + "; start one with candor serve"
}

// errNoWay says that an instance can be reached neither way.
var errNoWay = errors.New("with data: none there is no socket, and admin has no token, so a running instance takes no commands")

// operatorOf is the one of a configuration. A data folder that is named holds over it.
func (p *program) operatorOf(file, data string) (*operator, error) {
	if data != "" {
		return &operator{config.Operator{Data: data}}, nil
	}
	o, err := config.OperatorOf(file, p.env)
	if err != nil {
		return nil, whole(err)
	}
	return &operator{o}, nil
}

// ask commands the running instance. *errNobody: there is none; errNoWay: it cannot be asked.
func (o *operator) ask(command func(*admin.Client) error) error {
	looked := ""
	if o.Data != "" {
		err := command(admin.Dial(filepath.Join(o.Data, "admin.sock")))
		if !nobodyThere(err) {
			return err
		}
		looked = "no instance runs with the data folder " + o.Data
	}
	switch {
	case looked == "" && o.Unread != nil:
		return whole(o.Unread)
	case looked == "" && o.Token.Value() == "":
		return errNoWay
	case o.Token.Value() == "" || o.Unread != nil:
		return &errNobody{looked}
	}
	err := command(admin.DialTCP(o.Address, o.Token.Value()))
	switch refused := (*admin.Fault)(nil); {
	case nobodyThere(err) && looked == "":
		return &errNobody{"no instance listens for its operator at " + o.Address}
	case nobodyThere(err):
		return &errNobody{looked + ", and none listens for its operator at " + o.Address}
	case errors.As(err, &refused) && refused.Status == 401:
		return fmt.Errorf("the instance at %s has another admin.token than this configuration", o.Address)
	}
	return err
}

// nobodyThere tells that no instance listens, from one that answers no.
func nobodyThere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}
