package web

import (
	"context"

	"tengdi/geo"
)

// NameReader tells what people are called by their logins.
type NameReader interface {
	Names(ctx context.Context, logins []string) (map[string]string, error)
}

// peopleOf reads what those are called whom each of things names by login. Who is
// no staff is told neither logins nor names: the map is empty then.
func peopleOf[T any](ctx context.Context, names NameReader, aud geo.Audience, things []T, login func(T) string) (map[string]string, error) {
	if aud != geo.Staff {
		return nil, nil
	}
	var logins []string
	for _, one := range things {
		logins = append(logins, login(one))
	}
	return names.Names(ctx, distinct(logins))
}
