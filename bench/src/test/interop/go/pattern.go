package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	period    = 64 * 1024 // the bytes of every stream repeat after this many
	pauseEach = 256 * 1024
)

var pattern = func() []byte {
	pattern := make([]byte, period)
	for i := range pattern {
		pattern[i] = byte(i*31 + i>>8)
	}
	return pattern
}()

func send(to io.Writer, bytes int) error {
	for sent := 0; sent < bytes; {
		n, err := to.Write(pattern[:min(period, bytes-sent)])
		if err != nil {
			return fmt.Errorf("sending at %d: %w", sent, err)
		}
		sent += n
	}
	return nil
}

// receive reads to the end and checks every byte; pause comes after each 256 KiB.
func receive(from io.Reader, expected int, pause time.Duration) error {
	chunk := make([]byte, period)
	received, pauseAt := 0, pauseEach
	for {
		at := received % period
		n, err := from.Read(chunk[:period-at])
		if !bytes.Equal(chunk[:n], pattern[at:at+n]) {
			return fmt.Errorf("wrong byte behind %d", received)
		}
		received += n
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("receiving at %d: %w", received, err)
		}
		if pause > 0 && received >= pauseAt {
			pauseAt += pauseEach
			time.Sleep(pause)
		}
	}
	if received != expected {
		return fmt.Errorf("received %d bytes (expected: %d)", received, expected)
	}
	return nil
}
