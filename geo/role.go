package geo

import (
	"slices"
	"time"
)

// Role is what an account may do.
type Role string

// Roles, from the least. RolePublic has no account.
const (
	RolePublic     Role = "public"
	RoleViewer     Role = "viewer"     // reads what staff may read
	RoleField      Role = "field"      // own areas: households, visits
	RolePlanner    Role = "planner"    // areas, parcels, imports
	RoleTrading    Role = "trading"    // auctions
	RoleLeader     Role = "leader"     // reads all, extends deadlines
	RoleSupervisor Role = "supervisor" // confirms, closes problems, steps back
	RoleAdmin      Role = "admin"
	RoleSystem     Role = "system" // timed moves, the demo, the command line
)

// Roles lists the roles an account can have, in the order they are offered.
func Roles() []Role {
	return []Role{RoleViewer, RoleField, RolePlanner, RoleTrading, RoleLeader, RoleSupervisor, RoleAdmin}
}

// Words tell a role to people; the code itself for a role that there is not.
func (r Role) Words() (zh, en string) {
	switch r {
	case RolePublic:
		return "公众", "public"
	case RoleViewer:
		return "查阅", "viewer"
	case RoleField:
		return "一线", "field"
	case RolePlanner:
		return "规划", "planner"
	case RoleTrading:
		return "交易", "trading"
	case RoleLeader:
		return "领导", "leader"
	case RoleSupervisor:
		return "督查", "supervisor"
	case RoleAdmin:
		return "管理", "admin"
	case RoleSystem:
		return "系统", "system"
	}
	return string(r), string(r)
}

// Staff says whether the role may read what is not published.
func (r Role) Staff() bool {
	switch r {
	case RoleViewer, RoleField, RolePlanner, RoleTrading, RoleLeader, RoleSupervisor, RoleAdmin, RoleSystem:
		return true
	}
	return false
}

// Imports says whether the role may import land.
func (r Role) Imports() bool { return r == RolePlanner || r == RoleAdmin || r == RoleSystem }

// Actor is who makes a change, and the request by which.
type Actor struct {
	Login  string
	Role   Role
	Source Source

	Key    string // Idempotency-Key of the request; "" = none
	Digest string // SHA-256 of what was asked, in hex; a key stands for one request only
}

// Viewer is who reads. Areas are the codes of the areas that a role with scope
// has now; the others have all.
type Viewer struct {
	Audience Audience
	Login    string
	Role     Role
	Areas    []string
}

// Sees says whether the viewer may read what belongs to an area.
func (v Viewer) Sees(area string) bool {
	return !v.Role.Scoped() || slices.Contains(v.Areas, area)
}

// User is an account.
type User struct {
	ID       int64
	Login    string
	Name     string
	Role     Role
	Hash     string // argon2id, PHC string; never leaves the server; "" = signs on elsewhere only
	Disabled bool

	PasswordOn time.Time // when the password was set

	TOTPSecret string    // base32; "" = none was begun
	TOTPOn     time.Time // since when the second factor is asked for; zero = not
	TOTPStep   int64     // time step of the last code that was taken: each is taken once
	Recovery   []string  // hashes of the recovery codes that are left
	SignOns    int       // grows when the provider's sessions so far have to end
	Version    int
}

// Audience is for whom something is read. Each audience has its own tables,
// tiles, revision and caches; nothing is shared but code.
type Audience string

// Audiences.
const (
	Public Audience = "public" // anybody: reads schema pub only
	Staff  Audience = "staff"  // signed in
)
