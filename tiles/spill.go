package tiles

import (
	"fmt"
	"hash/crc32"
	"os"
	"sync/atomic"
)

// spill is a file for what has no room in memory. It has no name from the moment it
// is made, so nobody else opens it and the system takes it back when the process
// ends, however it ends.
type spill struct {
	file *os.File
	end  atomic.Int64
}

// spot is where something is in a spill, and the CRC-32C of it. A size of 0 is
// nowhere.
type spot struct {
	at   int64
	size uint32
	sum  uint32
}

// NoSpill is the folder of those who write nothing: what has no room in memory is
// then answered by Options.Source, which there must be.
const NoSpill = "none"

// nowhere is the spot of what could not be written.
const nowhere = -1

func newSpill(folder string) (*spill, error) {
	if folder == NoSpill {
		return nil, nil
	}
	if folder == "" {
		folder = os.TempDir()
	}
	f, err := os.CreateTemp(folder, ".regions-*") // readable by its owner only
	if err != nil {
		return nil, fmt.Errorf("%w: no file for what has no room in memory: %w", ErrUnread, err)
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%w: no file for what has no room in memory: %w", ErrUnread, err)
	}
	return &spill{file: f}, nil
}

// write appends b; several may do so at the same time. After an error the spot says
// of what size and sum it would have been.
func (s *spill) write(b []byte) (spot, error) {
	if s == nil {
		return spot{nowhere, uint32(len(b)), sumOf(b)}, nil
	}
	at := s.end.Add(int64(len(b))) - int64(len(b))
	_, err := s.file.WriteAt(b, at)
	if err != nil {
		at = nowhere
	}
	return spot{at, uint32(len(b)), sumOf(b)}, err
}

// read is what was written there, or an error.
func (s *spill) read(from spot) ([]byte, error) {
	b := make([]byte, from.size)
	if _, err := s.file.ReadAt(b, from.at); err != nil {
		return nil, err
	}
	if sumOf(b) != from.sum {
		return nil, errDamaged
	}
	return b, nil
}

func (s *spill) close() {
	if s != nil {
		_ = s.file.Close()
	}
}

// sumOf is the CRC-32C of b.
func sumOf(b []byte) uint32 { return crc32.Checksum(b, frameTable) }
