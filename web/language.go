package web

import (
	"net/http"
	"strconv"
	"strings"
)

// language is the language of a text for people.
type language string

// Languages. Chinese comes first: it is what a caller gets who asks for
// neither.
const (
	chinese language = "zh-CN"
	english language = "en"
)

// pick chooses one of a pair of texts.
func (l language) pick(zh, en string) string {
	if l == english {
		return en
	}
	return zh
}

// languageOf finds the language that a request asks for: ?lang= first, then
// Accept-Language (RFC 9110, 12.5.4), then Chinese.
func languageOf(r *http.Request) language {
	if l, ok := languageTag(r.URL.Query().Get("lang")); ok {
		return l
	}
	best, quality := chinese, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		l, ok := languageTag(tag)
		if !ok {
			continue
		}
		q := 1.0
		if v, found := strings.CutPrefix(strings.TrimSpace(params), "q="); found {
			var err error
			if q, err = strconv.ParseFloat(v, 64); err != nil {
				continue
			}
		}
		if q > quality {
			best, quality = l, q
		}
	}
	return best
}

// languageTag reads one tag by its primary language: zh, zh-CN, zh-Hans-CN, en,
// en-GB.
func languageTag(tag string) (language, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	switch primary {
	case "zh":
		return chinese, true
	case "en":
		return english, true
	}
	return "", false
}
