package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random frames, cut anywhere: they end the session at worst, in an orderly way, and make it hold
 * no more than it may. {@code -Dseeds=N} runs N seeds, {@code -Dseed=S} one.
 */
final class FrameFuzzTest {
  private static final int SEEDS = Integer.getInteger("seeds", 3000);
  private static final long MAX_MEMORY_BYTES = 1 << 20;

  /** How far the input is from yamux. */
  enum Input {
    /** Well-formed frames with numbers that a peer might choose. */
    PLAUSIBLE,
    /** Frames of which a bit was flipped now and then. */
    MUTATED,
    /** Bytes. */
    NOISE
  }

  @ParameterizedTest
  @EnumSource(Input.class)
  void endsTheSessionAtWorst(Input input) {
    Long only = Long.getLong("seed");
    for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
      try {
        new Run(seed, input).run();
      } catch (Throwable e) {
        throw new AssertionError(input + " failed with -Dseed=" + seed, e);
      }
    }
  }

  private static final class Run {
    private final Random random;
    private final Input input;
    private final MemoryBudget memory = new MemoryBudget(MAX_MEMORY_BYTES);
    private final Peer victim;
    private long nextId;
    private long nowNanos;

    Run(long seed, Input input) {
      this.random = new Random(seed);
      this.input = input;
      Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
      this.nextId = role == Role.CLIENT ? 0 : -1; // the peer's ids are the other ones
      this.victim =
          new Peer(
              role,
              SessionConfig.STANDARD
                  .withMaxStreams(8, 8)
                  .withWindow(Frame.INITIAL_WINDOW_BYTES, 1 << 20)
                  .withMaxMemory(MAX_MEMORY_BYTES),
              memory,
              nowNanos);
      victim.acceptor =
          stream -> {
            Bulk owner = new Bulk();
            owner.stream = stream;
            owner.consumes = random.nextBoolean();
            owner.isSending = random.nextInt(4) == 0;
            return owner;
          };
    }

    void run() {
      for (int i = 0; i < 200; i++) {
        nowNanos += random.nextInt(1000);
        receiveInPieces(frame());
        if (random.nextInt(3) == 0) {
          act();
        }
        assertBounds();
      }
      victim.session.transportLost("the test is over", null);
      assertThat(victim.session.openStreams()).isZero();
      assertThat(memory.growthBytes()).isZero();
      assertThat(memory.unreadBytes()).isZero();
    }

    private ByteBuf frame() {
      ByteBuf frame = Unpooled.buffer();
      if (input == Input.NOISE) {
        byte[] noise = new byte[random.nextInt(100)];
        random.nextBytes(noise);
        return frame.writeBytes(noise);
      }
      int type = random.nextInt(4);
      long length = length();
      frame.writeByte(Frame.VERSION);
      frame.writeByte(type);
      int flags = type < Frame.PING ? 1 << random.nextInt(12) & 0xF : 1 << random.nextInt(2);
      frame.writeShort(flags);
      frame.writeInt((int) streamId(type, flags));
      frame.writeInt((int) (type == Frame.GO_AWAY ? random.nextInt(20) / 19 : length));
      if (type == Frame.DATA) {
        frame.writeZero((int) Math.min(length, 20_000)); // the rest is taken from what follows
      }
      if (input == Input.MUTATED && random.nextInt(4) == 0) {
        int at = random.nextInt(Frame.HEADER_BYTES);
        frame.setByte(at, frame.getByte(at) ^ 1 << random.nextInt(8));
      }
      return frame;
    }

    /** Mostly one that is in order, so that sessions live for a while. */
    private long streamId(int type, int flags) {
      if (random.nextInt(200) == 0) {
        return random.nextInt(20);
      }
      if (type >= Frame.PING) {
        return 0;
      }
      if (flags == Frame.SYN) {
        nextId += 2;
        return nextId;
      }
      return Math.max(1, nextId - random.nextInt(20));
    }

    private long length() {
      return switch (random.nextInt(200)) {
        case 0 -> Frame.INITIAL_WINDOW_BYTES + random.nextInt(3) - 1;
        case 1 -> random.nextInt() & Frame.MAX_UNSIGNED_INT;
        default -> random.nextInt(random.nextBoolean() ? 3 : 20_000);
      };
    }

    private void receiveInPieces(ByteBuf bytes) {
      while (bytes.isReadable()) {
        int piece = 1 + random.nextInt(bytes.readableBytes());
        victim.session.receive(bytes.readRetainedSlice(piece), nowNanos);
      }
      bytes.release();
    }

    private void act() {
      switch (random.nextInt(4)) {
        case 0 -> {
          if (victim.session.canOpen()) {
            Bulk owner = new Bulk();
            owner.stream = victim.session.open(owner);
          }
        }
        case 1 -> victim.session.onTimeout(nowNanos);
        case 2 -> victim.session.streams().stream().findAny().ifPresent(Stream::reset);
        default -> {
          ByteBuf out = Unpooled.buffer();
          victim.session.pollOutput(out, 25 + random.nextInt(40_000), nowNanos);
          out.release();
        }
      }
    }

    private void assertBounds() {
      assertThat(memory.unreadBytes()).isBetween(0L, MAX_MEMORY_BYTES);
      assertThat(victim.session.openStreams()).isLessThanOrEqualTo(16);
      SessionEnd end = victim.end();
      if (end != null) {
        assertThat(end)
            .isInstanceOfAny(SessionEnd.ProtocolViolation.class, SessionEnd.ClosedByPeer.class);
        assertThat(victim.session.openStreams()).isZero();
      }
    }
  }
}
