package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A server with little memory, in a process of its own, that all who attack it with HTTP/2 share,
 * with a tunnel to a {@link RecordingOrigin}. A test takes it as a parameter.
 */
final class AttackedServer implements AutoCloseable {
  private static final int MAX_MEBIBYTES = 512;
  private static final int DEADLINE_SECONDS = 20;

  private final RecordingOrigin service;
  private final ForkedCulvert culvert;

  private AttackedServer(RecordingOrigin service, ForkedCulvert culvert) {
    this.service = service;
    this.culvert = culvert;
  }

  private static AttackedServer start() {
    try {
      RecordingOrigin service = new RecordingOrigin();
      Path state = Files.createTempDirectory(Path.of("target"), "attacked-server");
      String[] memory = {"-Xmx128m", "-XX:MaxDirectMemorySize=128m"};
      return new AttackedServer(
          service, ForkedCulvert.start(state.toAbsolutePath(), service.port(), memory));
    } catch (Exception e) {
      throw new AssertionError("the server does not start", e);
    }
  }

  /** Where the tunnel is, as visitors say it. */
  String host() {
    return ReverseProxy.HOST + ":" + culvert.https().getPort();
  }

  /** A new visitor, with settings of its own. */
  RawHttp2 visit(int... settings) throws Exception {
    return RawHttp2.open(culvert.https(), ReverseProxy.HOST, settings);
  }

  /** Somebody who asks for pages while others attack. */
  GoodHttp2 goodVisitor() {
    return GoodHttp2.start(culvert.https());
  }

  /** How many connections the service has been asked for. */
  int upstreams() {
    return service.accepted();
  }

  /** A part of an attack that can be repeated. */
  interface Wave {
    void send() throws IOException;
  }

  /**
   * Sends waves until the server ends the attacker's connection, as it must. Who goes on to write
   * then may not hear why.
   */
  static void assertEnds(String goAway, RawHttp2 attacker, Wave wave) throws Exception {
    assertThat(endOf(attacker, wave)).isIn(goAway, "closed");
  }

  /** The same for attacks by their number. */
  static void assertSentAway(RawHttp2 attacker, Wave wave) throws Exception {
    assertEnds("GOAWAY ENHANCE_YOUR_CALM", attacker, wave);
  }

  private static String endOf(RawHttp2 attacker, Wave wave) throws Exception {
    CompletableFuture<String> end =
        CompletableFuture.supplyAsync(attacker::end, Thread.ofPlatform()::start);
    long start = System.nanoTime();
    try {
      while (!end.isDone()
          && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS)) {
        wave.send();
        attacker.flush();
      }
    } catch (IOException e) {
      // It has been closed.
    }
    try {
      return end.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the server bears it", e);
    }
  }

  /** The good visitor got all it asked for, and the server has kept its bounds. */
  void assertWell(GoodHttp2 good) throws IOException {
    good.assertServed();
    assertThat(culvert.isAlive()).isTrue();
    assertThat(culvert.peakMebibytes()).as("MiB").isLessThan(MAX_MEBIBYTES);
    assertThat(culvert.said()).as("what it said").noneMatch(line -> line.contains("OutOfMemory"));
    service.takeSeen();
  }

  @Override
  public void close() throws IOException {
    culvert.close();
    service.close();
  }

  /** Gives it to tests; it ends with the last of them. */
  static final class Resolver implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == AttackedServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.GLOBAL)
          .computeIfAbsent(AttackedServer.class, type -> start(), AttackedServer.class);
    }
  }
}
