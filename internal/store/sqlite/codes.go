package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// AddCode keeps a code, and of its app and member no more than token.MostCodes. Its id is random; one that is there already is refused.
func (s *Store) AddCode(ctx context.Context, c *access.Code) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO codes (id, app_id, member_id, scopes, scope_text, redirect_uri, challenge, nonce, authenticated_at, created_at, ends_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			int64(c.ID), c.App, int64(c.Member.ID), scopesBlob(c.Scopes), c.ScopeText, c.RedirectURI, c.Challenge, c.Nonce, c.Authenticated, c.Created, c.Ends)
		if err != nil {
			return wrap(err, "keep a code")
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM codes WHERE app_id = ?1 AND member_id = ?2 AND n <= (
				SELECT n FROM codes WHERE app_id = ?1 AND member_id = ?2 ORDER BY n DESC LIMIT 1 OFFSET ?3)`, c.App, int64(c.Member.ID), token.MostCodes)
		return wrap(err, "delete the oldest codes")
	})
}

// ExchangeCode lets decide look at a code, nil where there is none, and does what it says, all of it or nothing. Of those who come at once each sees what the one
// before has done.
func (s *Store) ExchangeCode(ctx context.Context, id access.CodeID, now time.Time, decide func(*access.Code) token.CodeChange) (done token.Exchanged, err error) {
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		code, err := findCode(ctx, tx, id)
		if err != nil {
			return err
		}
		switch change := decide(code); {
		case change.Failed:
			return countFailure(ctx, tx, id)
		case change.Recall:
			done.Recalled, err = recall(ctx, tx, id, now)
			return err
		case change.Redeem != nil:
			done.Granted, err = s.redeem(ctx, tx, code, change.Redeem, now)
			return err
		}
		return nil
	})
	if err != nil {
		return token.Exchanged{}, err
	}
	return done, nil
}

// redeem uses a code up. What an earlier consent to other scopes gave ends with it: grants, and codes of it.
func (s *Store) redeem(ctx context.Context, tx *sql.Tx, code *access.Code, r *token.Redeem, now time.Time) (done token.Granted, err error) {
	change, err := nextChange(ctx, tx)
	if err != nil {
		return done, err
	}
	line := r.Line
	if line == nil {
		line = &access.Line{}
	}
	if err = useCode(ctx, tx, code.ID, line.ID, now); err != nil {
		return done, err
	}
	if err = killCodes(ctx, tx, code.App, code.Member.ID, access.ScopeChanged, earlierOfOtherScopes(code)); err != nil {
		return done, err
	}
	if done, err = s.ensureGrant(ctx, tx, r.Spec, change, now); err != nil {
		return done, err
	}
	if r.Line != nil {
		if err = insertLine(ctx, tx, r.Line, done.Grant.ID); err != nil {
			return done, err
		}
	}
	return done, noteToken(ctx, tx, code.ID, r.Token)
}

// recall takes back what a code gave, and returns the access tokens.
func recall(ctx context.Context, tx *sql.Tx, id access.CodeID, now time.Time) ([]token.RevokedToken, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, ends_at FROM code_tokens WHERE code_id = ? AND ends_at > ?`, int64(id), now.Unix())
	tokens, err := collect(rows, err, scanRevoked)
	if err != nil {
		return nil, wrap(err, "find what a code gave")
	}
	change, err := nextChange(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		if err = upsertRevoked(ctx, tx, t, change); err != nil {
			return nil, err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE lines SET revoked = 1 WHERE code_id = ?`, int64(id))
	return tokens, wrap(err, "take back the refresh tokens of a code")
}

func useCode(ctx context.Context, tx *sql.Tx, id access.CodeID, line access.LineID, now time.Time) error {
	done, err := tx.ExecContext(ctx, `UPDATE codes SET used_at = ?, line_id = ? WHERE id = ? AND used_at = 0 AND dead = ''`, now.Unix(), int64(line), int64(id))
	if err != nil {
		return wrap(err, "use a code")
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return wrap(err, "use a code")
	}
	return fmt.Errorf("use a code: it was used or is dead")
}

func countFailure(ctx context.Context, tx *sql.Tx, id access.CodeID) error {
	_, err := tx.ExecContext(ctx, `UPDATE codes SET failures = failures + 1 WHERE id = ?`, int64(id))
	return wrap(err, "count a failure with a code")
}

// noteToken notes an access token with the code that it comes from, if that is still kept and there are not too many.
func noteToken(ctx context.Context, tx *sql.Tx, code access.CodeID, t token.RevokedToken) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO code_tokens (code_id, id, ends_at) SELECT id, ?1, ?2 FROM codes
		WHERE id = ?3 AND (SELECT count(*) FROM code_tokens WHERE code_id = ?3) < ?4`, t.ID[:], t.Ends, int64(code), token.MostOfCode)
	return wrap(err, "note what a code gave")
}

// which chooses among the codes of an app and a member that were not used: a condition and its arguments.
type which struct {
	condition string
	arguments []any
}

var allCodes = which{}

func otherScopes(s access.ScopeSet) which {
	return which{" AND scopes <> ?", []any{scopesBlob(s)}}
}

func earlierOfOtherScopes(c *access.Code) which {
	return which{" AND scopes <> ? AND n < (SELECT n FROM codes WHERE id = ?)", []any{scopesBlob(c.Scopes), int64(c.ID)}}
}

func killCodes(ctx context.Context, tx *sql.Tx, app access.AppID, member access.MemberID, why access.Reason, of which) error {
	if member == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE codes SET dead = ? WHERE app_id = ? AND member_id = ? AND used_at = 0 AND dead = ''`+of.condition, //nolint:gosec // one of ours
		append([]any{reasons[why], app, int64(member)}, of.arguments...)...)
	return wrap(err, "end codes")
}

// findCode is the code of that id; nil where there is none.
func findCode(ctx context.Context, tx *sql.Tx, id access.CodeID) (*access.Code, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT c.id, c.app_id, c.scopes, c.scope_text, c.redirect_uri, c.challenge, c.nonce, c.authenticated_at, c.created_at, c.ends_at, c.used_at, c.failures,
			c.dead, c.line_id, m.id, m.subject, m.restricted
		FROM codes c JOIN members m ON m.id = c.member_id WHERE c.id = ?`, int64(id))
	codes, err := collect(rows, err, scanCode)
	if err != nil || len(codes) == 0 {
		return nil, wrap(err, "find a code")
	}
	return codes[0], nil
}

func scanCode(rows *sql.Rows) (*access.Code, error) {
	var (
		c          = access.Code{Member: &access.Member{}}
		scopes     []byte
		dead       string
		restricted bool
	)
	err := rows.Scan(&c.ID, &c.App, &scopes, &c.ScopeText, &c.RedirectURI, &c.Challenge, &c.Nonce, &c.Authenticated, &c.Created, &c.Ends, &c.Used, &c.Failures,
		&dead, &c.Line, &c.Member.ID, &c.Member.Subject, &restricted)
	if err != nil {
		return nil, err
	}
	c.Member.Restricted.Store(restricted)
	if c.Scopes, err = scopesOf(scopes); err != nil {
		return nil, fmt.Errorf("a code has %w", err)
	}
	if c.Dead, err = reasonOf(dead); err != nil {
		return nil, fmt.Errorf("a code has %w", err)
	}
	return &c, nil
}
