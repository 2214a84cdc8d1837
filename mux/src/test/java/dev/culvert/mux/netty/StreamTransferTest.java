package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.socket.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over real connections and threads: nothing is lost, late or left behind. */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakCheck.class)
@Timeout(120)
final class StreamTransferTest {
  private static final long LARGE = 64 << 20;
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private final EventLoopGroup group;
  private final Tunnel tunnel;

  StreamTransferTest(Transport transport) throws Exception {
    assumeTrue(transport.unavailability() == null, () -> transport + " does not work here");
    group = new MultiThreadIoEventLoopGroup(2, transport.ioHandlerFactory());
    EventLoop first = group.next();
    tunnel = new Tunnel(transport, SessionConfig.STANDARD, first, group.next());
  }

  @AfterEach
  void disconnect() throws Exception {
    tunnel.close();
    group.shutdownGracefully(0, 20, java.util.concurrent.TimeUnit.SECONDS).sync();
  }

  private User[] pair() throws Exception {
    User near = new User();
    User far = new User();
    tunnel.server.newHandler = () -> far;
    tunnel.client.open(near);
    Patience.take(tunnel.server.accepted);
    return new User[] {near, far};
  }

  @Test
  void nothingWrittenIsLostWhenShutdownOutputFollowsAtOnce() throws Exception {
    User[] users = pair();
    ChannelFuture last = users[0].channel().newSucceededFuture();

    for (long at = 0; at < LARGE; at += 64_000) {
      last = users[0].channel().write(ByteSequence.slice(at, (int) Math.min(64_000, LARGE - at)));
    }
    ChannelFuture finished = users[0].channel().shutdownOutput();

    assertThat(Patience.await(users[1].end)).isEqualTo(LARGE);
    assertThat(last.isSuccess()).isTrue();
    Patience.await(finished);
  }

  @Test
  void bytesGoBothWaysAtOnce() throws Exception {
    User[] users = pair();

    for (User user : users) {
      user.send(LARGE).thenRun(user::finish);
    }

    assertThat(Patience.await(users[0].end)).isEqualTo(LARGE);
    assertThat(Patience.await(users[1].end)).isEqualTo(LARGE);
    tunnel.assertNoStreamIsLeft();
  }

  @Test
  void autoReadSwitchedByAnotherThreadLosesNothing() throws Exception {
    User[] users = pair();
    var _ = users[0].send(LARGE / 2).thenRun(users[0]::finish);

    int rounds = 0;
    while (!users[1].end.isDone()) {
      users[1].setAutoRead(AutoRead.OFF);
      users[1].setAutoRead(AutoRead.ON);
      rounds++;
    }

    assertThat(Patience.await(users[1].end)).isEqualTo(LARGE / 2);
    assertThat(rounds).isGreaterThan(100);
  }

  @Test
  void autoReadSwitchedByTwoThreadsAtOnceLosesNothing() throws Exception {
    User[] users = pair();
    EventLoop loop = users[1].channel().eventLoop();
    var _ = users[0].send(LARGE / 2).thenRun(users[0]::finish);

    while (!users[1].end.isDone()) {
      Future<?> other =
          loop.submit(() -> {
            users[1].setAutoRead(AutoRead.OFF);
            users[1].setAutoRead(AutoRead.ON);
          });
      users[1].setAutoRead(AutoRead.OFF);
      users[1].setAutoRead(AutoRead.ON);
      other.sync();
      users[1].setAutoRead(AutoRead.ON);
    }

    assertThat(Patience.await(users[1].end)).isEqualTo(LARGE / 2);
  }

  @Test
  void readerThatStopsHoldsAtMostAWindow() throws Exception {
    tunnel.server.autoRead = AutoRead.OFF;
    User[] users = pair();
    var sent = users[0].send(LARGE);
    tunnel.client.ping();
    tunnel.client.ping();

    long held =
        Patience.ask(
            users[1].channel().eventLoop(),
            () -> tunnel.server.mux.session().streams().getFirst().unconsumedBytes());
    assertThat(held).isEqualTo(WINDOW);
    assertThat(sent).isNotDone();

    users[1].setAutoRead(AutoRead.ON);
    Patience.await(sent);
    users[0].finish();
    assertThat(Patience.await(users[1].end)).isEqualTo(LARGE);
  }

  @Test
  void thousandStreamsEchoAtOnce() throws Exception {
    tunnel.server.newHandler = EchoToTheEnd::new;
    List<User> users = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      User user = new User();
      tunnel.client.open(user);
      users.add(user);
    }

    for (User user : users) {
      user.send(20_000).thenRun(user::finish);
    }

    for (User user : users) {
      assertThat(Patience.await(user.end)).isEqualTo(20_000);
    }
    tunnel.assertNoStreamIsLeft();
  }

  @Test
  void opensAndClosesInStormsLeaveNothing() throws Exception {
    tunnel.client.newHandler = () -> new EventLog().on(EventLog.END_OF_INPUT, Channel::close);
    tunnel.server.newHandler = tunnel.client.newHandler;
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      List<Future<StreamChannel>> opened = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        opened.add(tunnel.client.mux.open(new EventLog()));
        opened.add(tunnel.server.mux.open(new EventLog()));
      }
      for (Future<StreamChannel> open : opened) {
        StreamChannel channel = Patience.await(open);
        channel.writeAndFlush(ByteSequence.slice(0, random.nextInt(1, 3000)));
        if (random.nextBoolean()) {
          channel.shutdownOutput();
        } else {
          channel.close();
        }
      }
      for (Future<StreamChannel> open : opened) {
        open.getNow().close();
      }
      tunnel.assertNoStreamIsLeft();
    }
    assertThat(tunnel.client.ended).isNotDone();
    assertThat(tunnel.server.ended).isNotDone();
  }

  @Test
  void openThatNobodyWaitsForAnyMoreLeavesNoStream() throws Exception {
    EventLoop loop = tunnel.client.connection.join().eventLoop();
    CountDownLatch cancelled = new CountDownLatch(1);
    loop.execute(() -> {
      try {
        cancelled.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });

    Future<StreamChannel> open = tunnel.client.mux.open(new EventLog());
    open.cancel(false);
    cancelled.countDown();

    assertThat(tunnel.client.openStreams()).isZero();
  }

  @Test
  void sessionClosedByOneSideEndsForBoth() throws Exception {
    User[] users = pair();

    tunnel.client.mux.close("enough");

    assertThat(Patience.await(tunnel.client.ended)).isEqualTo(new SessionEnd.Closed("enough"));
    Patience.await(tunnel.server.ended);
    for (User user : users) {
      assertThat(user.end)
          .failsWithin(java.time.Duration.ofSeconds(20))
          .withThrowableThat()
          .withCauseInstanceOf(SessionEndedException.class);
    }
  }

  /** Sends back what comes, and its end. */
  private static final class EchoToTheEnd extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var _ = ctx.writeAndFlush((ByteBuf) message, ctx.voidPromise());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      ((StreamChannel) ctx.channel()).shutdownOutput();
    }
  }
}
