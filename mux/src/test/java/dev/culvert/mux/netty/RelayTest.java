package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a relay carries in order: bytes, ends, back-pressure. */
@ParameterizedClass
@MethodSource("dev.culvert.mux.netty.RelaySetup#all")
@ExtendWith(LeakCheck.class)
@Timeout(120)
final class RelayTest {
  private static final long LARGE = 64 << 20;

  private final RelaySetup setup;
  private final RelayGround ground;
  private final JoinedLegs legs;
  private final User left;
  private final User right;

  RelayTest(RelaySetup setup) throws Exception {
    this.setup = setup;
    ground = new RelayGround(setup);
    legs = new JoinedLegs(ground);
    left = legs.left.user();
    right = legs.right.user();
  }

  @AfterEach
  void disconnect() throws Exception {
    ground.close();
  }

  private void assertEndedInOrder(long leftToRight, long rightToLeft) throws Exception {
    assertThat(Patience.await(legs.end)).isEqualTo(new RelayEnd(leftToRight, rightToLeft, null));
    assertThat(legs.ends()).isEqualTo(1);
  }

  @Test
  void buffersThatWaitCountWholeThoughTheyHoldAByteEach() throws Exception {
    assumeTrue(setup.left() == LegKind.STREAM, "a socket takes all at once");
    legs.join();
    DuplexChannel reading = legs.right.channel();

    int reads = Patience.ask(reading.eventLoop(), () -> readsAskedForBehindSingleBytes(reading));

    assertThat(reads).isZero();
  }

  /** Behind 160 KiB of buffers with a byte each. */
  private static int readsAskedForBehindSingleBytes(DuplexChannel channel) {
    AtomicInteger reads = new AtomicInteger();
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext ctx) {
                reads.incrementAndGet();
              }
            });
    for (int i = 0; i < 40; i++) {
      channel.pipeline().fireChannelRead(channel.alloc().directBuffer(4096).writeByte(1));
    }
    channel.pipeline().fireChannelReadComplete();
    return reads.get();
  }

  @Test
  void bytesGoBothWaysAtOnce() throws Exception {
    legs.join();

    left.send(LARGE).thenRun(left::finish);
    right.send(LARGE / 2).thenRun(right::finish);

    assertThat(Patience.await(right.end)).isEqualTo(LARGE);
    assertThat(Patience.await(left.end)).isEqualTo(LARGE / 2);
    assertEndedInOrder(LARGE, LARGE / 2);
  }

  @Test
  void legThatFinishedStillReceives() throws Exception {
    legs.join();

    left.finish();
    assertThat(Patience.await(right.end)).isZero();
    right.send(LARGE).thenRun(right::finish);

    assertThat(Patience.await(left.end)).isEqualTo(LARGE);
    assertEndedInOrder(0, LARGE);
  }

  @Test
  void legWhosePeerFinishedStillSends() throws Exception {
    legs.join();

    right.finish();
    assertThat(Patience.await(left.end)).isZero();
    left.send(LARGE).thenRun(left::finish);

    assertThat(Patience.await(right.end)).isEqualTo(LARGE);
    assertEndedInOrder(LARGE, 0);
  }

  @Test
  void endsThatCrossAreBothInOrder() throws Exception {
    legs.join();

    left.send(1000).thenRun(left::finish);
    right.send(1000).thenRun(right::finish);

    assertThat(Patience.await(right.end)).isEqualTo(1000);
    assertThat(Patience.await(left.end)).isEqualTo(1000);
    assertEndedInOrder(1000, 1000);
  }

  @Test
  void bytesAndEndThatCameBeforeTheJoinAreCarried() throws Exception {
    left.send(10_000).thenRun(left::finish);
    right.send(20_000).get();

    legs.join();

    assertThat(Patience.await(right.end)).isEqualTo(10_000);
    right.finish();
    assertThat(Patience.await(left.end)).isEqualTo(20_000);
    assertEndedInOrder(10_000, 20_000);
  }

  @Test
  void inputThatEndedAndWasSeenBeforeTheJoinFinishesTheOtherLeg() throws Exception {
    left.finish();
    InputEnd.await(legs.left.channel());

    legs.join();

    assertThat(Patience.await(right.end)).isZero();
    right.send(1000).thenRun(right::finish);
    assertThat(Patience.await(left.end)).isEqualTo(1000);
    assertEndedInOrder(0, 1000);
  }

  @Test
  void readerThatStopsHoldsBackTheSenderAndNotMuchWaits() throws Exception {
    WriteMeter meter = new WriteMeter();
    legs.right.channel().pipeline().addLast(meter);
    right.setAutoRead(AutoRead.OFF);
    legs.join();

    var sent = left.send(LARGE);
    Patience.await(meter.reached(64 * 1024));
    assertThat(sent).isNotDone();
    right.setAutoRead(AutoRead.ON);

    Patience.await(sent);
    Patience.await(right.received(LARGE));
    assertThat(meter.mostBytes()).isLessThanOrEqualTo((128 + 64 + 16) * 1024);
  }

  @Test
  void streamsPeerIsHeldBackByItsWindow() throws Exception {
    WriteMeter meter = new WriteMeter();
    legs.left.channel().pipeline().addLast(meter);
    left.setAutoRead(AutoRead.OFF);
    legs.join();

    var sent = right.send(LARGE);
    Patience.await(meter.reached(64 * 1024));
    assertThat(sent).isNotDone();
    left.setAutoRead(AutoRead.ON);

    Patience.await(sent);
    Patience.await(left.received(LARGE));
    assertThat(meter.mostBytes()).isLessThanOrEqualTo((128 + 64 + 16) * 1024);
  }
}
