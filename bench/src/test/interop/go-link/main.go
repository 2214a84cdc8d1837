// Both ends of a yamux session, for bench/link-report: measures over a link that lies between them, with
// the libraries' default settings. Prints the port that it listens on, then obeys lines on its standard
// input and answers each with one line.
//
//	go-link LIBRARY
//
//	connect HOST:PORT   dials the listener through the link and starts the session
//	bulk NANOS COUNT    opens a stream that sends without end; bytes received after each NANOS, COUNT times
//	load STREAMS        opens streams that send without end
//	received            bytes received on each stream of load
//	unread              opens a stream that sends without end and is never read
//	pings NANOS         64 bytes there and back for that long; each round trip in nanoseconds
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	hashicorp "github.com/hashicorp/yamux"
	libp2p "github.com/libp2p/go-yamux/v5"
)

const messageBytes = 64

// session is one end; the dialling end opens streams for pings, the listening end those with much to send.
type session interface {
	open() (net.Conn, error)
	accept() (net.Conn, error)
}

type hashicorpSession struct{ *hashicorp.Session }

func (s hashicorpSession) open() (net.Conn, error)   { return s.Open() }
func (s hashicorpSession) accept() (net.Conn, error) { return s.Accept() }

type libp2pSession struct{ *libp2p.Session }

func (s libp2pSession) open() (net.Conn, error)   { return s.Open(context.Background()) }
func (s libp2pSession) accept() (net.Conn, error) { return s.Accept() }

func start(library string, connection net.Conn, isClient bool) (session, error) {
	if library == "hashicorp" {
		make := hashicorp.Server
		if isClient {
			make = hashicorp.Client
		}
		config := hashicorp.DefaultConfig()
		config.LogOutput = io.Discard
		s, err := make(connection, config)
		return hashicorpSession{s}, err
	}
	make := libp2p.Server
	if isClient {
		make = libp2p.Client
	}
	config := libp2p.DefaultConfig()
	config.LogOutput = io.Discard
	s, err := make(connection, config, nil)
	return libp2pSession{s}, err
}

type ends struct {
	near     session // dials
	far      session // listens
	isUnread atomic.Bool
	lock     sync.Mutex
	received []*atomic.Int64 // of each stream that is read
}

func connect(library string, listener net.Listener, address string) (*ends, error) {
	near, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	far, err := listener.Accept()
	if err != nil {
		return nil, err
	}
	e := &ends{}
	if e.near, err = start(library, near, true); err != nil {
		return nil, err
	}
	if e.far, err = start(library, far, false); err != nil {
		return nil, err
	}
	go e.receive()
	go e.echo()
	return e, nil
}

// receive reads what comes to the dialling end, on each stream that is to be read.
func (e *ends) receive() {
	for {
		stream, err := e.near.accept()
		if err != nil {
			return
		}
		if e.isUnread.Load() {
			continue
		}
		count := new(atomic.Int64)
		e.lock.Lock()
		e.received = append(e.received, count)
		e.lock.Unlock()
		go func() {
			chunk := make([]byte, 64*1024)
			for {
				n, err := stream.Read(chunk)
				count.Add(int64(n))
				if err != nil {
					return
				}
			}
		}()
	}
}

func (e *ends) echo() {
	for {
		stream, err := e.far.accept()
		if err != nil {
			return
		}
		go io.Copy(stream, stream)
	}
}

func (e *ends) load(streams int64) error {
	for range streams {
		stream, err := e.far.open()
		if err != nil {
			return err
		}
		go func() {
			chunk := make([]byte, 64*1024)
			for {
				if _, err := stream.Write(chunk); err != nil {
					return
				}
			}
		}()
	}
	return nil
}

func (e *ends) counts() []int64 {
	e.lock.Lock()
	defer e.lock.Unlock()
	var counts []int64
	for _, count := range e.received {
		counts = append(counts, count.Load())
	}
	return counts
}

func join(numbers []int64) string {
	return strings.Trim(fmt.Sprint(numbers), "[]")
}

func (e *ends) bulk(every time.Duration, count int64) (string, error) {
	begin := time.Now()
	if err := e.load(1); err != nil {
		return "", err
	}
	var counts []int64
	for i := int64(1); i <= count; i++ {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * every)))
		sum := int64(0)
		for _, received := range e.counts() {
			sum += received
		}
		counts = append(counts, sum)
	}
	return join(counts), nil
}

func (e *ends) pings(duration time.Duration) (string, error) {
	stream, err := e.near.open()
	if err != nil {
		return "", err
	}
	message := make([]byte, messageBytes)
	var roundTrips []int64
	for end := time.Now().Add(duration); time.Now().Before(end); {
		begin := time.Now()
		if _, err := stream.Write(message); err != nil {
			return "", err
		}
		if _, err := io.ReadFull(stream, message); err != nil {
			return "", err
		}
		roundTrips = append(roundTrips, time.Since(begin).Nanoseconds())
	}
	return join(roundTrips), stream.Close()
}

func (e *ends) do(line string) (string, error) {
	var command string
	var first, second int64
	fmt.Sscan(line, &command, &first, &second)
	switch command {
	case "bulk":
		return e.bulk(time.Duration(first), second)
	case "load":
		e.isUnread.Store(false)
		return "ok", e.load(first)
	case "received":
		return join(e.counts()), nil
	case "unread":
		e.isUnread.Store(true)
		return "ok", e.load(1)
	case "pings":
		return e.pings(time.Duration(first))
	}
	return "", fmt.Errorf("unknown command: %s", line)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	lines := bufio.NewScanner(os.Stdin)
	var e *ends
	for lines.Scan() {
		answer := "ok"
		if address, isConnect := strings.CutPrefix(lines.Text(), "connect "); isConnect {
			e, err = connect(os.Args[1], listener, address)
		} else {
			answer, err = e.do(lines.Text())
		}
		if err != nil {
			answer = "error " + err.Error()
		}
		fmt.Println(answer)
	}
}
