package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// reasons are the words in which a grant's death is kept. They outlive the constants' order.
var reasons = [...]string{access.NotRevoked: "", access.ByMember: "by member", access.ScopeChanged: "scope changed", access.ByApp: "by app", access.ByOperator: "by operator", access.Reused: "refresh reused"}

// Grant finds a grant, dead or alive; token.ErrNotFound where there is none.
func (s *Store) Grant(ctx context.Context, id access.GrantID) (*access.Grant, error) {
	var g *access.Grant
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		g, err = findGrant(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// EnsureGrant finds the live grant with exactly these scopes or makes one; see token.Granter.
func (s *Store) EnsureGrant(ctx context.Context, spec token.GrantSpec, now time.Time) (token.Granted, error) {
	var done token.Granted
	err := s.write(ctx, func(tx *sql.Tx) error {
		change, err := nextChange(ctx, tx)
		if err != nil {
			return err
		}
		if err = killCodes(ctx, tx, spec.App, spec.Member, access.ScopeChanged, otherScopes(spec.Scopes)); err != nil {
			return err
		}
		done, err = s.ensureGrant(ctx, tx, spec, change, now)
		return err
	})
	if err != nil {
		return token.Granted{}, err
	}
	return done, nil
}

// ensureGrant is EnsureGrant's part of a transaction.
func (s *Store) ensureGrant(ctx context.Context, tx *sql.Tx, spec token.GrantSpec, change int64, now time.Time) (done token.Granted, err error) {
	id, err := extendGrant(ctx, tx, spec, change)
	if errors.Is(err, token.ErrNotFound) {
		done.New = true
		done.Superseded, id, err = s.replaceGrant(ctx, tx, spec, change, now)
	}
	if err != nil {
		return done, err
	}
	done.Grant, err = findGrant(ctx, tx, id)
	return done, err
}

// RevokeGrant kills a grant, with the codes of its app and member that were not used yet. One that is dead already keeps its first reason.
func (s *Store) RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		g, err := findGrant(ctx, tx, id)
		if err != nil {
			return err
		}
		return revokeGrant(ctx, tx, g, why)
	})
}

func revokeGrant(ctx context.Context, tx *sql.Tx, g *access.Grant, why access.Reason) error {
	change, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	if err := killCodes(ctx, tx, g.App, g.MemberID(), why, allCodes); err != nil {
		return err
	}
	return killGrant(ctx, tx, g.ID, why, change)
}

// replaceGrant makes a new generation and, of a member's grants, puts an end to the one before.
func (s *Store) replaceGrant(ctx context.Context, tx *sql.Tx, spec token.GrantSpec, change int64, now time.Time) (old []access.GrantID, id access.GrantID, err error) {
	if spec.Member != 0 {
		if old, err = killGrants(ctx, tx, spec, change); err != nil {
			return nil, 0, err
		}
	}
	if id, err = s.newGrantID(); err != nil {
		return nil, 0, err
	}
	return old, id, insertGrant(ctx, tx, id, spec, change, now)
}

// newGrantID draws 62 bits and is never 0: two are equal once in billions of grants, and then the insertion fails.
func (s *Store) newGrantID() (access.GrantID, error) {
	var b [8]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return 0, fmt.Errorf("make a grant id: %w", err)
	}
	return access.GrantID(binary.BigEndian.Uint64(b[:])>>1 | 1), nil
}

// extendGrant notes on the live grant that is asked for that it matters until spec.Ends.
func extendGrant(ctx context.Context, tx *sql.Tx, spec token.GrantSpec, change int64) (id access.GrantID, err error) {
	err = tx.QueryRowContext(ctx, `
		UPDATE grants SET ends_at = max(ends_at, ?1), refresh_ends_at = max(refresh_ends_at, ?6), change = ?2
		WHERE app_id = ?3 AND member_id IS ?4 AND scopes = ?5 AND revoked = '' RETURNING id`,
		spec.Until(), change, spec.App, orNull(spec.Member), scopesBlob(spec.Scopes), spec.RefreshUntil()).Scan(&id)
	return id, wrap(err, "find the live grant")
}

func killGrants(ctx context.Context, tx *sql.Tx, spec token.GrantSpec, change int64) ([]access.GrantID, error) {
	rows, err := tx.QueryContext(ctx, `
		UPDATE grants SET revoked = ?, change = ? WHERE app_id = ? AND member_id = ? AND revoked = '' RETURNING id`,
		reasons[access.ScopeChanged], change, spec.App, spec.Member)
	ids, err := collect(rows, err, func(rows *sql.Rows) (id access.GrantID, err error) { return id, rows.Scan(&id) })
	return ids, wrap(err, "end the grants of other scopes")
}

