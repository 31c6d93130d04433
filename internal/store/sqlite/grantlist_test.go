package sqlite

import (
	"strings"
	"testing"
)

// TestGrantsOfAMemberAreFoundByAnIndex: a page that shows what one member has granted does not read what all have.
func TestGrantsOfAMemberAreFoundByAnIndex(t *testing.T) {
	s := open(t, t.TempDir())
	rows, err := s.r.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+grantColumns+
		`WHERE g.revoked = '' AND g.ends_at > 1 AND g.app_id = 1 AND g.member_id = (SELECT id FROM members WHERE subject = 'ada') ORDER BY g.created_at, g.id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plan.String(), "SCAN g") || !strings.Contains(plan.String(), "member_id=?") {
		t.Error(plan.String())
	}
}
