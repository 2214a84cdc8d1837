package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SessionConfigTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  static Stream<UnaryOperator<SessionConfig>> contradictions() {
    return Stream.of(
        config -> config.withMaxStreams(-1, 0),
        config -> config.withMaxStreams(0, -1),
        config -> config.withWindow(WINDOW - 1, WINDOW), // the specification grants more
        config -> config.withWindow(WINDOW, WINDOW - 1),
        config -> config.withMaxMemory(config.maxWindowBytes() - 1L), // one stream would exceed it
        config -> config.withKeepAlive(Duration.ZERO, Duration.ofSeconds(1)),
        config -> config.withKeepAlive(Duration.ofSeconds(1), Duration.ofSeconds(1)));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void limitsThatCannotBeKeptAreRefused(UnaryOperator<SessionConfig> contradiction) {
    assertThatThrownBy(() -> contradiction.apply(SessionConfig.STANDARD))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }
}
