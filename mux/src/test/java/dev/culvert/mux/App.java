package dev.culvert.mux;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The application on one stream: sends a sequence that depends on the position alone, and checks
 * that what comes is that sequence.
 */
final class App implements StreamListener {
  @Nullable Stream stream;
  long toSend;
  long sent;
  long received;
  long unread;
  int fins;
  int resets;
  int finsSent;
  @Nullable SessionEnd end;
  boolean consumesAtOnce = true;
  private boolean isFinished;

  Stream stream() {
    return requireNonNull(stream);
  }

  /** Sends more, unless the stream's output was finished. */
  void send(long bytes) {
    if (isFinished) {
      return;
    }
    toSend += bytes;
    stream().dataReady();
  }

  void finish() {
    isFinished = true;
    stream().finish();
  }

  void consume(int bytes) {
    unread -= bytes;
    stream().consumed(bytes);
  }

  private static byte at(long position) {
    return (byte) (position * 31 + (position >> 8));
  }

  @Override
  public void onData(ByteBuf payload) {
    if (fins + resets > 0 || end != null) {
      throw new AssertionError("data after the end on " + stream);
    }
    int bytes = payload.readableBytes();
    for (int i = 0; i < bytes; i++) {
      if (payload.readByte() != at(received++)) {
        throw new AssertionError("wrong byte at " + (received - 1) + " on " + stream);
      }
    }
    payload.release();
    unread += bytes;
    if (consumesAtOnce) {
      consume(bytes);
    }
  }

  @Override
  public void onFin() {
    fins++;
  }

  @Override
  public void onReset() {
    resets++;
  }

  @Override
  public void onSessionEnd(SessionEnd end) {
    this.end = end;
  }

  @Override
  public boolean hasData() {
    return toSend > 0;
  }

  @Override
  public int pollData(ByteBuf out, int maxBytes) {
    int bytes = (int) Math.min(maxBytes, toSend);
    for (int i = 0; i < bytes; i++) {
      out.writeByte(at(sent++));
    }
    toSend -= bytes;
    return bytes;
  }

  @Override
  public void onFinSent() {
    finsSent++;
  }
}
