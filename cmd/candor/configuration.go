package main

import (
	"errors"
	"fmt"

	"github.com/candor-gateway/candor/internal/config"
)

// load reads a configuration. Its mistakes are the command's whole answer.
func (p *program) load(file string) (*config.Config, error) {
	cfg, err := config.Load(file, p.env)
	if err != nil {
		return nil, whole(err)
	}
	return cfg, nil
}

// whole puts a count under the mistakes of a configuration, and gives them their exit code.
func whole(err error) error {
	var ms config.Mistakes
	if !errors.As(err, &ms) {
		return err
	}
	if len(ms) > 1 {
		err = fmt.Errorf("%w\n%d mistakes", err, len(ms))
	}
	return &exitError{exitMistake, err}
}
