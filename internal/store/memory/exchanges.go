package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// code is a code, and the access tokens that came of it.
type code struct {
	access.Code       // without its member, which is of
	n           int64 // its place in their order
	of          *member
	gave        []token.RevokedToken
}

// AddCode keeps a code. Its id is random; one that is there already is refused.
func (s *Store) AddCode(_ context.Context, c *access.Code) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.member(c.Member.ID)
	if s.codes[c.ID] != nil || of == nil || c.App < 1 || int(c.App) > len(s.apps) {
		return errors.New("keep a code: its id is taken, or there is no such app or member")
	}
	s.made++
	kept := &code{Code: *c, n: s.made, of: of}
	kept.Member = nil
	s.codes[c.ID] = kept
	s.boundCodes(kept)
	return nil
}

// boundCodes lets go of the oldest codes of an app and a member; the caller holds mu.
func (s *Store) boundCodes(like *code) {
	var theirs []*code
	for _, c := range s.codes {
		if c.App == like.App && c.of == like.of {
			theirs = append(theirs, c)
		}
	}
	slices.SortFunc(theirs, func(a, b *code) int { return cmp.Compare(b.n, a.n) })
	for _, c := range theirs[min(len(theirs), token.MostCodes):] {
		delete(s.codes, c.ID)
	}
}

// boundLines lets go of the oldest lines of a grant; the caller holds mu.
func (s *Store) boundLines(grant access.GrantID) {
	var its []*access.Line
	for _, l := range s.lines {
		if l.Grant == grant {
			its = append(its, l)
		}
	}
	slices.SortFunc(its, func(a, b *access.Line) int {
		return cmp.Or(cmp.Compare(b.Issued, a.Issued), cmp.Compare(b.Ends, a.Ends))
	})
	for _, l := range its[min(len(its), token.MostLines):] {
		delete(s.lines, l.ID)
	}
}

func (c *code) export() *access.Code {
	if c == nil {
		return nil
	}
	out := c.Code
	out.Member = c.of.export()
	return &out
}

// ExchangeCode lets decide look at a code, nil where there is none, and does what it says; see sqlite's.
func (s *Store) ExchangeCode(_ context.Context, id access.CodeID, now time.Time, decide func(*access.Code) token.CodeChange) (done token.Exchanged, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.codes[id]
	switch change := decide(c.export()); {
	case change.Failed:
		c.Failures++
	case change.Recall:
		done.Recalled = s.recall(c, now)
	case change.Redeem != nil:
		done.Granted, err = s.redeem(c, change.Redeem, now)
	}
	return done, err
}

func (s *Store) recall(c *code, now time.Time) (tokens []token.RevokedToken) {
	for _, t := range c.gave {
		if t.Ends > now.Unix() {
			s.revokeToken(t)
			tokens = append(tokens, t)
		}
	}
	for _, l := range s.lines {
		if l.Code == c.ID {
			l.Revoked = true
		}
	}
	return tokens
}

func (s *Store) redeem(c *code, r *token.Redeem, now time.Time) (token.Granted, error) {
	if c.Used != 0 || c.Dead != access.NotRevoked {
		return token.Granted{}, fmt.Errorf("use a code: it was used or is dead")
	}
	done, err := s.ensureGrant(r.Spec, now)
	if err != nil {
		return done, err
	}
	s.killCodes(c.App, c.of.id, access.ScopeChanged, func(o *code) bool { return o.Scopes != c.Scopes && o.n < c.n })
	c.Used, c.gave = now.Unix(), append(c.gave, r.Token)
	if r.Line != nil {
		line := *r.Line
		line.Grant = done.Grant.ID
		c.Line, s.lines[line.ID] = line.ID, &line
		s.boundLines(line.Grant)
	}
	return done, nil
}

// killCodes ends codes of an app and a member that were not used; the caller holds mu.
func (s *Store) killCodes(app access.AppID, member access.MemberID, why access.Reason, which func(*code) bool) {
	for _, c := range s.codes {
		if c.App == app && c.of.id == member && c.Used == 0 && c.Dead == access.NotRevoked && which(c) {
			c.Dead = why
		}
	}
}

// ExchangeLine lets decide look at a line of refresh tokens and its grant, nil where there is none, and does what it says; see sqlite's.
func (s *Store) ExchangeLine(_ context.Context, id access.LineID, now time.Time, decide func(*access.Line, *access.Grant) token.LineChange) (done token.Exchanged, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := s.lines[id]
	if line == nil {
		decide(nil, nil)
		return done, nil
	}
	seen, g := *line, s.byID[line.Grant]
	change := decide(&seen, g.export())
	if change.Revoke != access.NotRevoked {
		s.revokeGrant(g, change.Revoke)
		done.Revoked, done.Reason = g.id, change.Revoke
		return done, nil
	}
	if change.Advance > 0 {
		line.Generation, line.Advanced = change.Advance, now.Unix()
	}
	if c := s.codes[line.Code]; c != nil && change.Token.Ends > 0 && len(c.gave) < token.MostOfCode {
		c.gave = append(c.gave, change.Token)
	}
	return done, nil
}

func (s *Store) sweepExchanges(now time.Time) (n int) {
	for id, c := range s.codes {
		if c.Ends <= now.Add(-token.CodesKept).Unix() {
			delete(s.codes, id)
			n++
		}
	}
	for id, l := range s.lines {
		if l.Ends <= now.Unix() {
			delete(s.lines, id)
			n++
		}
	}
	return n
}
