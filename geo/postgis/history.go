package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// tableOf is where the things of an entity are; ok is false for an entity without
// a table of its own.
func tableOf(m geo.MachineName) (string, bool) {
	switch m {
	case geo.HouseholdMachine:
		return "priv.household", true
	case geo.AreaMachine, geo.BuildingMachine, geo.ParcelMachine, geo.ProblemMachine, geo.ProjectMachine,
		geo.OrganisationEntity, geo.PersonEntity, geo.BoardEntity:
		return "land." + string(m), true
	}
	return "", false
}

// History reads what happened to an item, oldest first. The public gets the
// moves of a published item into published states, without who, why and with
// what. Errors: NotFound when the audience does not have the item.
func (s *Store) History(ctx context.Context, aud geo.Audience, collection, code string) ([]geo.Event, error) {
	m, ok := geo.EntityOf(collection)
	if !ok || aud != geo.Staff && !geo.PublicCollection(collection) {
		return nil, notFound("collection", collection)
	}
	var out []geo.Event
	err := s.read(ctx, aud, func(tx pgx.Tx) (err error) {
		if aud == geo.Staff {
			out, err = staffHistory(ctx, tx, m, code)
		} else {
			out, err = publicHistory(ctx, tx, m, collection, code)
		}
		return err
	})
	return out, err
}

func staffHistory(ctx context.Context, tx pgx.Tx, m geo.MachineName, code string) ([]geo.Event, error) {
	from, _ := tableOf(m)
	var id int64
	if err := tx.QueryRow(ctx, `select id from `+from+` where code = $1`, code).Scan(&id); err != nil {
		return nil, nothing(err, string(m), code)
	}
	rows, err := tx.Query(ctx, `
		select
			id, revision, entity, entity_id, code, verb, from_state, to_state,
			happened, recorded, actor, role, reason, source, data
		from land.event
		where entity = $1 and entity_id = $2
		order by happened, id`, string(m), id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e geo.Event, err error) {
		err = row.Scan(&e.ID, &e.Revision, &e.Entity, &e.EntityID, &e.Code, &e.Verb, &e.From, &e.To,
			&e.On, &e.At, &e.Actor, &e.Role, &e.Reason, &e.Source, &e.Data)
		return e, err
	})
}

func publicHistory(ctx context.Context, tx pgx.Tx, m geo.MachineName, collection, code string) ([]geo.Event, error) {
	var id int64
	if err := tx.QueryRow(ctx, `select public_id from pub.`+string(m)+` where code = $1`, code).Scan(&id); err != nil {
		return nil, nothing(err, string(m), code)
	}
	rows, err := tx.Query(ctx, `
		select from_state, to_state, happened, recorded
		from pub.event
		where collection = $1 and public_id = $2 and verb = 'moved'
		order by happened, no`, collection, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Event, error) {
		e := geo.Event{Entity: m, EntityID: id, Code: code, Verb: "moved"}
		err := row.Scan(&e.From, &e.To, &e.On, &e.At)
		return e, err
	})
}

// Rounds reads the auction rounds of a parcel in order; the public gets those
// of a published parcel, without reserve price, contract and later dates. Days
// are midnight UTC. Errors: NotFound when the audience does not have the parcel.
func (s *Store) Rounds(ctx context.Context, aud geo.Audience, parcel string) ([]geo.Round, error) {
	var out []geo.Round
	err := s.read(ctx, aud, func(tx pgx.Tx) (err error) {
		if aud == geo.Staff {
			out, err = staffRounds(ctx, tx, parcel)
		} else {
			out, err = publicRounds(ctx, tx, parcel)
		}
		return err
	})
	return out, err
}

func staffRounds(ctx context.Context, tx pgx.Tx, parcel string) ([]geo.Round, error) {
	var id int64
	if err := tx.QueryRow(ctx, `select id from land.parcel where code = $1`, parcel).Scan(&id); err != nil {
		return nil, nothing(err, "parcel", parcel)
	}
	rows, err := tx.Query(ctx, `
		select
			id, no, notice_no, mode, start_fen, reserve_fen, deposit_fen, step_fen, notice_on, list_from, list_to,
			deal_fen, sold_on, buyer, contract_no, supervision_no, contracted_on, paid_on, handed_over_on, start_by, started_on, completed_on, outcome
		from land.round
		where parcel_id = $1
		order by no`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Round, error) {
		r := geo.Round{Parcel: parcel}
		var d [10]dated
		err := row.Scan(&r.ID, &r.No, &r.NoticeNo, &r.Mode, &r.Start, &r.Reserve, &r.Deposit, &r.Step, &d[0], &d[1], &d[2],
			&r.Deal, &d[3], &r.Buyer, &r.ContractNo, &r.SupervisionNo, &d[4], &d[5], &d[6], &d[7], &d[8], &d[9], &r.Outcome)
		r.NoticeOn, r.ListFrom, r.ListTo, r.SoldOn = d[0].Time, d[1].Time, d[2].Time, d[3].Time
		r.ContractedOn, r.PaidOn, r.HandedOverOn, r.StartBy, r.StartedOn, r.CompletedOn = d[4].Time, d[5].Time, d[6].Time, d[7].Time, d[8].Time, d[9].Time
		return r, err
	})
}

func publicRounds(ctx context.Context, tx pgx.Tx, parcel string) ([]geo.Round, error) {
	var id int64
	if err := tx.QueryRow(ctx, `select public_id from pub.parcel where code = $1`, parcel).Scan(&id); err != nil {
		return nil, nothing(err, "parcel", parcel)
	}
	rows, err := tx.Query(ctx, `
		select no, notice_no, mode, start_fen, deposit_fen, step_fen, notice_on, list_from, list_to, deal_fen, sold_on, buyer, outcome
		from pub.round
		where parcel = $1
		order by no`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Round, error) {
		r := geo.Round{Parcel: parcel}
		var d [4]dated
		err := row.Scan(&r.No, &r.NoticeNo, &r.Mode, &r.Start, &r.Deposit, &r.Step, &d[0], &d[1], &d[2], &r.Deal, &d[3], &r.Buyer, &r.Outcome)
		r.NoticeOn, r.ListFrom, r.ListTo, r.SoldOn = d[0].Time, d[1].Time, d[2].Time, d[3].Time
		return r, err
	})
}
