package postgis

import (
	"context"
	"strconv"

	"tengdi/geo"
)

// Enquire takes an enquiry into the pipeline, in one write by the system: a
// project in its first state, named after who asks and the parcel, with a contact
// record that holds how to reach them. Errors: NotFound when the parcel is not
// published, Invalid when a text is not one.
func (s *Store) Enquire(ctx context.Context, e geo.Enquiry) error {
	kind, ok := geo.KindOfRecord(geo.ProjectMachine, "contact")
	if !ok {
		return unknownKind("contact")
	}
	_, _, err := s.write(ctx, system(), func(ctx context.Context, t *tx) error {
		var area string
		err := t.QueryRow(ctx, `select coalesce(area, '') from pub.parcel where code = $1`, e.Parcel).Scan(&area)
		if err != nil {
			return nothing(err, "parcels", e.Parcel)
		}
		values := map[string]string{"name": e.Company + " · " + e.Parcel, "investor": e.Company, "area": area}
		if e.Amount > 0 {
			values["amount_wan"] = strconv.FormatFloat(e.Amount.Wan(), 'f', -1, 64)
		}
		d := &drafting{
			tx: t, Draft: geo.Draft{Collection: "projects", Values: values}, keys: geo.CreateInputs("projects"),
			thing: thing{entity: geo.ProjectMachine, version: 1},
		}
		if err := d.make(ctx); err != nil {
			return err
		}
		text := "网上咨询，宗地 " + e.Parcel + "。联系人：" + e.Person + "；电话：" + e.Phone + "。"
		if e.Message != "" {
			text += "\n" + e.Message
		}
		w := &recordWrite{tx: t, kind: kind}
		return w.add(ctx, geo.RecordDraft{Collection: "projects", Code: d.thing.code, Kind: kind.Code, Values: map[string]string{"text": text}})
	})
	return err
}
