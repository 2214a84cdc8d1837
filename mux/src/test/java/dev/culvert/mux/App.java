package dev.culvert.mux;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The application on one stream: sends a sequence that depends on the position alone, and checks
 * that what comes is that sequence.
 */
final class App implements StreamListener {
  private static final int PERIOD = 1 << 16; // of the pattern
  private static final byte[] PATTERN = new byte[2 * PERIOD];

  static {
    for (int i = 0; i < PATTERN.length; i++) {
      PATTERN[i] = (byte) (i * 31 + (i >> 8));
    }
  }

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

  /** Up to how many bytes go into one buffer that can be a frame; zero for none at all. */
  int bufferBytes;

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

  @Override
  public void onData(ByteBuf in, int bytes) {
    expectLife("data");
    if (fins > 0) {
      throw new AssertionError("data behind the end of " + stream);
    }
    byte[] part = new byte[bytes];
    in.readBytes(part);
    check(part);
    received += bytes;
    unread += bytes;
    if (consumesAtOnce) {
      consume(bytes);
    }
  }

  /** Whether the stream has ended in one of the ways in which it can. */
  boolean isOver() {
    return resets > 0 || end != null || (fins > 0 && finsSent > 0);
  }

  private void expectLife(String what) {
    if (isOver()) {
      throw new AssertionError(what + " after the end of " + stream);
    }
  }

  private void check(byte[] part) {
    for (int start = 0; start < part.length; start += PERIOD) {
      int length = Math.min(PERIOD, part.length - start);
      int at = (int) ((received + start) % PERIOD);
      int wrong = Arrays.mismatch(part, start, start + length, PATTERN, at, at + length);
      if (wrong >= 0) {
        throw new AssertionError("wrong byte at " + (received + start + wrong) + " on " + stream);
      }
    }
  }

  @Override
  public void onFin() {
    expectLife("FIN");
    fins++;
  }

  @Override
  public void onReset() {
    if (unread == 0
        || resets > 0
        || end != null) { // else what has ended in order is dropped unread
      expectLife("RST");
    }
    resets++;
  }

  @Override
  public void onSessionEnd(SessionEnd end) {
    expectLife("the session's end");
    this.end = end;
  }

  @Override
  public boolean hasData() {
    return toSend > 0;
  }

  @Override
  public int pollData(ByteBuf out, int maxBytes) {
    expectLife("a poll");
    int bytes = (int) Math.min(maxBytes, toSend);
    for (int written = 0; written < bytes; ) {
      int length = Math.min(PERIOD, bytes - written);
      out.writeBytes(PATTERN, (int) (sent % PERIOD), length);
      sent += length;
      written += length;
    }
    toSend -= bytes;
    return bytes;
  }

  @Override
  public int frameBytes() {
    return (int) Math.min(bufferBytes, toSend);
  }

  @Override
  public ByteBuf pollFrame() {
    ByteBuf frame = Unpooled.buffer(Frame.HEADER_BYTES + frameBytes());
    frame.setIndex(Frame.HEADER_BYTES, Frame.HEADER_BYTES);
    pollData(frame, frameBytes());
    return frame;
  }

  @Override
  public void onFinSent() {
    expectLife("FIN sent");
    finsSent++;
  }

  @Override
  public String toString() {
    return stream
        + (", sent " + sent + ", to send " + toSend + ", received " + received)
        + (", fins " + fins + ", fins sent " + finsSent + ", resets " + resets);
  }
}
