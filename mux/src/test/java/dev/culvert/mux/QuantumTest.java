package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long a stream's turn is. */
final class QuantumTest {
  private static final int LEAST = 16_372;
  private static final int MOST = 65_488;
  private static final long MILLI = 1_000_000;

  private final Quantum quantum = new Quantum(LEAST, MOST, 0);
  private long nowNanos;

  /** Sends for a while at a rate, a millisecond's worth at a time. */
  private void send(int bytesPerMilli, int millis) {
    for (int i = 0; i < millis; i++) {
      nowNanos += MILLI;
      quantum.sent(bytesPerMilli, nowNanos);
    }
  }

  @Test
  void isLeastAtFirst() {
    assertThat(quantum.bytes()).isEqualTo(LEAST);
  }

  @Test
  void isAMillisecondOfTheConnection() {
    send(50_000, 20);

    assertThat(quantum.bytes()).isEqualTo(50_000);
  }

  @Test
  void staysWithinItsBounds() {
    send(1_000_000, 20);
    assertThat(quantum.bytes()).isEqualTo(MOST);

    send(12_500, 40);
    assertThat(quantum.bytes()).isEqualTo(LEAST);
  }

  @Test
  void isLeastAgainAfterAPause() {
    send(125_000, 20);
    nowNanos += 1000 * MILLI;

    quantum.sent(64, nowNanos);

    assertThat(quantum.bytes()).isEqualTo(LEAST);
  }

  @Test
  void whatTheKernelTakesAtOnceIsNoFastConnection() {
    quantum.sent(256 * 1024, nowNanos);
    send(1_250, 20); // 10 Mbit/s

    assertThat(quantum.bytes()).isEqualTo(LEAST);
  }
}
