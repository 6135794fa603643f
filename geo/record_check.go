package geo

import (
	"fmt"
	"slices"
)

// Ahead says that the record's day and the day on which it is done may lie in the
// future: an assignment is made for a time to come. All other records tell of
// what has happened. What is due may lie ahead in every kind.
func (k RecordKind) Ahead() bool { return k.Of == AreaMachine && k.Code == AssignmentRecord }

// Final says that the record's values cannot be amended, because what followed
// from it has happened: a deadline was extended, a leader was called, a bulletin
// was published. A bulletin alone may be struck out.
func (k RecordKind) Final() bool {
	switch k.Of {
	case ProblemMachine:
		return k.Code == ExtensionRecord || k.Code == EscalationRecord
	case AreaMachine:
		return k.Code == BulletinRecord
	}
	return false
}

// CheckStatus tells what forbids a new record of the kind while its thing has
// the status; nil when nothing does. The price of a parcel is paid by who won
// it: before it is sold there is nothing to pay. A voided deal was paid for, too.
func (k RecordKind) CheckStatus(status string) *Reason {
	if k.Of != ParcelMachine || k.Code != PaymentRecord || status == "voided" || slices.Contains(SoldCodes(), status) {
		return nil
	}
	is, _ := StatusOf(k.Of, status)
	return &Reason{
		Guard: "sold",
		Zh:    fmt.Sprintf("宗地尚未成交（当前为“%s”），不能登记价款缴纳", is.Zh),
		En:    fmt.Sprintf("the parcel is not sold (now: %s), so there is no price to be paid", is.En),
	}
}

// BarredRecord is a kind of record that nobody can add now, and why.
type BarredRecord struct {
	Kind string
	Reason
}

// BarredRecords lists the kinds that a thing in a state takes no record of,
// whoever writes it and whatever it says; extensions is how often the deadline
// of a problem was extended.
func BarredRecords(of MachineName, status string, extensions int) []BarredRecord {
	var out []BarredRecord
	for _, k := range RecordKinds() {
		if k.Of != of {
			continue
		}
		if r := k.CheckStatus(status); r != nil {
			out = append(out, BarredRecord{k.Code, *r})
		}
		if k.Of == ProblemMachine && k.Code == ExtensionRecord {
			for _, r := range extensionBars(status, extensions) {
				out = append(out, BarredRecord{k.Code, r})
			}
		}
	}
	return out
}

// Latest is the last day that a record of what has happened may be of, and the
// one that it is of when none is given: today, and for a bulletin, which tells
// what was so at the end of its day, yesterday.
func (k RecordKind) Latest(today Day) Day {
	if k.Code == BulletinRecord {
		return today - 1
	}
	return today
}

// CheckDates tells which dates of a record's values do not fit: what has
// happened lies not after today, and nothing is due or done before it began.
func (k RecordKind) CheckDates(in Inputs, today Day) []FieldError {
	var wrong []FieldError
	refuse := func(field, code, zh, en string, args ...any) {
		wrong = append(wrong, FieldError{Field: field, Code: code, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)})
	}
	on, done, due := in.Date(RecordOn), in.Date(RecordDoneOn), in.Date(RecordDue)
	switch {
	case on.IsZero():
		refuse(RecordOn, "missing", "日期不能为空", "the day must be given")
	case k.Code == BulletinRecord && CivilDay(on) == today:
		refuse(RecordOn, "not_over", "通报截至当日 24 时，%s 尚未结束", "a bulletin is cut at 24:00 of its day: %s is not over yet", today)
	case !k.Ahead() && CivilDay(on) > today:
		refuse(RecordOn, "future", "日期 %s 晚于今天 %s", "the day %s is after today, %s", CivilDay(on), today)
	}
	switch {
	case done.IsZero():
	case !k.Ahead() && CivilDay(done) > today:
		refuse(RecordDoneOn, "future", "完成日 %s 晚于今天 %s", "the day %s on which it was done is after today, %s", CivilDay(done), today)
	case done.Before(on):
		refuse(RecordDoneOn, "order", "完成日 %s 早于开始日 %s", "it cannot be done on %s, before it began on %s", CivilDay(done), CivilDay(on))
	}
	if !due.IsZero() && due.Before(on) {
		refuse(RecordDue, "order", "期限 %s 早于开始日 %s", "it cannot be due on %s, before it began on %s", CivilDay(due), CivilDay(on))
	}
	return wrong
}

// CheckAssignment tells what an assignment lacks: a leader is a person, a
// contracted body a body, anything else either.
func CheckAssignment(in Inputs) []FieldError {
	person, body := in.Text(RecordPerson) != "", in.Text(RecordOrganisation) != ""
	switch duty := in.Text("duty"); {
	case duty == "lead" && !person:
		return []FieldError{{Field: RecordPerson, Code: "missing", Zh: "联系领导须指明人员", En: "a leader in charge is a person: name one"}}
	case duty == "contract" && !body:
		return []FieldError{{Field: RecordOrganisation, Code: "missing", Zh: "包项目单位须指明单位", En: "a contracted body is an organisation: name one"}}
	case !person && !body:
		return []FieldError{{Field: RecordPerson, Code: "missing", Zh: "须指明人员或单位", En: "a person or an organisation must be named"}}
	}
	return nil
}
