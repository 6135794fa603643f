package geo

import "testing"

func goodProject(_, to string) ProjectFacts {
	f := ProjectFacts{
		Occasion: ordinary(), Name: "示例物流园", Investor: "示例集团", Amount: 3 * Yi,
		IntentNo: "意-1", AgreementNo: "战-1", ContractNo: "签-1", Parcel: "430602003012GB00045",
		ParcelStatus: "sold", PermitNo: "施-1", OpeningNo: "开-1",
	}
	f.Before = to
	return f
}

func projectSuite() suite[ProjectFacts] {
	return suite[ProjectFacts]{
		machine: ProjectMoves(), good: goodProject,
		occasion: func(f *ProjectFacts) *Occasion { return &f.Occasion },
		ends:     []string{"dead"},
		breakers: map[string]func(*ProjectFacts){
			"name":         func(f *ProjectFacts) { f.Name = "" },
			"investor":     func(f *ProjectFacts) { f.Investor = "" },
			"intent_no":    func(f *ProjectFacts) { f.IntentNo = "" },
			"amount":       func(f *ProjectFacts) { f.Amount = 0 },
			"agreement_no": func(f *ProjectFacts) { f.AgreementNo = "" },
			"contract_no":  func(f *ProjectFacts) { f.ContractNo = "" },
			"parcel":       func(f *ProjectFacts) { f.Parcel = "" },
			"parcel_sold":  func(f *ProjectFacts) { f.ParcelStatus = "voided" },
			"permit_no":    func(f *ProjectFacts) { f.PermitNo = "" },
			"opening_no":   func(f *ProjectFacts) { f.OpeningNo = "" },
		},
	}
}

func TestProjectMachine(t *testing.T) { projectSuite().run(t) }

func TestProjectLandsOnSoldOrAllocatedLand(t *testing.T) {
	for _, s := range Statuses(ParcelMachine) {
		f := goodProject("signed", "landed")
		f.ParcelStatus = s.Code
		quiet := len(ProjectMoves().Warnings("signed", "landed", f)) == 0
		want := map[string]bool{
			"sold": true, "contracted": true, "paid": true, "handed_over": true,
			"started": true, "completed": true, "allocated": true,
		}[s.Code]
		if quiet != want {
			t.Errorf("landing on a parcel that is %s: no warning = %v", s.Code, quiet)
		}
	}
}
