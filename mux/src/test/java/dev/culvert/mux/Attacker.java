package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A client that writes what frames it likes at a server's session, and reads when it likes. */
final class Attacker {
  final MemoryBudget memory;
  final Peer victim;
  long nowNanos;

  Attacker() {
    this(SessionConfig.STANDARD);
  }

  Attacker(SessionConfig config) {
    this(config, new MemoryBudget(1 << 30));
  }

  Attacker(SessionConfig config, MemoryBudget memory) {
    this.memory = memory;
    victim = new Peer(Role.SERVER, config, memory, nowNanos);
    victim.acceptor =
        stream -> {
          Bulk owner = new Bulk();
          owner.stream = stream;
          return owner;
        };
  }

  /** A frame without payload. */
  void send(int type, int flags, long streamId, long length) {
    ByteBuf frame = Unpooled.buffer(Frame.HEADER_BYTES);
    header(frame, type, flags, streamId, length);
    victim.session.receive(frame, nowNanos);
  }

  void sendData(int flags, long streamId, int payloadBytes) {
    ByteBuf frame = Unpooled.buffer(Frame.HEADER_BYTES + payloadBytes);
    header(frame, Frame.DATA, flags, streamId, payloadBytes);
    victim.session.receive(frame.writeZero(payloadBytes), nowNanos);
  }

  void open(long streamId) {
    send(Frame.WINDOW_UPDATE, Frame.SYN, streamId, 0);
  }

  private static void header(ByteBuf out, int type, int flags, long streamId, long length) {
    out.writeByte(Frame.VERSION);
    out.writeByte(type);
    out.writeShort(flags);
    out.writeInt((int) streamId);
    out.writeInt((int) length);
  }

  /** Reads all that the victim has to say; returns how many bytes it had kept for that. */
  int read() {
    int total = 0;
    while (victim.session.hasOutput()) {
      ByteBuf out = Unpooled.buffer();
      int bytes = victim.session.pollOutput(out, 64 * 1024, nowNanos);
      out.release();
      if (bytes == 0) {
        break;
      }
      total += bytes;
    }
    return total;
  }

  void waitNanos(long nanos) {
    nowNanos += nanos;
  }

  boolean isCutOff() {
    return victim.end() instanceof SessionEnd.ProtocolViolation;
  }
}
