package listing

import (
	"encoding/xml"
	"fmt"
	"time"
)

// maxSitemap is how many addresses one sitemap may have (sitemaps.org).
const maxSitemap = 50_000

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// Sitemap lists the public pages: the listings and each parcel.
func Sitemap(origin string, all []Parcel) ([]byte, error) {
	list := []sitemapURL{{Loc: origin + "/listings"}, {Loc: origin + "/listings?status=sold"}, {Loc: origin + "/map"}}
	for _, p := range all[:min(len(all), maxSitemap-len(list))] {
		list = append(list, sitemapURL{origin + ParcelPath(p.Code, ""), p.Updated.UTC().Format(time.DateOnly)})
	}
	out, err := xml.Marshal(struct {
		XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []sitemapURL `xml:"url"`
	}{URLs: list})
	if err != nil {
		return nil, fmt.Errorf("listing: sitemap: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

// Robots lets searchers read what is for everybody, and tells where the sitemap
// is.
func Robots(origin string) []byte {
	text := "User-agent: *\nDisallow: /api/\nDisallow: /auth/\nDisallow: /signin\nDisallow: /listings/compare\nAllow: /\n"
	if origin != "" {
		text += "\nSitemap: " + origin + "/sitemap.xml\n"
	}
	return []byte(text)
}
