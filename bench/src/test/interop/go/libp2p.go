package main

import (
	"context"
	"io"
	"net"

	"github.com/libp2p/go-yamux/v5"
)

type libp2p struct{ *yamux.Session }

func newLibp2p(connection net.Conn, isClient bool) (session, error) {
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard
	config.MaxIncomingStreams = 2000
	start := yamux.Server
	if isClient {
		start = yamux.Client
	}
	s, err := start(connection, config, nil)
	return libp2p{s}, err
}

func (s libp2p) open() (stream, error)   { return s.OpenStream(context.Background()) }
func (s libp2p) accept() (stream, error) { return s.AcceptStream() }
func (s libp2p) ping() error             { _, err := s.Ping(); return err }

func (s libp2p) goAway(code uint32) error {
	if code != 0 {
		return s.CloseWithError(code)
	}
	return s.GoAway()
}
