package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"tengdi/geo"
)

// Bounds on what a person may type.
const (
	maxLogin    = 64  // characters
	maxPassword = 256 // bytes
	minPassword = 10  // characters of a new one; NIST SP 800-63B asks for eight
)

// hashParams are the costs of an argon2id hash (RFC 9106).
type hashParams struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

// ownParams cost 46 MiB and one pass, which the OWASP password storage sheet
// lists as equal to its floor of 19 MiB and two passes.
func ownParams() hashParams { return hashParams{memory: 46 << 10, time: 1, threads: 1} }

const (
	saltBytes = 16
	keyBytes  = 32
)

// HashPassword makes the argon2id hash of a password as a PHC string, for
// geo.User.Hash. It takes about 0.2 s and 46 MiB.
func HashPassword(password string) (string, error) { return ownParams().hash(password) }

func (p hashParams) hash(password string) (string, error) {
	if password == "" || len(password) > maxPassword {
		return "", geo.Errorf(geo.Invalid, "A password has 1 to %d bytes.", "密码长度须为 1 至 %d 字节。", maxPassword)
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, p.time, p.memory, p.threads, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// errHash says that a stored hash is no argon2id PHC string that we accept.
var errHash = errors.New("web: the stored password hash cannot be read")

// storedHash is a PHC string, read.
type storedHash struct {
	hashParams
	salt, key []byte
}

// readHash reads a stored hash. Its costs are bounded, so that a row of the table
// cannot ask for all the memory.
func readHash(phc string) (h storedHash, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil || n != 3 {
		return h, errHash
	}
	if h.memory < 8 || h.memory > 256<<10 || h.time < 1 || h.time > 10 || h.threads < 1 || h.threads > 8 {
		return h, errHash
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 || len(h.salt) > 64 {
		return h, errHash
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 || len(h.key) > 64 {
		return h, errHash
	}
	return h, nil
}

// checkPassword says whether the password belongs to the hash.
func checkPassword(phc, password string) (bool, error) {
	h, err := readHash(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(got, h.key) == 1, nil
}

// CheckNewPassword refuses a password that somebody who guesses tries first:
// short ones, the commonest, runs and repetitions, and those with the login in
// them. login may be "".
func CheckNewPassword(login, password string) error {
	weak := func(code, en, zh string) error { return badField("password", code, en, zh) }
	low := strings.ToLower(password)
	bare := strings.TrimFunc(low, func(c rune) bool { return !unicode.IsLetter(c) })
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return weak("not_text", "must be text without control characters", "须为不含控制字符的文字")
	case utf8.RuneCountInString(password) < minPassword:
		return weak("too_short", fmt.Sprintf("must have at least %d characters", minPassword), fmt.Sprintf("至少 %d 个字符", minPassword))
	case len(password) > maxPassword:
		return weak("too_long", fmt.Sprintf("must have at most %d bytes", maxPassword), fmt.Sprintf("最多 %d 字节", maxPassword))
	case login != "" && len(login) > 2 && strings.Contains(low, strings.ToLower(login)):
		return weak("has_login", "must not contain the login", "不得包含账号名")
	case fewDistinct(low), isRun(low), slices.Contains(commonPasswords(), low), bare != "" && slices.Contains(commonWords(), bare):
		return weak("common", "is one of those that are guessed first; take a longer phrase of your own", "过于常见，容易被猜中；请用自己想的一句较长的话")
	}
	return nil
}

// fewDistinct says that a text is made of at most three characters.
func fewDistinct(s string) bool {
	seen := map[rune]bool{}
	for _, c := range s {
		seen[c] = true
	}
	return len(seen) <= 3
}

// isRun says that a text only counts up or down, or walks along a keyboard.
func isRun(s string) bool {
	for _, row := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p"} {
		if strings.Contains(row, s) {
			return true
		}
	}
	return false
}

// commonPasswords are common ones of ten characters and more that the rules
// above do not catch.
func commonPasswords() []string {
	return []string{
		"qwerty123456", "123456qwerty", "qwer123456", "asdf123456", "abc1234567", "abcd123456", "a123456789", "aa12345678",
		"123456789a", "1234567890a", "q123456789", "woaini1314", "woaini520", "woaini1314520", "5201314520", "1314520520",
		"iloveyou12", "p@ssw0rd123", "passw0rd12", "passw0rd123", "p@ssword123", "admin@1234", "admin12345", "q1w2e3r4t5",
		"zxcvbnm123", "asdfghjkl1", "1qaz@wsx3edc", "1qaz2wsx3e", "yueyang123", "yueyanglou", "changeme123", "zaq12wsxcde3",
		"letmein123", "football12", "baseball12", "trustno1234", "superman12", "1111122222", "1122334455", "123123123123",
	}
}

// commonWords are words that with digits or signs around them make no password.
func commonWords() []string {
	return []string{
		"password", "passw0rd", "p@ssw0rd", "p@ssword", "admin", "administrator", "root", "test", "tester", "user", "guest", "welcome",
		"qwerty", "qwertyuiop", "qwer", "asdf", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "abc", "abcd", "abcdef", "iloveyou", "woaini",
		"letmein", "changeme", "secret", "default", "login", "master", "system", "tengdi", "yueyang", "hunan", "china", "beijing",
	}
}

// hashNew checks a new password and hashes it in turn with the others, so that
// no number of them at once takes more memory than a sign-in does.
func (l *logins) hashNew(ctx context.Context, login, password string) (string, error) {
	if err := CheckNewPassword(login, password); err != nil {
		return "", err
	}
	leave, err := l.enter(ctx, l.reserved)
	if err != nil {
		return "", err
	}
	defer leave()
	return l.params.hash(password)
}
