package web

import (
	"net/http"
	"strconv"
	"strings"

	"tengdi/geo"
)

// versionTag makes the ETag of something that has a version: "v<version>.<hash>".
// The hash tells representations apart, the version is what If-Match looks at.
func versionTag(version int, aud geo.Audience, body []byte) string {
	return `"v` + strconv.Itoa(version) + "." + strings.Trim(entityTag(aud, body), `"`) + `"`
}

// bareVersionTag is the ETag of an answer that is not the thing itself.
func bareVersionTag(version int) string { return `"v` + strconv.Itoa(version) + `"` }

// maxTag is the longest entity tag that is read, in bytes.
const maxTag = 100

// parseVersionTag reads the version out of an If-Match header: one strong tag
// of ours, "v7" or "v7." with anything behind it that a tag may hold. A list, *
// and a weak tag do not say which version was seen, and are errors.
func parseVersionTag(header string) (int, error) {
	header = strings.Trim(header, " \t")
	switch {
	case header == "*":
		return 0, badIfMatch("any", "must name the version that you saw, as in \"v7\"; * would overwrite whatever is there", "须写明所见版本，如 \"v7\"；* 会覆盖任何内容")
	case strings.HasPrefix(header, "W/"):
		return 0, badIfMatch("weak", "must be a strong tag, as in \"v7\"", "须为强标签，如 \"v7\"")
	}
	inner, quoted := strings.CutPrefix(header, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if quoted && closed && strings.Contains(inner, `"`) {
		return 0, badIfMatch("list", "must name one version only, not a list", "只能写一个版本，不能是列表")
	}
	digits, versioned := strings.CutPrefix(inner, "v")
	digits, _, _ = strings.Cut(digits, ".")
	n, err := strconv.Atoi(digits)
	plain := !strings.ContainsFunc(inner, func(c rune) bool { return c < 0x21 || c > 0x7e })
	if !quoted || !closed || !versioned || !plain || len(header) > maxTag ||
		err != nil || n < 1 || n > 1<<31-1 || strconv.Itoa(n) != digits {
		return 0, badIfMatch("invalid", "is no tag of ours; send the ETag that you were given, or the version as in \"v7\"", "不是本服务的标签；请发送收到的 ETag，或写版本，如 \"v7\"")
	}
	return n, nil
}

func badIfMatch(code, en, zh string) error { return badField("If-Match", code, en, zh) }

// ifMatch reads the version that a change names. Without one it is 428: who
// does not say what they saw would overwrite what they did not.
func ifMatch(r *http.Request) (int, error) {
	values := r.Header.Values("If-Match")
	switch {
	case len(values) == 0:
		return 0, missingIfMatch()
	case len(values) > 1:
		return 0, badIfMatch("list", "must name one version only, not a list", "只能写一个版本，不能是列表")
	}
	return parseVersionTag(values[0])
}

func missingIfMatch() error {
	return &statusError{
		status: http.StatusPreconditionRequired,
		err: geo.Errorf(geo.Invalid,
			"This change needs the header If-Match with the ETag of what you saw.",
			"此项更改须带 If-Match 请求头，值为所见内容的 ETag。"),
	}
}

// ifMatchBytes checks the If-Match of something that has no version, against
// the ETag of what it is now.
func ifMatchBytes(r *http.Request, etag string, current []byte) error {
	values := r.Header.Values("If-Match")
	if len(values) == 0 {
		return missingIfMatch()
	}
	if len(values) == 1 && (values[0] == etag || values[0] == gzipTag(etag)) {
		return nil
	}
	return &statusError{
		status: http.StatusPreconditionFailed, current: current, etag: etag,
		err: geo.Errorf(geo.Conflict,
			"Somebody was faster: this has changed since you saw it. Look again.",
			"他人已先行修改，内容与您所见不同，请重新查看。"),
	}
}
