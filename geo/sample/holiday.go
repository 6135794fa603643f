package sample

import (
	"time"

	"tengdi/geo"
)

// holiday is one entry of a yearly notice of the State Council: the days off,
// weekends among them, and the weekend days that are worked for them (调休).
type holiday struct {
	name     string
	from, to string   // month and day, as 01-02; to "" = one day
	worked   []string // of the same year
}

// holidays are the yearly notices of 2015 to 2026, as best known; 2020 with the
// Spring Festival prolonged to 2 February. They give a new instance something
// to count working days by: the district keeps its calendar itself.
func holidays() map[int][]holiday {
	const newYear, spring, qingming, labour, dragon, moon, national = "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"
	on := func(days ...string) []string { return days }
	return map[int][]holiday{
		2015: {
			{newYear, "01-01", "01-03", on("01-04")},
			{spring, "02-18", "02-24", on("02-15", "02-28")},
			{qingming, "04-04", "04-06", nil},
			{labour, "05-01", "05-03", nil},
			{dragon, "06-20", "06-22", nil},
			{"抗战胜利70周年纪念日", "09-03", "09-05", on("09-06")},
			{moon, "09-26", "09-27", nil},
			{national, "10-01", "10-07", on("10-10")},
		},
		2016: {
			{newYear, "01-01", "01-03", nil},
			{spring, "02-07", "02-13", on("02-06", "02-14")},
			{qingming, "04-02", "04-04", nil},
			{labour, "04-30", "05-02", nil},
			{dragon, "06-09", "06-11", on("06-12")},
			{moon, "09-15", "09-17", on("09-18")},
			{national, "10-01", "10-07", on("10-08", "10-09")},
		},
		2017: {
			{newYear, "01-01", "01-02", nil},
			{spring, "01-27", "02-02", on("01-22", "02-04")},
			{qingming, "04-02", "04-04", on("04-01")},
			{labour, "04-29", "05-01", nil},
			{dragon, "05-28", "05-30", on("05-27")},
			{national, "10-01", "10-08", on("09-30")},
		},
		2018: {
			{newYear, "01-01", "", nil},
			{spring, "02-15", "02-21", on("02-11", "02-24")},
			{qingming, "04-05", "04-07", on("04-08")},
			{labour, "04-29", "05-01", on("04-28")},
			{dragon, "06-16", "06-18", nil},
			{moon, "09-22", "09-24", nil},
			{national, "10-01", "10-07", on("09-29", "09-30")},
			{newYear, "12-30", "12-31", on("12-29")},
		},
		2019: {
			{newYear, "01-01", "", nil},
			{spring, "02-04", "02-10", on("02-02", "02-03")},
			{qingming, "04-05", "04-07", nil},
			{labour, "05-01", "05-04", on("04-28", "05-05")},
			{dragon, "06-07", "06-09", nil},
			{moon, "09-13", "09-15", nil},
			{national, "10-01", "10-07", on("09-29", "10-12")},
		},
		2020: {
			{newYear, "01-01", "", nil},
			{spring, "01-24", "02-02", on("01-19")},
			{qingming, "04-04", "04-06", nil},
			{labour, "05-01", "05-05", on("04-26", "05-09")},
			{dragon, "06-25", "06-27", on("06-28")},
			{national, "10-01", "10-08", on("09-27", "10-10")},
		},
		2021: {
			{newYear, "01-01", "01-03", nil},
			{spring, "02-11", "02-17", on("02-07", "02-20")},
			{qingming, "04-03", "04-05", nil},
			{labour, "05-01", "05-05", on("04-25", "05-08")},
			{dragon, "06-12", "06-14", nil},
			{moon, "09-19", "09-21", on("09-18")},
			{national, "10-01", "10-07", on("09-26", "10-09")},
		},
		2022: {
			{newYear, "01-01", "01-03", nil},
			{spring, "01-31", "02-06", on("01-29", "01-30")},
			{qingming, "04-03", "04-05", on("04-02")},
			{labour, "04-30", "05-04", on("04-24", "05-07")},
			{dragon, "06-03", "06-05", nil},
			{moon, "09-10", "09-12", nil},
			{national, "10-01", "10-07", on("10-08", "10-09")},
		},
		2023: {
			{newYear, "01-01", "01-02", nil},
			{spring, "01-21", "01-27", on("01-28", "01-29")},
			{qingming, "04-05", "", nil},
			{labour, "04-29", "05-03", on("04-23", "05-06")},
			{dragon, "06-22", "06-24", on("06-25")},
			{national, "09-29", "10-06", on("10-07", "10-08")},
		},
		2024: {
			{newYear, "01-01", "", nil},
			{spring, "02-10", "02-17", on("02-04", "02-18")},
			{qingming, "04-04", "04-06", on("04-07")},
			{labour, "05-01", "05-05", on("04-28", "05-11")},
			{dragon, "06-08", "06-10", nil},
			{moon, "09-15", "09-17", on("09-14")},
			{national, "10-01", "10-07", on("09-29", "10-12")},
		},
		2025: {
			{newYear, "01-01", "", nil},
			{spring, "01-28", "02-04", on("01-26", "02-08")},
			{qingming, "04-04", "04-06", nil},
			{labour, "05-01", "05-05", on("04-27")},
			{dragon, "05-31", "06-02", nil},
			{national, "10-01", "10-08", on("09-28", "10-11")},
		},
		2026: {
			{newYear, "01-01", "01-03", on("01-04")},
			{spring, "02-15", "02-23", on("02-14", "02-28")},
			{qingming, "04-04", "04-06", nil},
			{labour, "05-01", "05-05", on("05-09")},
			{dragon, "06-19", "06-21", nil},
			{moon, "09-25", "09-27", nil},
			{national, "10-01", "10-07", on("09-20", "10-10")},
		},
	}
}

// workdays lists the days of these years that differ from the five-day week, in
// order.
func workdays() []geo.CalendarDay {
	var out []geo.CalendarDay
	for year := 2015; year <= 2026; year++ {
		days := map[geo.Day]geo.CalendarDay{}
		for _, h := range holidays()[year] {
			from := monthDay(year, h.from)
			to := from
			if h.to != "" {
				to = monthDay(year, h.to)
			}
			for d := from; d <= to; d++ {
				if geo.WorkCalendar(nil).Works(d) {
					days[d] = geo.CalendarDay{Day: d, Name: h.name}
				}
			}
			for _, w := range h.worked {
				d := monthDay(year, w)
				days[d] = geo.CalendarDay{Day: d, Works: true, Name: h.name + "调休上班"}
			}
		}
		for d := day(year, 1, 1); d < day(year+1, 1, 1); d++ {
			if c, ok := days[d]; ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// monthDay reads 01-02 of a year; our own table is right.
func monthDay(year int, text string) geo.Day {
	at, err := time.Parse("01-02", text)
	if err != nil {
		panic(err)
	}
	return day(year, at.Month(), at.Day())
}
