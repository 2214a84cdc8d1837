package dev.culvert.bench.cost;

import dev.culvert.mux.MemoryBudget;
import dev.culvert.mux.Role;
import dev.culvert.mux.Session;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.SessionListener;
import dev.culvert.mux.Stream;
import dev.culvert.mux.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Two sessions without a transport, joined by one buffer that is used again and again. */
final class CoreEnds {
  private static final int BATCH_BYTES = 64 * 1024;

  final Session client;
  final Session server;
  private final ByteBuf batch = ByteBufAllocator.DEFAULT.directBuffer(BATCH_BYTES);
  private long nowNanos;

  CoreEnds(SessionConfig config) {
    MemoryBudget memory = new MemoryBudget(1L << 40);
    client = new Session(Role.CLIENT, config, memory, new Owner(), 0);
    server = new Session(Role.SERVER, config, memory, new Owner(), 0);
  }

  Sink open() {
    Sink source = new Sink();
    source.stream = client.open(source);
    return source;
  }

  /** Carries what there is to say, until neither side has more. */
  void carry() {
    boolean moved = true;
    while (moved) {
      moved = carry(client, server);
      moved |= carry(server, client);
    }
  }

  private boolean carry(Session from, Session to) {
    boolean moved = false;
    while (from.hasOutput()) {
      nowNanos += 1000;
      ByteBuf frame = from.pollFrame(nowNanos);
      if (frame == null) {
        batch.clear();
        if (from.pollOutput(batch, BATCH_BYTES, nowNanos) == 0) {
          break;
        }
        frame = batch.retain();
      }
      to.receive(frame, nowNanos);
      moved = true;
    }
    return moved;
  }

  /** There and back; so much time passes before it that the peer does not mind. */
  void ping() {
    nowNanos += 1_000_000;
    client.ping();
    carry();
  }

  void close() {
    client.close("the benchmark is over");
    server.close("the benchmark is over");
    batch.release();
  }

  private static final class Owner implements SessionListener {
    @Override
    public StreamListener onStream(Stream stream) {
      Sink sink = new Sink();
      sink.stream = stream;
      return sink;
    }

    @Override
    public void onEvent(SessionEvent event) {}

    @Override
    public void onOutput() {}
  }

  /** Sends zeros or a buffer when asked to, and takes whatever comes. */
  static final class Sink implements StreamListener {
    private static final byte[] ZEROS = new byte[16 * 1024];

    @Nullable Stream stream;
    private long toSend;
    private @Nullable ByteBuf frame;

    void send(long bytes) {
      toSend += bytes;
      stream().dataReady();
    }

    /** Sends all that {@code frame} has, as it is; it is the caller's again once it is carried. */
    void sendFrame(ByteBuf frame) {
      this.frame = frame;
      stream().dataReady();
    }

    private Stream stream() {
      if (stream == null) {
        throw new IllegalStateException("no stream yet");
      }
      return stream;
    }

    @Override
    public void onData(ByteBuf in, int bytes) {
      stream().consumed(bytes);
    }

    @Override
    public boolean hasData() {
      return toSend > 0 || frame != null;
    }

    @Override
    public int frameBytes() {
      return frame == null ? 0 : frame.readableBytes();
    }

    @Override
    public ByteBuf pollFrame() {
      if (frame == null) {
        throw new IllegalStateException("no frame is pending");
      }
      ByteBuf polled = frame.retain();
      frame = null;
      return polled;
    }

    @Override
    public int pollData(ByteBuf out, int maxBytes) {
      int bytes = (int) Math.min(Math.min(maxBytes, toSend), ZEROS.length);
      out.writeBytes(ZEROS, 0, bytes);
      toSend -= bytes;
      return bytes;
    }

    @Override
    public void onFin() {}

    @Override
    public void onFinSent() {}

    @Override
    public void onReset() {}

    @Override
    public void onSessionEnd(SessionEnd end) {}
  }
}
