package geo

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func form() []DataKey {
	return []DataKey{
		need(textInput("topic", "事由", "Topic")),
		need(optionInput("kind", "类别", "Kind", ProblemKinds())),
		{Name: "n", Type: IntField, Zh: "人数", En: "Number"},
		wanInput("amount_wan", "金额", "Amount"),
		{Name: "let", Type: BoolField, Zh: "有承租人", En: "Let"},
		dateInput("due", "期限", "Due"),
		longInput("note", "记录", "Notes"),
	}
}

func TestReadInputs(t *testing.T) {
	in, wrong := ReadInputs(form(), map[string]string{
		"topic": "  政策 ", "kind": "title", "n": "3", "amount_wan": "1,200.5", "let": "是", "due": "2018-05-01", "note": "一\r\n二",
	}, true)
	if wrong != nil {
		t.Fatal(wrong)
	}
	told := map[string]string{"topic": "政策", "kind": "title", "n": "3", "amount_wan": "1200.5", "let": "true", "due": "2018-05-01", "note": "一\n二", "other": ""}
	for name, want := range told {
		if got := in.Told(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if in.Text("topic") != "政策" || in.Number("n") != 3 || in.Date("due").Day() != 1 || in.Value("let") != true || in.Value("other") != nil {
		t.Errorf("%+v", in)
	}
	if got := in.Names(); !slices.IsSorted(got) || len(got) != 7 {
		t.Errorf("names %v", got)
	}
}

// A whole number fits the column that takes it, in forms and in moves.
func TestIntegersAreBounded(t *testing.T) {
	for n, ok := range map[string]bool{"2147483647": true, "2147483648": false, "1e12": false} {
		if _, wrong := ReadInputs(form(), map[string]string{"n": n}, false); (wrong == nil) != ok {
			t.Errorf("%s: %+v", n, wrong)
		}
		if _, err := ReadData(ParcelMachine, "planned", map[string]string{"years": n}); (err == nil) != ok {
			t.Errorf("a move with %s: %v", n, err)
		}
	}
}

// Every wrong field is named at once, in the order of the form.
func TestReadInputsNamesAllThatIsWrong(t *testing.T) {
	in, wrong := ReadInputs(form(), map[string]string{
		"kind": "weather", "n": "1.5", "amount_wan": "-1", "let": "maybe", "due": "2018-02-30", "note": "a\x00b",
		"zzz": "1", "status": "closed", "\x1b[31m": "x",
	}, true)
	var got []string
	for _, w := range wrong {
		got = append(got, w.Field+":"+w.Code)
		if !chinese(w.Zh) || w.En == "" {
			t.Errorf("%s has no words: %+v", w.Field, w)
		}
		if strings.ContainsAny(w.Field+w.Zh+w.En, "\x1b\x00") {
			t.Errorf("control characters are told: %+v", w)
		}
	}
	want := []string{"topic:missing", "kind:value", "n:value", "amount_wan:value", "let:value", "due:value", "note:value"}
	if !slices.Equal(got[:7], want) || len(got) != 10 {
		t.Errorf("wrong fields %v", got)
	}
	if len(in.Names()) != 0 {
		t.Errorf("what is wrong was read: %v", in.Names())
	}
	err := WrongInputs(wrong)
	var e *Error
	if KindOf(err) != Invalid || !errors.As(err, &e) || len(e.Fields) != 10 {
		t.Errorf("error %v", err)
	}
	if WrongInputs(nil) != nil {
		t.Error("nothing wrong is an error")
	}
}

// A correction names some fields: what is not named is left alone, "" empties,
// and what is required cannot be emptied.
func TestReadInputsInPart(t *testing.T) {
	in, wrong := ReadInputs(form(), map[string]string{"note": " ", "n": "2"}, false)
	if wrong != nil || !in.Named("note") || in.Value("note") != nil || !in.Named("n") || in.Named("topic") {
		t.Errorf("%+v, %v", in, wrong)
	}
	if _, wrong = ReadInputs(form(), map[string]string{"topic": ""}, false); len(wrong) != 1 || wrong[0].Code != "missing" {
		t.Errorf("a required field was emptied: %v", wrong)
	}
	if _, wrong = ReadInputs(form(), nil, false); wrong != nil {
		t.Errorf("nothing named: %v", wrong)
	}
}

func TestLongTexts(t *testing.T) {
	for s, ok := range map[string]bool{
		strings.Repeat("字", maxLongRunes):   true,
		strings.Repeat("字", maxLongRunes+1): false,
		"a\tb\nc":                           true, "a\rb": false, "\xff": false, "a\u0085b": false,
	} {
		_, wrong := ReadInputs([]DataKey{longInput("note", "记录", "Notes")}, map[string]string{"note": s}, true)
		if (wrong == nil) != ok {
			t.Errorf("%.10q of %d bytes: %v", s, len(s), wrong)
		}
	}
	if _, wrong := ReadInputs([]DataKey{textInput("x", "文", "Text")}, map[string]string{"x": "a\nb"}, true); wrong == nil {
		t.Error("a text of one line has two")
	}
}

// A telephone number is checked where a register keeps one, and words are told.
func TestReadInputsTelephone(t *testing.T) {
	for given, sound := range map[string]bool{
		"0730-8888888": true, "+86 138 0000 0000": true, "12345": true,
		"电话": false, "0730a": false, "+-": false, "(0730) 1": false,
	} {
		for _, collection := range []string{"persons", "organisations"} {
			_, wrong := ReadInputs(CreateInputs(collection), map[string]string{"phone": given}, false)
			if (wrong == nil) != sound || !sound && (wrong[0].Field != "phone" || !chinese(wrong[0].Zh) || wrong[0].En == "") {
				t.Errorf("%s: %q: %+v", collection, given, wrong)
			}
		}
	}
}
