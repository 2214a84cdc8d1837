package dev.culvert.mux;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a small message, waits for it to come back, and sends the next; or, at the other end,
 * echoes.
 */
final class PingPong implements StreamListener {
  static final int MESSAGE_BYTES = 64;

  /** Round trips of the application, in nanoseconds. */
  final List<Long> times = new ArrayList<>();

  @Nullable Stream stream;
  private final LongSupplier clock;
  private final boolean isEcho;
  private long sentNanos;
  private int toSend;
  private int missing = MESSAGE_BYTES;

  private PingPong(LongSupplier clock, boolean isEcho) {
    this.clock = clock;
    this.isEcho = isEcho;
  }

  static PingPong asker(LongSupplier clock) {
    return new PingPong(clock, false);
  }

  static PingPong echo(LongSupplier clock) {
    return new PingPong(clock, true);
  }

  Stream stream() {
    return requireNonNull(stream);
  }

  void send() {
    sentNanos = clock.getAsLong();
    toSend = MESSAGE_BYTES;
    stream().dataReady();
  }

  /** The time that 99 of 100 round trips took at most. */
  long percentile99() {
    List<Long> sorted = times.stream().sorted().toList();
    return sorted.get(sorted.size() * 99 / 100);
  }

  @Override
  public void onData(ByteBuf in, int bytes) {
    stream().consumed(bytes);
    missing -= bytes;
    if (missing == 0) {
      missing = MESSAGE_BYTES;
      if (!isEcho) {
        times.add(clock.getAsLong() - sentNanos);
      }
      send();
    }
  }

  @Override
  public void onFin() {}

  @Override
  public void onReset() {}

  @Override
  public void onSessionEnd(SessionEnd end) {}

  @Override
  public boolean hasData() {
    return toSend > 0;
  }

  @Override
  public int pollData(ByteBuf out, int maxBytes) {
    int bytes = Math.min(maxBytes, toSend);
    out.writeZero(bytes);
    toSend -= bytes;
    return bytes;
  }

  @Override
  public void onFinSent() {}
}
