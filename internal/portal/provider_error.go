package portal

import (
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
)

// ProviderFault is what kept somebody from signing in at the provider.
type ProviderFault uint8

// The faults.
const (
	Unreachable ProviderFault = iota // it did not answer, or with an error of its own
	Declined                         // it sent the browser back without a sign-in
	WrongAnswer                      // what it said is not good enough
	Refused                          // it takes neither us nor what we bring
)

// ProviderError is why nobody has signed in.
type ProviderError struct {
	Kind       ProviderFault
	Word, Says string // the provider's error and its description, as it wrote them; "" none
	err        error
}

// Error is for the operator's log.
func (e *ProviderError) Error() string {
	if e.err != nil {
		return "the OpenID provider: " + e.err.Error()
	}
	return fmt.Sprintf("the OpenID provider says %.100q: %.300q", e.Word, e.Says)
}

// Unwrap is the cause.
func (e *ProviderError) Unwrap() error { return e.err }

func wrongAnswer(err error) *ProviderError { return &ProviderError{Kind: WrongAnswer, err: err} }

// exchangeError is why a code gave no tokens (RFC 6749 §5.2). Its text does not have the answer's body.
func exchangeError(err error) *ProviderError {
	said, answered := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !answered:
		return &ProviderError{Kind: Unreachable, err: fmt.Errorf("ask its token endpoint: %w", short(err))}
	case said.Response != nil && said.Response.StatusCode >= http.StatusInternalServerError:
		return &ProviderError{Kind: Unreachable, err: fmt.Errorf("its token endpoint answered %d", said.Response.StatusCode)}
	default:
		return &ProviderError{Kind: Refused, Word: said.ErrorCode, Says: said.ErrorDescription}
	}
}

// short is an error of which no more than a few lines are shown: some have whole answers in them.
func short(err error) error {
	const most = 300
	if text := err.Error(); len(text) > most {
		return errors.New(text[:most] + "…")
	}
	return err
}
