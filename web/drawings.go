package web

import "context"

// Bounds of drawing for people without a login: a picture takes megabytes and tens
// of milliseconds while it is drawn.
const (
	drawingsAtOnce    = 1
	waitingToDraw     = 64
	waitingToDrawEach = 16 // of one client
)

// drawings keeps finished pictures by their ETag and draws the others one after the
// other, clients in turn. As one is drawn at a time, what waited for the same one
// finds it kept.
type drawings struct {
	kept *boardCache
	gate *gate
}

func newDrawings() *drawings {
	return &drawings{newBoardCache(), newGate(drawingsAtOnce, drawingsAtOnce, waitingToDraw, waitingToDrawEach)}
}

// get gives the picture of an ETag, drawn for a client where it is not kept. It
// fails when too many wait already, or when ctx ends first.
func (d *drawings) get(ctx context.Context, client, etag string, draw func() ([]byte, error)) ([]byte, error) {
	if e, ok := d.kept.get(etag); ok {
		return e.body, nil
	}
	in := line{client: client}
	if err := d.gate.enter(ctx, in); err != nil {
		return nil, err
	}
	defer d.gate.leave(in)
	if e, ok := d.kept.get(etag); ok {
		return e.body, nil
	}
	body, err := draw()
	if err != nil {
		return nil, err
	}
	d.kept.put(etag, &boardEntry{body: body})
	return body, nil
}
