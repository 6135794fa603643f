package geo

// Enquiry is what somebody without an account asks of the investment desk about a
// published parcel. It becomes a project in the first state of the pipeline with a
// contact record; neither is ever published.
type Enquiry struct {
	Parcel  string // code
	Company string
	Person  string
	Phone   string
	Amount  Money // planned investment; 0 = not said
	Message string
}
