// A yamux peer for Culvert's interoperability tests: dials a session's other end, echoes every stream
// that is opened to it, and does what the lines on its standard input say, answering each with one line.
//
//	peer LIBRARY ROLE HOST:PORT [tls]
//
//	open STREAMS BYTES   opens that many streams at once, sends, finishes, and reads the echo to its end
//	fin STREAMS BYTES    opens, sends and closes at once, one stream after the other
//	reset BYTES          opens a stream, sends, and resets it
//	reads-end BYTES      opens a stream, sends, and says how its input ends: eof or error
//	slow BYTES           as open 1, with a pause after each 256 KiB read
//	ping                 measures a round trip
//	goaway               lets no more streams in
//	quit                 closes the session
package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// stream is what both libraries have in common.
type stream interface {
	io.ReadWriteCloser
	CloseWrite() error
	Reset() error
}

type session interface {
	open() (stream, error)
	accept() (stream, error)
	ping() error
	goAway() error
	close() error
}

func at(position int64) byte { return byte(position*31 + position>>8) }

func fill(chunk []byte, position int64) {
	for i := range chunk {
		chunk[i] = at(position + int64(i))
	}
}

func send(to io.Writer, bytes int64) error {
	chunk := make([]byte, 64*1024)
	for sent := int64(0); sent < bytes; {
		part := chunk[:min(int64(len(chunk)), bytes-sent)]
		fill(part, sent)
		n, err := to.Write(part)
		if err != nil {
			return fmt.Errorf("sending at %d: %w", sent, err)
		}
		sent += int64(n)
	}
	return nil
}

// receive reads to the end and checks every byte; pause comes after each 256 KiB.
func receive(from io.Reader, bytes int64, pause time.Duration) error {
	chunk := make([]byte, 64*1024)
	received, pauseAt := int64(0), int64(256*1024)
	for {
		n, err := from.Read(chunk)
		for i := 0; i < n; i++ {
			if chunk[i] != at(received+int64(i)) {
				return fmt.Errorf("wrong byte at %d", received+int64(i))
			}
		}
		received += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("receiving at %d: %w", received, err)
		}
		if pause > 0 && received >= pauseAt {
			pauseAt += 256 * 1024
			time.Sleep(pause)
		}
	}
	if received != bytes {
		return fmt.Errorf("received %d bytes (expected: %d)", received, bytes)
	}
	return nil
}

func echoed(s session, bytes int64, pause time.Duration) error {
	stream, err := s.open()
	if err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	defer stream.Close()
	sent := make(chan error, 1)
	go func() {
		err := send(stream, bytes)
		if err == nil {
			err = stream.CloseWrite()
		}
		sent <- err
	}()
	if err := receive(stream, bytes, pause); err != nil {
		return err
	}
	return <-sent
}

func open(s session, streams int, bytes int64) error {
	var wait sync.WaitGroup
	failures := make(chan error, streams)
	for range streams {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := echoed(s, bytes, 0); err != nil {
				failures <- err
			}
		}()
	}
	wait.Wait()
	close(failures)
	return <-failures
}

func fin(s session, streams int, bytes int64) error {
	for range streams {
		stream, err := s.open()
		if err != nil {
			return fmt.Errorf("opening: %w", err)
		}
		if err := send(stream, bytes); err != nil {
			return err
		}
		if err := stream.Close(); err != nil {
			return err
		}
	}
	return nil
}

func openAndSend(s session, bytes int64) (stream, error) {
	stream, err := s.open()
	if err != nil {
		return nil, err
	}
	return stream, send(stream, bytes)
}

func readsEnd(s session, bytes int64) (string, error) {
	stream, err := openAndSend(s, bytes)
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return "error", nil
	}
	return "eof", nil
}

func echo(s session) {
	for {
		stream, err := s.accept()
		if err != nil {
			return
		}
		go func() {
			if _, err := io.Copy(stream, stream); err == nil {
				stream.CloseWrite()
			} else {
				stream.Close()
			}
		}()
	}
}

func do(s session, line string) (string, error) {
	var command string
	var first, second int64
	fmt.Sscan(line, &command, &first, &second)
	switch command {
	case "open":
		return "ok", open(s, int(first), second)
	case "fin":
		return "ok", fin(s, int(first), second)
	case "reset":
		stream, err := openAndSend(s, first)
		if err != nil {
			return "", err
		}
		return "ok", stream.Reset()
	case "reads-end":
		return readsEnd(s, first)
	case "slow":
		return "ok", echoed(s, first, 5*time.Millisecond)
	case "ping":
		return "ok", s.ping()
	case "goaway":
		return "ok", s.goAway()
	}
	return "", fmt.Errorf("unknown command: %s", line)
}

func dial(address string, isTLS bool) (net.Conn, error) {
	if isTLS {
		// The test has made the certificate a moment ago; what is tested is yamux.
		return tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13})
	}
	return net.Dial("tcp", address)
}

func main() {
	library, role, address := os.Args[1], os.Args[2], os.Args[3]
	connection, err := dial(address, len(os.Args) > 4)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var s session
	if library == "hashicorp" {
		s, err = newHashicorp(connection, role == "client")
	} else {
		s, err = newLibp2p(connection, role == "client")
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	go echo(s)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() && lines.Text() != "quit" {
		answer, err := do(s, lines.Text())
		if err != nil {
			answer = "error " + err.Error()
		}
		fmt.Println(answer)
	}
	s.close()
}
