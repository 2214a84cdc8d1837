package dev.culvert.client.local;

import static dev.culvert.client.local.Streams.SECONDS_AT_MOST;
import static dev.culvert.client.local.Streams.TUNNEL;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.client.local.LocalTarget.Scheme;
import dev.culvert.client.local.OpenStream.Answer;
import dev.culvert.client.local.RequestRecord.Outcome;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.StreamResetException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamHandlerTest {
  private static final String TO_THE_END = "\n\n";
  private static final String GET = "GET /a HTTP/1.1\r\n\r\n";

  @Test
  void bytesAndEndThatCameWithThePreambleReachTheService() throws Exception {
    try (LocalService service = new LocalService(TO_THE_END, "answer");
        Streams streams = new Streams(service.target(Scheme.TCP))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.TCP, TUNNEL, "question"));
      stream.channel().shutdownOutput();

      assertThat(service.received.get(SECONDS_AT_MOST, SECONDS)).isEqualTo("question");
      assertThat(stream.answer()).isEqualTo(new Answer(StreamStatus.CONNECTED, "answer"));
    }
  }

  @Test
  void preambleThatComesByteByByteIsRead() throws Exception {
    try (LocalService service = new LocalService(TO_THE_END, "answer");
        Streams streams = new Streams(service.target(Scheme.TCP))) {
      OpenStream stream = streams.open();
      ByteBuf bytes = Streams.preamble(TunnelKind.TCP, TUNNEL, "question");

      while (bytes.isReadable()) {
        stream.channel().writeAndFlush(bytes.readRetainedSlice(1)).get(SECONDS_AT_MOST, SECONDS);
      }
      stream.channel().shutdownOutput();

      assertThat(service.received.get(SECONDS_AT_MOST, SECONDS)).isEqualTo("question");
      assertThat(stream.answer().bytes()).isEqualTo("answer");
      bytes.release();
    }
  }

  @Test
  void requestThatCameWithThePreambleIsLogged() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    try (LocalService service = new LocalService("\r\n\r\n", ok);
        Streams streams = new Streams(service.target(Scheme.HTTP))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET));
      RequestRecord record = streams.log.poll(SECONDS_AT_MOST, SECONDS);
      stream.channel().shutdownOutput();

      assertThat(record)
          .isNotNull()
          .returns("GET", RequestRecord::method)
          .returns("/a", RequestRecord::target)
          .returns(200, RequestRecord::status)
          .returns(2L, RequestRecord::responseBytes)
          .returns(Outcome.COMPLETE, RequestRecord::outcome);
      assertThat(stream.answer()).isEqualTo(new Answer(StreamStatus.CONNECTED, ok));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void serviceThatListensOnOneFamilyOnlyIsReachedAsLocalhost(String address) throws Exception {
    ServerSocket listener;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getByName(address));
    } catch (IOException e) {
      assumeTrue(false, "no IPv6 here");
      return;
    }
    try (LocalService service = new LocalService(listener, TO_THE_END, "answer");
        Streams streams = new Streams(service.target(Scheme.TCP))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.TCP, TUNNEL, "question\n\n"));

      assertThat(stream.answer()).isEqualTo(new Answer(StreamStatus.CONNECTED, "answer"));
    }
  }

  @Test
  void serviceThatIsDownIsARefusalThatNamesItAndAFailedRequest() throws Exception {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", closedPort());
    try (Streams streams = new Streams(target)) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET));

      Answer answer = stream.answer();
      assertThat(answer.status().code()).isEqualTo(StreamStatus.Code.REFUSED);
      assertThat(answer.status().text()).isEqualTo(target.address() + " refused the connection");
      assertThat(answer.bytes()).isEmpty();
      assertThat(streams.log.poll(SECONDS_AT_MOST, SECONDS))
          .isNotNull()
          .returns("GET", RequestRecord::method)
          .returns("/a", RequestRecord::target)
          .returns(502, RequestRecord::status)
          .returns(Outcome.UNREACHABLE, RequestRecord::outcome)
          .returns(answer.status().text(), RequestRecord::note);
    }
  }

  /** The name's empty label fits into no question to the DNS: the look-up stays on this machine. */
  @Test
  void unknownHostIsARefusalThatNamesIt() throws Exception {
    try (Streams streams = new Streams(new LocalTarget(Scheme.TCP, "nowhere..invalid", 80))) {
      OpenStream stream = streams.open();

      stream
          .channel()
          .writeAndFlush(Streams.preamble(new InetSocketAddress("203.0.113.9", 4711), "question"));

      Answer answer = stream.answer();
      assertThat(answer.status().code()).isEqualTo(StreamStatus.Code.UNREACHABLE);
      assertThat(answer.status().text()).startsWith("nowhere..invalid:80 cannot be reached: ");
      assertThat(streams.log.poll(SECONDS_AT_MOST, SECONDS))
          .isNotNull()
          .returns("TCP", RequestRecord::method)
          .returns("203.0.113.9:4711", RequestRecord::target)
          .returns(0, RequestRecord::status)
          .returns(Outcome.UNREACHABLE, RequestRecord::outcome)
          .returns(answer.status().text(), RequestRecord::note);
    }
  }

  @Test
  void requestThatComesAfterTheRefusalIsLoggedWithItsHead() throws Exception {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", closedPort());
    try (Streams streams = new Streams(target)) {
      OpenStream stream = streams.open();

      stream
          .channel()
          .writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET.substring(0, 5)));
      assertThat(stream.answer().status().code()).isEqualTo(StreamStatus.Code.REFUSED);
      stream.channel().writeAndFlush(Unpooled.copiedBuffer(GET.substring(5), US_ASCII));

      assertThat(streams.log.poll(SECONDS_AT_MOST, SECONDS))
          .isNotNull()
          .returns("GET", RequestRecord::method)
          .returns("/a", RequestRecord::target)
          .returns(502, RequestRecord::status);
      stream.channel().close();
    }
  }

  @Test
  void streamThatBringsNoRequestToAServiceThatIsDownIsLoggedOnce() throws Exception {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", closedPort());
    try (Streams streams = new Streams(target)) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, ""));
      assertThat(stream.answer().status().code()).isEqualTo(StreamStatus.Code.REFUSED);
      stream.channel().close();

      assertThat(streams.log.poll(SECONDS_AT_MOST, SECONDS))
          .isNotNull()
          .returns("", RequestRecord::method)
          .returns(502, RequestRecord::status)
          .returns(Outcome.UNREACHABLE, RequestRecord::outcome);
      assertThat(streams.log).isEmpty();
    }
  }

  @Test
  void serverCannotReachATunnelThatIsNotHere() throws Exception {
    try (LocalService service = new LocalService(TO_THE_END, "answer");
        Streams streams = new Streams(service.target(Scheme.TCP))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.TCP, TUNNEL + 1, "question"));

      assertThat(stream.answer().status().code()).isEqualTo(StreamStatus.Code.UNKNOWN_TUNNEL);
      assertThat(service.received).isNotDone();
    }
  }

  @Test
  void streamWithoutAPreambleIsReset() throws Exception {
    try (LocalService service = new LocalService(TO_THE_END, "answer");
        Streams streams = new Streams(service.target(Scheme.TCP))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[600]));

      assertThatThrownBy(stream::answer).hasCauseInstanceOf(StreamResetException.class);
      assertThat(service.received).isNotDone();
    }
  }

  @Test
  void serviceThatCutsTheConnectionResetsTheStream() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Streams streams =
            new Streams(new LocalTarget(Scheme.TCP, "127.0.0.1", listener.getLocalPort()))) {
      OpenStream stream = streams.open();
      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.TCP, TUNNEL, "question"));

      try (var socket = listener.accept()) {
        socket.getInputStream().readNBytes("question".length());
        socket.setSoLinger(true, 0);
      }

      assertThatThrownBy(stream::answer).hasCauseInstanceOf(StreamResetException.class);
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return listener.getLocalPort();
    }
  }
}
