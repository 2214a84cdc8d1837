package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// peer does what the commands say.
type peer struct {
	session
	acceptor *acceptor
	held     stream
	bytes    int // sent on the stream held
}

func (p *peer) do(line string) (string, error) {
	var command, kind string
	var first, second int
	fmt.Sscan(line, &command, &first, &second)
	switch command {
	case "open":
		return "ok", p.openMany(first, second)
	case "slow":
		return "ok", p.echoed(first, 5*time.Millisecond)
	case "fin":
		return "ok", p.fin(first, second)
	case "reset":
		s, err := p.openAndSend(first)
		if err != nil {
			return "", err
		}
		return "ok", s.Reset()
	case "reads-end":
		return p.readsEnd(), nil
	case "hold":
		s, err := p.openAndSend(first)
		p.held, p.bytes = s, first
		return "ok", err
	case "release":
		return "ok", p.release()
	case "accept":
		fmt.Sscan(line, &command, &kind)
		return "ok", p.acceptor.set(kind)
	case "ping":
		return "ok", p.ping()
	case "goaway":
		return "ok", p.goAway(uint32(first))
	}
	return "", fmt.Errorf("unknown command: %s", line)
}

func (p *peer) openMany(streams, bytes int) error {
	var wait sync.WaitGroup
	failures := make(chan error, streams)
	for range streams {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := p.echoed(bytes, 0); err != nil {
				failures <- err
			}
		}()
	}
	wait.Wait()
	close(failures)
	return <-failures
}

func (p *peer) echoed(bytes int, pause time.Duration) error {
	s, err := p.open()
	if err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	defer s.Close()
	sent := make(chan error, 1)
	go func() {
		err := send(s, bytes)
		if err == nil {
			err = s.CloseWrite()
		}
		sent <- err
	}()
	if err := receive(s, bytes, pause); err != nil {
		return err
	}
	return <-sent
}

func (p *peer) fin(streams, bytes int) error {
	for range streams {
		s, err := p.openAndSend(bytes)
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (p *peer) openAndSend(bytes int) (stream, error) {
	s, err := p.open()
	if err != nil {
		return nil, fmt.Errorf("opening: %w", err)
	}
	return s, send(s, bytes)
}

func (p *peer) readsEnd() string {
	if _, err := io.Copy(io.Discard, p.held); err != nil {
		return "error"
	}
	return "eof"
}

func (p *peer) release() error {
	p.acceptor.release()
	if err := p.held.CloseWrite(); err != nil {
		return err
	}
	return receive(p.held, p.bytes, 0)
}
