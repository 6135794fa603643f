package geo

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{io.EOF, Internal},
		{Errorf(NotFound, "no parcel %s", "没有宗地 %s", "A"), NotFound},
		{fmt.Errorf("reading: %w", Errorf(TooLarge, "too large", "过大")), TooLarge},
		{&RefusedError{Machine: AreaMachine}, Refused},
		{fmt.Errorf("moving: %w", &RefusedError{Machine: AreaMachine}), Refused},
		{&Error{Kind: Unavailable, Err: io.EOF}, Unavailable},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("%v is of kind %d, want %d", c.err, got, c.want)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	e := Errorf(Invalid, "row %d is wrong", "第 %d 行有误", 7)
	if e.En != "row 7 is wrong" || e.Zh != "第 7 行有误" {
		t.Errorf("the texts are %q and %q", e.En, e.Zh)
	}
	e.Fields = []FieldError{{Field: "mu", En: "not a number"}}
	e.Err = io.ErrUnexpectedEOF
	if got := e.Error(); got != "row 7 is wrong; mu: not a number: unexpected EOF" {
		t.Errorf("the log reads %q", got)
	}
	if !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	r := &RefusedError{Machine: ParcelMachine, From: "planned", To: "announced", Reasons: []Reason{{En: "a"}, {En: "b"}}}
	if got := r.Error(); got != "parcel: planned to announced refused; a; b" {
		t.Errorf("the log reads %q", got)
	}
}
