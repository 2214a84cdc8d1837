package dev.culvert.mux;

import io.netty.buffer.ByteBuf;

/**
 * Cuts a byte stream into frames and hands on payload as it comes, never a whole frame at once.
 *
 * <p>Holds at most one partial header; a payload of any size passes through without being gathered
 * (yamux spec, Framing).
 */
final class FrameDecoder {
  /** Hears of each frame, in order. May end the session in any call, which ends the decoding. */
  interface Sink {
    /** False once the session has ended: what follows is not looked at. */
    boolean isOpen();

    /** A Data header; {@code payloadBytes} follow through {@link #receivePayload}. */
    void receiveData(int flags, long streamId, long payloadBytes);

    /**
     * The next {@code bytes} of {@code in}, which is borrowed, are of the latest Data frame's
     * payload; {@code remainingBytes} are yet to come. What is not read of them is skipped.
     */
    void receivePayload(ByteBuf in, int bytes, long remainingBytes);

    void receiveWindowUpdate(int flags, long streamId, long creditBytes);

    void receivePing(int flags, long value);

    void receiveGoAway(long code);

    /** Bytes that are no yamux. */
    void receiveGarbage(String what);
  }

  private final Sink sink;
  private long partialHigh; // the header's first 8 bytes, as far as they came
  private long partialLow; // its last 4
  private int partialBytes;
  private long payloadRemaining;

  FrameDecoder(Sink sink) {
    this.sink = sink;
  }

  /** Borrows {@code in} and reads all of it. */
  void decode(ByteBuf in) {
    while (in.isReadable() && sink.isOpen()) {
      if (payloadRemaining > 0) {
        int part = (int) Math.min(payloadRemaining, in.readableBytes());
        payloadRemaining -= part;
        int end = in.readerIndex() + part;
        sink.receivePayload(in, part, payloadRemaining);
        in.readerIndex(end);
      } else if (partialBytes == 0 && in.readableBytes() >= Frame.HEADER_BYTES) {
        header(in.readLong(), in.readUnsignedInt());
      } else {
        partialHeader(in.readUnsignedByte());
      }
    }
  }

  private void partialHeader(int octet) {
    if (partialBytes < 8) {
      partialHigh = partialHigh << 8 | octet;
    } else {
      partialLow = partialLow << 8 | octet;
    }
    if (++partialBytes == Frame.HEADER_BYTES) {
      long high = partialHigh;
      long low = partialLow;
      partialBytes = 0;
      partialHigh = 0;
      partialLow = 0;
      header(high, low);
    }
  }

  private void header(long high, long length) {
    int version = (int) (high >>> 56);
    int type = (int) (high >>> 48) & 0xFF;
    int flags = (int) (high >>> 32) & 0xFFFF;
    long streamId = high & Frame.MAX_UNSIGNED_INT;
    if (version != Frame.VERSION) {
      sink.receiveGarbage("version: " + version + " (expected: 0)");
      return;
    }
    switch (type) {
      case Frame.DATA -> {
        payloadRemaining = length;
        sink.receiveData(flags, streamId, length);
      }
      case Frame.WINDOW_UPDATE -> sink.receiveWindowUpdate(flags, streamId, length);
      case Frame.PING -> sink.receivePing(flags, length);
      case Frame.GO_AWAY -> sink.receiveGoAway(length);
      default -> sink.receiveGarbage("frame type: " + type + " (expected: 0 to 3)");
    }
  }
}
