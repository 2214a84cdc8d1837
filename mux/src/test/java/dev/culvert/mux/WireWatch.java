package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads along what one side sends and receives, and holds it to the protocol's rules. It knows the
 * bytes alone, nothing of the session.
 */
final class WireWatch {
  private static final int DATA = 0;
  private static final int WINDOW_UPDATE = 1;
  private static final int SYN = 1;
  private static final int ACK = 2;
  private static final int FIN = 4;
  private static final int RST = 8;

  /** What one stream has sent and may send. */
  private static final class Sent {
    int flags;
    long credit = 262_144;
    long dataBytes;
  }

  private final int parity; // of the ids that this side opens
  private final int maxFrameBytes;
  private final Map<Long, Sent> streams = new HashMap<>();
  private final ByteBuffer header = ByteBuffer.allocate(12);
  private long payloadToSkip;

  WireWatch(Role role, int maxFrameBytes) {
    this.parity = role == Role.CLIENT ? 1 : 0;
    this.maxFrameBytes = maxFrameBytes;
  }

  private Sent stream(long id) {
    return streams.computeIfAbsent(id, ignored -> new Sent());
  }

  long dataBytes(long id) {
    return stream(id).dataBytes;
  }

  /** This side sent whole frames; returns whose turn it was. */
  List<TurnWatch.Turn> sent(byte[] frames) {
    List<TurnWatch.Turn> turns = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(frames);
    while (in.hasRemaining()) {
      assertThat(in.get()).as("version").isZero();
      int type = in.get();
      int flags = in.getShort();
      long id = Integer.toUnsignedLong(in.getInt());
      long length = Integer.toUnsignedLong(in.getInt());
      if (type == DATA || type == WINDOW_UPDATE) {
        sentFrame(type, flags, id, length);
      }
      if (type == DATA) {
        in.position(in.position() + (int) length);
        turns.add(new TurnWatch.Turn(id, (int) length));
      } else if (type == WINDOW_UPDATE && (flags & (FIN | RST)) != 0) {
        turns.add(new TurnWatch.Turn(id, 0));
      }
    }
    return turns;
  }

  private void sentFrame(int type, int flags, long id, long length) {
    String frame = "type " + type + " flags " + flags + " stream " + id + " length " + length;
    Sent stream = stream(id);
    assertThat(Integer.bitCount(flags)).as("flags of %s", frame).isLessThanOrEqualTo(1);
    assertThat(stream.flags & flags).as("flags sent before %s", frame).isZero();
    assertThat(stream.flags & RST).as("reset sent before %s", frame).isZero();
    if (flags != RST) {
      int opening = id % 2 == parity ? SYN : ACK;
      assertThat((stream.flags | flags) & (SYN | ACK))
          .as("opening of %s", frame)
          .isEqualTo(opening);
    }
    stream.flags |= flags;
    if (type == DATA) {
      assertThat(flags).as("flags of %s", frame).isZero();
      assertThat(stream.flags & FIN).as("end sent before %s", frame).isZero();
      assertThat(length).as(frame).isBetween(1L, (long) maxFrameBytes);
      stream.credit -= length;
      stream.dataBytes += length;
      assertThat(stream.credit).as("credit left behind %s", frame).isNotNegative();
    } else if ((flags & (FIN | RST)) != 0) {
      assertThat(length).as(frame).isZero();
    }
  }

  /** Bytes have come for this side, cut anywhere. */
  void received(ByteBuffer in) {
    while (in.hasRemaining()) {
      if (payloadToSkip > 0) {
        int skipped = (int) Math.min(payloadToSkip, in.remaining());
        in.position(in.position() + skipped);
        payloadToSkip -= skipped;
      } else {
        header.put(in.get());
        if (!header.hasRemaining()) {
          receivedHeader();
          header.clear();
        }
      }
    }
  }

  private void receivedHeader() {
    int type = header.get(1);
    long length = Integer.toUnsignedLong(header.getInt(8));
    if (type == DATA) {
      payloadToSkip = length;
    } else if (type == WINDOW_UPDATE) {
      stream(Integer.toUnsignedLong(header.getInt(4))).credit += length;
    }
  }
}
