package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams and sessions that are ended from within each thing a stream's handler may be told. */
@ExtendWith(LeakCheck.class)
final class EndFromWithinTest {
  private static final int BYTES = 300_000;

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  /** Lets one stream live through everything, with {@code reaction} at the far end. */
  private EmbeddedStream live(String entry, Consumer<Channel> reaction) {
    tunnel.server.newLog = () -> new EventLog().on(entry, reaction);
    EmbeddedStream near = tunnel.open();
    EmbeddedStream far = tunnel.accepted();
    far.write(0, BYTES);
    near.write(0, BYTES);
    tunnel.drive();
    near.channel().shutdownOutput();
    tunnel.drive();
    far.channel().shutdownOutput();
    tunnel.drive();
    if (tunnel.client.end() == null) {
      EmbeddedStream reset = tunnel.open();
      reset.channel().close();
      tunnel.drive();
    }
    return far;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EventLog.ACTIVE,
        EventLog.READ,
        EventLog.READ_COMPLETE,
        EventLog.END_OF_INPUT,
        EventLog.END_OF_OUTPUT,
        EventLog.UNWRITABLE,
        EventLog.WRITABLE,
        EventLog.FAILURE,
        EventLog.INACTIVE
      })
  void streamMayBeClosedFromWithin(String entry) {
    EmbeddedStream far = live(entry, Channel::close);

    assertThat(far.channel().isOpen()).isFalse();
    assertThat(far.log().entries).filteredOn(EventLog.INACTIVE::equals).hasSize(1);
    assertThat(tunnel.client.mux.session().openStreams()).isZero();
    assertThat(tunnel.server.mux.session().openStreams()).isZero();
    assertThat(tunnel.client.end()).isNull();
    assertThat(tunnel.server.end()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EventLog.ACTIVE,
        EventLog.READ,
        EventLog.READ_COMPLETE,
        EventLog.END_OF_INPUT,
        EventLog.END_OF_OUTPUT,
        EventLog.UNWRITABLE,
        EventLog.WRITABLE,
        EventLog.FAILURE,
        EventLog.INACTIVE
      })
  void sessionMayBeClosedFromWithin(String entry) {
    EmbeddedStream far = live(entry, channel -> tunnel.server.mux.close("enough"));

    assertThat(far.channel().isOpen()).isFalse();
    assertThat(far.log().entries).filteredOn(EventLog.INACTIVE::equals).hasSize(1);
    assertThat(tunnel.server.end()).isNotNull().hasToString("Closed[reason=enough]");
    assertThat(tunnel.server.events.getLast()).hasToString("Ended[end=Closed[reason=enough]]");
    assertThat(tunnel.server.mux.session().openStreams()).isZero();
    assertThat(tunnel.server.connection.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {EventLog.ACTIVE, EventLog.READ, EventLog.END_OF_INPUT})
  void handlerMayThrowWithoutHarmToTheSession(String entry) {
    live(
        entry,
        channel -> {
          throw new IllegalArgumentException("thrown on purpose");
        });

    assertThat(tunnel.client.end()).isNull();
    assertThat(tunnel.server.end()).isNull();
    EmbeddedStream next = tunnel.open();
    next.write(0, 1);
    tunnel.drive();
    assertThat(tunnel.server.accepted.getLast().log().bytes()).isEqualTo(1);
  }
}
