package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
)

// Account finds an account; token.ErrNotFound where there is none.
func (s *Store) Account(ctx context.Context, id account.ID) (account.Account, error) {
	return s.account(ctx, accountByID, int64(id))
}

// AccountByEmail finds the account of an e-mail address, as access.Email spells it; token.ErrNotFound where there is none.
func (s *Store) AccountByEmail(ctx context.Context, email string) (account.Account, error) {
	return s.account(ctx, accountByEmail, email)
}

// AccountByMember finds the account of a member, by the operator's own id; token.ErrNotFound where there is none.
func (s *Store) AccountByMember(ctx context.Context, subject string) (account.Account, error) {
	return s.account(ctx, accountByMember, subject)
}

// AccountBySubject finds the account that signs in at an OpenID provider; token.ErrNotFound where there is none.
func (s *Store) AccountBySubject(ctx context.Context, issuer, subject string) (account.Account, error) {
	return s.account(ctx, accountBySubject, issuer, subject)
}

// Accounts are all, in the order in which they were made.
func (s *Store) Accounts(ctx context.Context) (all []account.Account, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = findAccounts(ctx, tx, accountColumns+`ORDER BY a.id`)
		return err
	})
	return all, err
}

// CreateAccount adds an account, and its member where there is none yet, and gives it an ID. What another account has is refused: *account.TakenError.
func (s *Store) CreateAccount(ctx context.Context, a account.Account) (account.Account, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		member, err := s.accountParts(ctx, tx, 0, &a)
		if err != nil {
			return err
		}
		a.ID, err = insertAccount(ctx, tx, &a, member)
		return err
	})
	if err != nil {
		return account.Account{}, err
	}
	return a, nil
}

// ChangeAccount lets change alter an account, all of it or nothing: an error of change is returned as it is. ID and time of creation stay. token.ErrNotFound says that
// there is no such account, *account.TakenError that another one has what it was to have.
func (s *Store) ChangeAccount(ctx context.Context, id account.ID, change func(*account.Account) error) (account.Account, error) {
	var is account.Account
	err := s.write(ctx, func(tx *sql.Tx) error {
		was, err := findAccount(ctx, tx, accountByID, int64(id))
		if err != nil {
			return err
		}
		is = was
		if err = change(&is); err != nil {
			return err
		}
		is.ID, is.Created = was.ID, was.Created
		member, err := s.accountParts(ctx, tx, id, &is)
		if err != nil {
			return err
		}
		return updateAccount(ctx, tx, &is, member)
	})
	if err != nil {
		return account.Account{}, err
	}
	return is, nil
}

func (s *Store) account(ctx context.Context, query string, arguments ...any) (a account.Account, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		a, err = findAccount(ctx, tx, query, arguments...)
		return err
	})
	return a, err
}

// accountParts refuses what another account than that of id has, and makes the member.
func (s *Store) accountParts(ctx context.Context, tx *sql.Tx, id account.ID, a *account.Account) (member access.MemberID, err error) {
	for _, u := range []struct {
		what      account.Taken
		has       bool
		query     string
		arguments []any
	}{
		{account.TakenEmail, true, accountByEmail, []any{a.Email}},
		{account.TakenMember, a.Member != "", accountByMember, []any{a.Member}},
		{account.TakenSubject, a.Issuer != "", accountBySubject, []any{a.Issuer, a.Subject}},
	} {
		if !u.has {
			continue
		}
		if err = mayHave(ctx, tx, id, u.what, u.query, u.arguments...); err != nil {
			return 0, err
		}
	}
	if a.Member == "" {
		return 0, nil
	}
	m, err := ensureMember(ctx, tx, a.Member, time.Unix(a.Created, 0))
	if err != nil {
		return 0, err
	}
	return m.ID, nil
}

// mayHave refuses what the query finds at another account.
func mayHave(ctx context.Context, tx *sql.Tx, id account.ID, what account.Taken, query string, arguments ...any) error {
	found, err := findAccounts(ctx, tx, query, arguments...)
	if err == nil && len(found) > 0 && found[0].ID != id {
		return &account.TakenError{What: what, By: found[0].ID}
	}
	return err
}

// What findAccounts asks for.
const (
	accountColumns = `SELECT a.id, a.email, ifnull(m.subject, ''), a.roles, a.password, a.issuer, a.subject, a.created_at, a.voided_at
		FROM accounts a LEFT JOIN members m ON m.id = a.member_id `
	accountByID      = accountColumns + `WHERE a.id = ?`
	accountByEmail   = accountColumns + `WHERE a.email = ?`
	accountByMember  = accountColumns + `WHERE m.subject = ?`
	accountBySubject = accountColumns + `WHERE a.issuer = ? AND a.subject = ? AND a.issuer <> ''`
)

func findAccount(ctx context.Context, tx *sql.Tx, query string, arguments ...any) (account.Account, error) {
	found, err := findAccounts(ctx, tx, query, arguments...)
	if err == nil && len(found) == 0 {
		err = wrap(sql.ErrNoRows, "find an account")
	}
	if err != nil {
		return account.Account{}, err
	}
	return found[0], nil
}

func findAccounts(ctx context.Context, tx *sql.Tx, query string, arguments ...any) ([]account.Account, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	all, err := collect(rows, err, func(rows *sql.Rows) (a account.Account, err error) {
		var roles string
		err = rows.Scan(&a.ID, &a.Email, &a.Member, &roles, &a.Password, &a.Issuer, &a.Subject, &a.Created, &a.Voided)
		a.Roles = account.ParseRoles(roles)
		return a, err
	})
	return all, wrap(err, "find accounts")
}

func insertAccount(ctx context.Context, tx *sql.Tx, a *account.Account, member access.MemberID) (id account.ID, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO accounts (email, member_id, roles, password, issuer, subject, created_at, voided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		a.Email, orNull(member), a.Roles.String(), a.Password, a.Issuer, a.Subject, a.Created, a.Voided).Scan(&id)
	return id, wrap(err, "add an account")
}

func updateAccount(ctx context.Context, tx *sql.Tx, a *account.Account, member access.MemberID) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE accounts SET email = ?, member_id = ?, roles = ?, password = ?, issuer = ?, subject = ?, voided_at = ? WHERE id = ?`,
		a.Email, orNull(member), a.Roles.String(), a.Password, a.Issuer, a.Subject, a.Voided, int64(a.ID))
	return wrap(err, fmt.Sprintf("change account %d", a.ID))
}
