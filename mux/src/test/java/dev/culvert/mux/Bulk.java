package dev.culvert.mux;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** An application that sends without end and counts what it receives; the bytes do not matter. */
final class Bulk implements StreamListener {
  @Nullable Stream stream;
  long received;
  int resets;
  boolean isSending;
  boolean consumes = true;
  Runnable onEnd = () -> {};

  Stream stream() {
    return requireNonNull(stream);
  }

  void start() {
    isSending = true;
    stream().dataReady();
  }

  @Override
  public void onData(ByteBuf in, int bytes) {
    received += bytes;
    if (consumes) {
      stream().consumed(bytes);
    }
  }

  @Override
  public void onFin() {}

  @Override
  public void onReset() {
    resets++;
  }

  @Override
  public void onSessionEnd(SessionEnd end) {
    onEnd.run();
  }

  @Override
  public boolean hasData() {
    return isSending;
  }

  @Override
  public int pollData(ByteBuf out, int maxBytes) {
    out.writeZero(maxBytes);
    return maxBytes;
  }

  @Override
  public void onFinSent() {}
}
