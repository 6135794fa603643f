package web

import (
	"fmt"
	"strings"
)

// payload is a text that some program once took for code, and the kind of thing
// it tries.
type payload struct{ kind, text string }

// payloads is the table of the injection tests: ways out of a literal, times
// what is tried then, and what plays on other languages, encodings and numbers.
func payloads() []payload {
	var out []payload
	add := func(kind string, texts ...string) {
		for _, t := range texts {
			out = append(out, payload{kind, t})
		}
	}
	for _, open := range []string{`'`, `''`, `"`, `')`, `'))`, `\'`, `$$`, `1`, `A01'`, `隐'`} {
		for _, try := range []string{
			` or 1=1--`, ` or '1'='1`, ` or true#`, ` union select null--`, ` union select version(),null,null--`,
			`; select pg_sleep(20)--`, ` or pg_sleep(20) is null--`, `||pg_sleep(20)||'`, `; drop table land.area--`,
			`; update land.area set name='x'--`, ` order by 1000--`, ` limit 0 offset 1--`, `/**/or/**/1=1`,
		} {
			add(kindOfTry(try), open+try)
		}
	}
	add("quote", `'`, `"`, "`", `\`, `'"`, `''''`, `$1`, `$$`, `$a$x$a$`, `E'\x27'`, `U&'\0027'`, `X'27'`, `B'1'`, "\u02bc or 1=1", "\uff07 or 1=1--", "\u2019 or 1=1")
	add("operator", `%`, `_`, `%%%`, `*`, `.*`, `a|b`, `(a+)+$`, `[a-z]`, `!x`, `a & b`, `a:*`, `<->`, `~*`, `@>`, `?|`, `is null`, `null`, `not null`, `= any(array[1])`)
	add("cast", `1::int`, `'x'::regclass`, `code::text`, `to_char(now(),'x')`, `chr(65)||chr(48)`, `current_setting('is_superuser')`, `(select code from land.area limit 1)`, `row(1,2)`, `array[1]`, `{1,2}`, `{"a":1}`, `[1]`, `$.code`)
	add("name", `code`, `"code"`, `land.area`, `code desc`, `code;--`, `../../etc/passwd`, `..%2f..%2fetc`, `\\host\share`, `con`, `__proto__`, `constructor`)
	add("sleep", `pg_sleep(20)`, `(select pg_sleep(20))`, `1 and (select 1 from pg_sleep(20))`, `1;select pg_sleep(20);--`, `' and 1=(select count(*) from generate_series(1,1000000000))--`)
	add("number", `-1`, `0`, `1e309`, `NaN`, `Infinity`, `0x1f`, `1_000`, `9223372036854775808`, `-9223372036854775809`, `١٢`, `1,1,1,1,1`, `113,29,114,30;select 1`, `113,29,114,30,4326`)
	add("other", `<script>alert(1)</script>`, `{{7*7}}`, `${jndi:ldap://x}`, `%s%n%d`, `%00`, `%27%20or%201=1`, `&#39; or 1=1`, `| sleep 20`, "`sleep 20`", `$(sleep 20)`, `copy (select 1) to program 'sleep 20'`, `*)(uid=*`, `<!ENTITY x "y">`)
	add("long", strings.Repeat("'", 60), strings.Repeat("隐", 60), strings.Repeat("(", 60), strings.Repeat("a' or ", 500))
	return out
}

func kindOfTry(try string) string {
	if strings.Contains(try, "pg_sleep") {
		return "sleep"
	}
	return "sql"
}

// literal is a text that means nothing, nowhere: what a payload must be taken
// for.
func literal(n int) string { return fmt.Sprintf("zz%dzz", n) }
