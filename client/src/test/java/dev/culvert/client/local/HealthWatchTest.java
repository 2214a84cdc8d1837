package dev.culvert.client.local;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.client.local.LocalTarget.Scheme;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.mux.socket.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a local service is said to be well, and when not. */
final class HealthWatchTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";
  private static final String BAD = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final long SECONDS_AT_MOST = 20;
  private static final Duration AMPLE = Duration.ofSeconds(SECONDS_AT_MOST);

  /** What was heard, and how many questions had been answered until then. */
  private record Word(boolean isUp, String reason, int answers) {}

  private final EventLoopGroup group = Transport.NIO.newEventLoopGroup(1, "health");
  private final BlockingQueue<Word> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger answers = new AtomicInteger();
  private ServerSocket listener;

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
    group.shutdownGracefully(0, SECONDS_AT_MOST, SECONDS).syncUninterruptibly();
  }

  /** Answers one connection after the other; the last answer for all that follow. */
  private void serve(String... script) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              try (Socket socket = listener.accept()) {
                StringBuilder request = new StringBuilder();
                int next;
                while (request.indexOf("\r\n\r\n") < 0
                    && (next = socket.getInputStream().read()) != -1) {
                  request.append((char) next);
                }
                String answer = script[Math.min(answers.getAndIncrement(), script.length - 1)];
                requests.add(request.toString());
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
              }
            }
          } catch (IOException e) {
            // closed
          }
        });
  }

  /** Answers in HTTP/2, with one status after the other; the last one for all that follow. */
  private int serveHttp2(String... statuses) {
    ChannelInitializer<Channel> initializer =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel
                .pipeline()
                .addLast(
                    Http2FrameCodecBuilder.forServer().build(),
                    new SimpleChannelInboundHandler<Http2HeadersFrame>() {
                      @Override
                      protected void channelRead0(
                          ChannelHandlerContext ctx, Http2HeadersFrame frame) {
                        requests.add(frame.headers().method() + " " + frame.headers().path());
                        int last = statuses.length - 1;
                        ctx.writeAndFlush(
                            new DefaultHttp2HeadersFrame(
                                    new DefaultHttp2Headers()
                                        .status(
                                            statuses[Math.min(answers.getAndIncrement(), last)]),
                                    true)
                                .stream(frame.stream()));
                      }
                    });
          }
        };
    return ((InetSocketAddress)
            new ServerBootstrap()
                .group(group)
                .channelFactory(Transport.NIO.serverChannel())
                .childHandler(initializer)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel()
                .localAddress())
        .getPort();
  }

  private HealthWatch watch(Duration limit) {
    return watch(limit, new LocalTarget(Scheme.HTTP, "localhost", listener.getLocalPort()));
  }

  private HealthWatch watch(Duration limit, LocalTarget target) {
    HealthWatch watch =
        new HealthWatch(
            group.next(),
            new LocalDialer(
                new Dialer(Transport.NIO, Duration.ofSeconds(SECONDS_AT_MOST)), new LocalTls()),
            target,
            new HealthCheck("/health?deep=1", OFTEN, limit),
            (isUp, reason) -> heard.add(new Word(isUp, reason, answers.get())));
    watch.start();
    return watch;
  }

  private Word next() throws InterruptedException {
    Word word = heard.poll(SECONDS_AT_MOST, SECONDS);
    assertThat(word).as("what was heard").isNotNull();
    return word;
  }

  @Test
  void serviceIsDownAfterTwoFailuresInARowAndUpAfterOneGoodAnswer() throws Exception {
    serve(OK, BAD, OK, BAD, BAD, BAD, OK);

    HealthWatch watch = watch(AMPLE);

    assertThat(next())
        .isEqualTo(
            new Word(
                false,
                "127.0.0.1:" + listener.getLocalPort() + " answered /health?deep=1 with 503",
                5));
    assertThat(next()).isEqualTo(new Word(true, "", 7));
    assertThat(watch.isUp()).isTrue();
    assertThat(requests.remove())
        .startsWith("GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:" + listener.getLocalPort())
        .contains("Connection: close\r\n");
  }

  @Test
  void serviceOfHttp2IsAskedInHttp2() throws Exception {
    int port = serveHttp2("200", "503", "500", "204");

    HealthWatch watch = watch(AMPLE, new LocalTarget(Scheme.H2C, "localhost", port));

    assertThat(next())
        .isEqualTo(new Word(false, "127.0.0.1:" + port + " answered /health?deep=1 with 500", 3));
    assertThat(next()).isEqualTo(new Word(true, "", 4));
    assertThat(requests.remove()).isEqualTo("GET /health?deep=1");
    watch.stop();
  }

  @Test
  void serviceThatSpeaksNoHttp2IsDown() throws Exception {
    serve("HTTP/1.1 400 Bad Request\r\n\r\n");

    HealthWatch watch =
        watch(AMPLE, new LocalTarget(Scheme.H2C, "localhost", listener.getLocalPort()));

    assertThat(next().reason()).endsWith(" closed the connection unanswered");
    watch.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 204 No Content, true",
    "HTTP/1.0 302 Found, true",
    "HTTP/1.1 399 Well, true",
    "HTTP/1.1 404 Not Found, false",
    "HTTP/1.1 500 Oh, false",
    "HTTP/1.1 100 Continue, false",
    "HTTP/2.0 200 Well, false",
    "220 mail.example ESMTP, false",
    "HTTP/1.1, false",
    "'', false"
  })
  void statusSaysWhetherTheServiceIsWell(String answer, boolean isUp) throws Exception {
    serve(isUp ? List.of(BAD, BAD, answer).toArray(String[]::new) : new String[] {answer});

    watch(AMPLE);

    assertThat(next().isUp()).isFalse();
    if (isUp) {
      assertThat(next()).returns(true, Word::isUp).returns(3, Word::answers);
    }
  }

  @Test
  void serviceThatIsNotThereIsDown() throws Exception {
    listener.close();

    HealthWatch watch = watch(AMPLE);

    assertThat(next().reason()).contains("refused the connection");
    assertThat(watch.isUp()).isFalse();
  }

  @Test
  void serviceThatDoesNotAnswerIsDownAndItsConnectionsAreClosed() throws Exception {
    watch(OFTEN);

    try (Socket first = listener.accept();
        Socket second = listener.accept()) {
      assertThat(next().reason()).contains("did not answer in time");
      first.setSoTimeout((int) SECONDS.toMillis(SECONDS_AT_MOST));
      assertThat(new String(first.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("GET ");
      assertThat(second.isConnected()).isTrue();
    }
  }

  @Test
  void watchThatWasStoppedAsksNoMore() throws Exception {
    serve(OK);
    HealthWatch watch = watch(AMPLE);
    assertThat(requests.poll(SECONDS_AT_MOST, SECONDS)).isNotNull();

    watch.stop();
    group.next().submit(() -> {}).get(SECONDS_AT_MOST, SECONDS);
    requests.poll(500, MILLISECONDS); // the one that was on its way
    requests.clear();

    assertThat(requests.poll(500, MILLISECONDS)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "health", "/a b", "/a\r\nX: y", "/\u00e9"})
  void whatIsNoPathIsRefused(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HealthCheck(path, OFTEN))
        .withMessageContaining("expected: a path such as /health");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 3601})
  void intervalIsFromASecondToAnHour(long seconds) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HealthCheck("/", Duration.ofSeconds(seconds)))
        .withMessageContaining("expected: 1 to 3600");
  }
}
