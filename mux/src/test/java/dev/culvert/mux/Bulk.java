package dev.culvert.mux;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** An application that sends without end and counts what it receives; the bytes do not matter. */
final class Bulk implements StreamListener {
  @Nullable Stream stream;
  long received;
  int resets;
  boolean isSending;
  boolean consumes = true;

  /** How many bytes go into each buffer that can be a frame; zero for none at all. */
  int bufferBytes;

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
  public int frameBytes() {
    return bufferBytes;
  }

  @Override
  public ByteBuf pollFrame() {
    ByteBuf frame = Unpooled.buffer(Frame.HEADER_BYTES + bufferBytes);
    return frame.setIndex(Frame.HEADER_BYTES, Frame.HEADER_BYTES + bufferBytes);
  }

  @Override
  public void onFinSent() {}
}
