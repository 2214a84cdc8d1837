package main

import (
	"fmt"
	"io"
	"sync"
)

// acceptor decides what becomes of the streams that the other end opens.
type acceptor struct {
	mutex sync.Mutex
	kind  func(stream)
	held  []stream
}

func (a *acceptor) set(kind string) error {
	kinds := map[string]func(stream){"echo": echo, "reply": reply, "reset": reset, "hold": a.hold}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.kind = kinds[kind]
	if a.kind == nil {
		return fmt.Errorf("unknown kind: %s", kind)
	}
	return nil
}

func (a *acceptor) run(s session) {
	for {
		accepted, err := s.accept()
		if err != nil {
			return
		}
		a.mutex.Lock()
		kind := a.kind
		a.mutex.Unlock()
		go kind(accepted)
	}
}

// echo sends back what it reads.
func echo(s stream) {
	if _, err := io.Copy(s, s); err == nil {
		s.CloseWrite()
	} else {
		s.Close()
	}
}

// reply reads to the end, then sends as many bytes.
func reply(s stream) {
	defer s.Close()
	if n, err := io.Copy(io.Discard, s); err == nil {
		send(s, int(n))
	}
}

// reset resets the stream once something has come.
func reset(s stream) {
	s.Read(make([]byte, 1))
	s.Reset()
}

// hold reads nothing before release, then echoes.
func (a *acceptor) hold(s stream) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.held = append(a.held, s)
}

func (a *acceptor) release() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, s := range a.held {
		go echo(s)
	}
	a.held = nil
}
