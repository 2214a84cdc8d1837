package dev.culvert.mux.netty;

import static io.netty.buffer.Unpooled.wrappedBuffer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random use of stream channels: every promise completes once, bytes come in order, and a clean end
 * comes only behind all of them. {@code -Dseeds=N} runs N seeds, {@code -Dseed=S} one.
 */
@ExtendWith(LeakCheck.class)
final class StreamSimulationTest {
  private static final int SEEDS = Integer.getInteger("seeds", 600);

  @Test
  void everyPromiseCompletesOnceAndNoCutLooksLikeAnEnd() {
    Long only = Long.getLong("seed");
    for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
      try (EmbeddedTunnel tunnel =
          new EmbeddedTunnel(SessionConfig.STANDARD.withMaxStreams(10, 10))) {
        new Run(seed, tunnel).run();
      } catch (Throwable e) {
        throw new AssertionError("failed with -Dseed=" + seed, e);
      }
    }
  }

  /** One end of a stream, and what was written to it. */
  private static final class Use {
    final EmbeddedStream stream;
    @Nullable Use peer;
    long writtenBytes;

    Use(EmbeddedStream stream) {
      this.stream = stream;
    }
  }

  private static final class Run {
    private final Random random;
    private final EmbeddedTunnel tunnel;
    private final List<Use> uses = new ArrayList<>();
    private final IdentityHashMap<ChannelFuture, Integer> completions = new IdentityHashMap<>();
    private final boolean withRoom;

    Run(long seed, EmbeddedTunnel tunnel) {
      this.random = new Random(seed);
      this.withRoom = random.nextBoolean();
      this.tunnel = tunnel;
    }

    void run() {
      for (int steps = 20 + random.nextInt(80); steps > 0; steps--) {
        act();
      }
      end();
      assertEverythingIsOver();
    }

    private void act() {
      switch (random.nextInt(12)) {
        case 0, 1 -> open();
        case 2, 3, 4 -> any(this::write);
        case 5 -> any(use -> watch(use.stream.channel().shutdownOutput()));
        case 6 -> any(use -> use.stream.channel().config().setAutoRead(random.nextBoolean()));
        case 7 -> any(use -> use.stream.channel().read());
        case 8 -> {
          if (random.nextInt(4) == 0) {
            any(use -> watch(use.stream.channel().close()));
          }
        }
        case 9 -> {
          tunnel.client.valve.shut();
          tunnel.server.valve.shut();
        }
        case 10 -> {
          openValves();
        }
        default -> tunnel.advance(Duration.ofMillis(random.nextInt(2000)));
      }
      if (random.nextBoolean()) {
        carry();
      }
    }

    /** Carries a batch of each side, or everything. */
    private void carry() {
      if (random.nextBoolean()) {
        tunnel.client.sendTo(tunnel.server);
        tunnel.server.sendTo(tunnel.client);
      } else {
        tunnel.drive();
      }
    }

    private void open() {
      boolean fromClient = random.nextBoolean();
      EmbeddedEnd opener = fromClient ? tunnel.client : tunnel.server;
      EmbeddedEnd acceptor = fromClient ? tunnel.server : tunnel.client;
      if (!opener.connection.isActive() || !opener.mux.session().canOpen()) {
        return;
      }
      openValves();
      Use near = new Use(opener.open());
      leaveRoom(near);
      tunnel.drive();
      uses.add(near);
      EmbeddedStream accepted = acceptor.accepted.poll();
      if (accepted != null) {
        Use far = new Use(accepted);
        leaveRoom(far);
        near.peer = far;
        far.peer = near;
        uses.add(far);
      }
    }

    private void leaveRoom(Use use) {
      if (withRoom) {
        use.stream.channel().writesWithRoom();
      }
    }

    private void openValves() {
      for (EmbeddedEnd end : List.of(tunnel.client, tunnel.server)) {
        if (end.connection.isActive()) {
          end.openValve();
        }
      }
    }

    private void any(Consumer<Use> action) {
      if (!uses.isEmpty()) {
        action.accept(uses.get(random.nextInt(uses.size())));
      }
    }

    private void write(Use use) {
      StreamChannel channel = use.stream.channel();
      int length = random.nextInt(random.nextBoolean() ? 100 : 200_000);
      byte[] bytes = ByteSequence.bytes(use.writtenBytes, length);
      ChannelFuture written = channel.write(withRoom ? behindRoom(bytes) : wrappedBuffer(bytes));
      watch(written);
      if (!written.isDone() || written.isSuccess()) {
        use.writtenBytes += length;
      }
      if (random.nextInt(3) > 0) {
        channel.flush();
      }
    }

    private static ByteBuf behindRoom(byte[] bytes) {
      return Unpooled.buffer(Frame.HEADER_BYTES + bytes.length)
          .setIndex(Frame.HEADER_BYTES, Frame.HEADER_BYTES)
          .writeBytes(bytes);
    }

    private void watch(ChannelFuture future) {
      completions.put(future, 0);
      future.addListener(done -> completions.merge(future, 1, Integer::sum));
    }

    private void end() {
      switch (random.nextInt(4)) {
        case 0 -> tunnel.client.mux.close("over");
        case 1 -> tunnel.server.connection.close();
        case 2 -> tunnel.client.connection.close();
        default -> {
          for (Use use : uses) {
            use.stream.channel().config().setAutoRead(true);
            watch(use.stream.channel().shutdownOutput());
          }
          openValves();
          tunnel.drive();
          assertThat(uses).noneMatch(use -> use.stream.channel().isOpen());
        }
      }
      openValves();
      tunnel.drive();
      for (Use use : uses) { // what came whole may still be read
        use.stream.channel().config().setAutoRead(true);
      }
      tunnel.runTasks();
    }

    private void assertEverythingIsOver() {
      completions.forEach((future, times) -> assertThat(times).as("%s", future).isEqualTo(1));
      for (Use use : uses) {
        List<String> told = use.stream.log().entries;
        assertThat(use.stream.channel().isOpen()).as("%s", use.stream.channel()).isFalse();
        assertThat(told).filteredOn(EventLog.INACTIVE::equals).hasSize(1);
        assertThat(told.getLast()).isEqualTo(EventLog.INACTIVE);
        assertThat(told).filteredOn(EventLog.END_OF_INPUT::equals).hasSizeLessThanOrEqualTo(1);
        assertThat(use.stream.log().failures).hasSizeLessThanOrEqualTo(1);
        if (told.contains(EventLog.END_OF_INPUT) && use.peer != null) {
          assertThat(use.stream.log().bytes()).isEqualTo(use.peer.writtenBytes);
        }
      }
      assertThat(tunnel.client.mux.session().openStreams()).isZero();
      assertThat(tunnel.server.mux.session().openStreams()).isZero();
    }
  }
}
