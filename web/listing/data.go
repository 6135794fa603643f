package listing

import "tengdi/geo"

// Structured data (schema.org) of the pages, as JSON-LD.

func listData(s Site, cards []card) any {
	items := []any{}
	for i, c := range cards {
		items = append(items, map[string]any{
			"@type": "ListItem", "position": i + 1, "name": c.Title(), "url": s.Origin + ParcelPath(c.Code, ""),
		})
	}
	return map[string]any{"@context": "https://schema.org", "@type": "ItemList", "numberOfItems": len(items), "itemListElement": items}
}

// parcelData describes a parcel as a place, and what is offered of it as an offer.
func parcelData(s Site, p Parcel) any {
	place := map[string]any{
		"@type": "Place", "name": p.Title(), "identifier": p.Code, "url": s.Origin + ParcelPath(p.Code, ""),
		"additionalProperty": []any{
			value("floorSize", float64(p.Size), "MTK"),
			value("landUse", p.UseClass, ""),
		},
	}
	if p.Place() != "" {
		place["address"] = map[string]any{"@type": "PostalAddress", "addressCountry": "CN", "addressLocality": s.Name, "streetAddress": p.Place()}
	}
	if len(p.Shape) > 0 {
		c := p.Shape.Bound().Center()
		place["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": round7(c[1]), "longitude": round7(c[0])}
	}
	if p.Price() == 0 {
		place["@context"] = "https://schema.org"
		return place
	}
	offer := map[string]any{
		"@context": "https://schema.org", "@type": "Offer", "itemOffered": place, "price": p.Price().String(), "priceCurrency": "CNY",
		"availability": availability(p), "url": s.Origin + ParcelPath(p.Code, ""),
	}
	days := func(name string, d geo.Day) {
		if d != 0 {
			offer[name] = d.String()
		}
	}
	days("validFrom", p.ListFrom)
	days("validThrough", p.ListTo)
	return offer
}

func value(name string, v any, unit string) map[string]any {
	out := map[string]any{"@type": "PropertyValue", "name": name, "value": v}
	if unit != "" {
		out["unitCode"] = unit
	}
	return out
}

func availability(p Parcel) string {
	switch {
	case p.Sold():
		return "https://schema.org/SoldOut"
	case p.Status == "listed", p.Status == "bidding":
		return "https://schema.org/InStock"
	case p.Status == "announced":
		return "https://schema.org/PreOrder"
	}
	return "https://schema.org/Discontinued"
}

func round7(v float64) float64 {
	const scale = 1e7
	return float64(int64(v*scale+0.5)) / scale
}