func insertGrant(ctx context.Context, tx *sql.Tx, id access.GrantID, spec token.GrantSpec, change int64, now time.Time) error {
	// INSERT … SELECT: an app or member that is not there yields no row, which tells it from other failures.
	done, err := tx.ExecContext(ctx, `
		INSERT INTO grants (id, app_id, member_id, scopes, scope_text, created_at, ends_at, refresh_ends_at, change)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
		WHERE EXISTS (SELECT 1 FROM apps WHERE id = ?2) AND (?3 IS NULL OR EXISTS (SELECT 1 FROM members WHERE id = ?3))`,
		id, spec.App, orNull(spec.Member), scopesBlob(spec.Scopes), spec.ScopeText, now.Unix(), spec.Until(), spec.RefreshUntil(), change)
	if err != nil {
		return wrap(err, "add a grant")
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return wrap(err, "add a grant")
	}
	return fmt.Errorf("add a grant of app %d and member %d: %w", spec.App, spec.Member, token.ErrNotFound)
}

func killGrant(ctx context.Context, tx *sql.Tx, id access.GrantID, why access.Reason, change int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE grants SET revoked = ?, change = ? WHERE id = ? AND revoked = ''`, reasons[why], change, id)
	return wrap(err, fmt.Sprintf("revoke grant %d", id))
}

// grantColumns are what scanLiveGrant reads.
const grantColumns = `SELECT g.id, g.app_id, g.scopes, g.scope_text, g.created_at, g.ends_at, g.revoked, g.refresh_ends_at, g.used_at, m.id, m.subject, m.restricted
	FROM grants g LEFT JOIN members m ON m.id = g.member_id `

func findGrant(ctx context.Context, tx *sql.Tx, id access.GrantID) (*access.Grant, error) {
	rows, err := tx.QueryContext(ctx, grantColumns+`WHERE g.id = ?`, int64(id))
	grants, err := collect(rows, err, scanGrant)
	if err == nil && len(grants) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, wrap(err, fmt.Sprintf("find grant %d", id))
	}
	return grants[0], nil
}

func scanGrant(rows *sql.Rows) (*access.Grant, error) {
	l, err := scanLiveGrant(rows)
	return l.Grant, err
}

// scanLiveGrant reads a grant with its end, also of one that is dead.
func scanLiveGrant(rows *sql.Rows) (l token.LiveGrant, err error) {
	var (
		g          access.Grant
		scopes     []byte
		revoked    string
		refreshed  int64
		created    int64
		used       int64
		member     sql.Null[access.MemberID]
		subject    sql.NullString
		restricted sql.NullBool
	)
	if err = rows.Scan(&g.ID, &g.App, &scopes, &g.ScopeText, &created, &l.Ends, &revoked, &refreshed, &used, &member, &subject, &restricted); err != nil {
		return l, err
	}
	if g.Scopes, err = scopesOf(scopes); err != nil {
		return l, fmt.Errorf("grant %d has %w", g.ID, err)
	}
	why, err := reasonOf(revoked)
	if err != nil {
		return l, fmt.Errorf("grant %d has %w", g.ID, err)
	}
	g.Revoke(why)
	g.Created = uint32(min(created, math.MaxUint32))
	g.RefreshUntil(refreshed)
	g.Use(used)
	if member.Valid {
		g.Member = &access.Member{ID: member.V, Subject: subject.String}
		g.Member.Restricted.Store(restricted.Bool)
	}
	l.Grant = &g
	return l, nil
}

// reasonOf reads a word of reasons.
func reasonOf(word string) (access.Reason, error) {
	why := slices.Index(reasons[:], word)
	if why < 0 {
		return 0, fmt.Errorf("been revoked for a reason that this candor does not know: %q", word)
	}
	return access.Reason(why), nil
}

// scopesOf reads what scopesBlob wrote.
func scopesOf(blob []byte) (set access.ScopeSet, err error) {
	if len(blob) != 8*len(set) {
		return set, fmt.Errorf("a scope set of %d bytes, not %d; restore %s from a backup", len(blob), 8*len(set), File)
	}
	for i := range set {
		set[i] = binary.BigEndian.Uint64(blob[8*i:])
	}
	return set, nil
}

func scopesBlob(s access.ScopeSet) []byte {
	b := make([]byte, 0, 8*len(s))
	for _, word := range s {
		b = binary.BigEndian.AppendUint64(b, word)
	}
	return b
}

func orNull(id access.MemberID) sql.Null[int64] {
	return sql.Null[int64]{V: int64(id), Valid: id != 0}
}
