package postgis

import (
	"context"
	"time"
)

// Devices of a login: browsers that have signed in to it before. A device is
// named by the SHA-256 of its cookie and the login.
const (
	devicesPerLogin = 10
	deviceTime      = 365 * 24 * time.Hour // without a sign-in
)

// KnowsDevice says whether the login has signed in from that device within a year.
func (s *Store) KnowsDevice(ctx context.Context, login string, hash []byte) (known bool, err error) {
	err = s.app.QueryRow(ctx, `
		select exists (
			select from auth.device
			where hash = $1 and login = $2 and used_at > now() - $3::interval)`, hash, login, deviceTime).Scan(&known)
	return known, asGeo(err)
}

// RememberDevice notes a sign-in from a device. Of a login the ten that were
// used last are kept.
func (s *Store) RememberDevice(ctx context.Context, login string, hash []byte) error {
	_, err := s.app.Exec(ctx, `
		with kept as (
			select hash
			from auth.device
			where login = $2 and hash <> $1 and used_at > now() - $3::interval
			order by used_at desc
			limit $4),
		gone as (
			delete from auth.device
			where login = $2 and hash <> $1 and hash not in (select hash from kept))
		insert into auth.device (hash, login)
		values ($1, $2)
		on conflict (hash) do update set used_at = now()`, hash, login, deviceTime, devicesPerLogin-1)
	return asGeo(err)
}
