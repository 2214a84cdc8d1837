package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mux.Frame;
import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipelineException;
import io.netty.channel.EventLoopException;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the handler sends, when, and how a session opens and fills its connection. */
@ExtendWith(LeakCheck.class)
final class MuxHandlerTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private EmbeddedTunnel tunnel = new EmbeddedTunnel();

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  @Test
  void outputThatArisesOutsideOfAReadCycleIsFlushed() {
    EmbeddedStream sender = tunnel.open();

    sender.write(0, 100);
    tunnel.client.connection.runPendingTasks();

    ByteBuf written = tunnel.client.connection.readOutbound();
    assertThat(written.readableBytes()).isEqualTo(Frame.HEADER_BYTES + 100);
    written.release();
  }

  @Test
  void whatOneReadCycleGivesRiseToIsFlushedOnce() {
    EmbeddedStream[] streams = new EmbeddedStream[20];
    tunnel.server.newLog =
        () ->
            new EventLog()
                .on(EventLog.READ, channel -> channel.writeAndFlush(ByteSequence.slice(0, 10)));
    for (int i = 0; i < streams.length; i++) {
      streams[i] = tunnel.open();
    }
    for (EmbeddedStream stream : streams) {
      stream.write(0, 10);
    }
    int before = tunnel.server.valve.flushes();

    tunnel.drive();

    assertThat(tunnel.server.valve.flushes() - before).isEqualTo(1);
    assertThat(streams).allMatch(stream -> stream.log().bytes() == 10);
  }

  @Test
  void unwritableConnectionIsLeftAloneAndCostsNoTurnsOfTheLoop() {
    EmbeddedStream sender = tunnel.open();
    tunnel.client.valve.shut();

    ChannelFuture last = sender.write(0, WINDOW);
    tunnel.client.connection.runPendingTasks();

    assertThat(tunnel.client.connection.isWritable()).isFalse();
    assertThat(tunnel.client.connection.hasPendingTasks()).isFalse();
    assertThat(tunnel.client.connection.unsafe().outboundBuffer().totalPendingWriteBytes())
        .isLessThan(3 * 64 * 1024);
    assertThat(last).isNotDone();
  }

  @Test
  void connectionThatTakesNothingIsReadAllTheSame() {
    EmbeddedStream sender = tunnel.open();
    EmbeddedStream receiver = tunnel.accepted();
    tunnel.server.valve.shut();
    receiver.write(0, WINDOW);
    tunnel.drive();
    assertThat(tunnel.server.connection.isWritable()).isFalse();

    sender.write(0, 4 * WINDOW);
    tunnel.drive();
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW); // and no credit gets through

    tunnel.server.openValve();
    tunnel.drive();
    assertThat(receiver.log().bytes()).isEqualTo(4 * WINDOW);
    assertThat(sender.log().bytes()).isEqualTo(WINDOW);
  }

  @Test
  void outputGoesOnWhenTheConnectionIsWritableAgain() {
    EmbeddedStream sender = tunnel.open();
    tunnel.client.valve.shut();
    sender.write(0, 4 * WINDOW);
    tunnel.drive();

    tunnel.client.openValve();
    tunnel.drive();

    assertThat(tunnel.accepted().log().bytes()).isEqualTo(4 * WINDOW);
  }

  @Test
  void outputGoesOnWhenTheConnectionBecomesWritableWithinItsFlush() {
    EmbeddedStream sender = tunnel.open();

    sender.write(0, WINDOW);
    tunnel.client.connection.runPendingTasks(); // nothing comes back from the peer

    int sent = 0;
    for (ByteBuf batch; (batch = tunnel.client.connection.readOutbound()) != null; ) {
      sent += batch.readableBytes();
      batch.release();
    }
    assertThat(sent).isGreaterThan(WINDOW);
  }

  @Test
  void streamsTakeTurnsOnOneConnection() {
    EmbeddedStream bulk = tunnel.open();
    EmbeddedStream sparse = tunnel.open();
    tunnel.client.valve.shut();
    bulk.write(0, WINDOW);
    tunnel.drive();
    EmbeddedStream bulkReceiver = tunnel.accepted();
    List<Long> bulkBytesAhead = new ArrayList<>();
    tunnel
        .accepted()
        .log()
        .on(EventLog.READ, channel -> bulkBytesAhead.add(bulkReceiver.log().bytes()));

    sparse.write(0, 100);
    tunnel.client.openValve();
    tunnel.drive();

    assertThat(bulkReceiver.log().bytes()).isEqualTo(WINDOW);
    assertThat(bulkBytesAhead).hasSize(1).allMatch(bytes -> bytes < WINDOW);
  }

  @Test
  void openBeyondTheLimitFailsUntilAStreamHasGone() {
    tunnel.close();
    tunnel = new EmbeddedTunnel(SessionConfig.STANDARD.withMaxStreams(2, 2));
    EmbeddedStream first = tunnel.open();
    tunnel.open();

    Future<StreamChannel> third = tunnel.client.mux.open(new EventLog());
    first.channel().close();
    tunnel.drive();
    Future<StreamChannel> later = tunnel.client.mux.open(new EventLog());

    assertThat(third.cause()).isInstanceOf(StreamLimitException.class);
    assertThat(later.isSuccess()).isTrue();
  }

  @Test
  void openBeyondThePeersLimitIsReset() {
    tunnel.close();
    tunnel = new EmbeddedTunnel(SessionConfig.STANDARD.withMaxStreams(1, 2));
    tunnel.open();

    EmbeddedStream second = tunnel.open();

    assertThat(second.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
    assertThat(tunnel.client.mux.session().openStreams()).isEqualTo(1);
  }

  @Test
  void openFailsWhenTheSessionHasEnded() {
    tunnel.client.mux.close("enough");

    assertThat(tunnel.client.mux.open(new EventLog()).cause())
        .isInstanceOf(StreamLimitException.class);
  }

  @Test
  void everyStreamsPlaceIsFreeAfterOpensAndClosesBeyondTheBacklog() {
    for (int round = 0; round < 5; round++) {
      EmbeddedStream[] streams = new EmbeddedStream[1000];
      for (int i = 0; i < streams.length; i++) {
        streams[i] = tunnel.client.open();
        streams[i].write(0, 1);
        if (i % 3 == 0) {
          streams[i].channel().close();
        } else if (i % 3 == 1) {
          streams[i].channel().shutdownOutput();
        }
      }
      tunnel.drive();
      for (EmbeddedStream stream : streams) {
        stream.channel().close();
      }
      tunnel.drive();
    }

    assertThat(tunnel.client.mux.session().openStreams()).isZero();
    assertThat(tunnel.server.mux.session().openStreams()).isZero();
    assertThat(tunnel.client.mux.session().canOpen()).isTrue();
    assertThat(tunnel.client.end()).isNull();
    assertThat(tunnel.server.end()).isNull();
  }

  @Test
  void brokenConnectionIsALostTransport() {
    tunnel.client.connection.pipeline().fireExceptionCaught(new IOException("broken pipe"));

    assertThat(tunnel.client.end()).isInstanceOf(SessionEnd.TransportLost.class);
    assertThat(tunnel.client.connection.isOpen()).isFalse();
  }

  @Test
  void brokenHandlerIsAnInternalFailureThatThePeerIsTold() {
    tunnel.client.connection.pipeline().fireExceptionCaught(new EventLoopException("broken"));
    tunnel.drive();

    assertThat(tunnel.client.end()).isInstanceOf(SessionEnd.InternalFailure.class);
    assertThat(tunnel.server.end()).isEqualTo(new SessionEnd.ClosedByPeer(2));
    assertThat(tunnel.client.connection.isOpen()).isFalse();
  }

  @Test
  void pingMeasuresTheRoundTrip() {
    tunnel.client.mux.session().ping();
    tunnel.drive();

    assertThat(tunnel.client.events).hasExactlyElementsOfTypes(SessionEvent.RoundTrip.class);
  }

  @Test
  void sessionThatFindsNoMemoryForItsOutputEndsAndItsConnectionCloses() {
    EmbeddedStream sender = tunnel.open();
    tunnel.client.connection.config().setAllocator(new ExhaustedAllocator());

    sender.channel().writeAndFlush(Unpooled.copyLong(1));
    tunnel.client.connection.runPendingTasks();
    assertThat(tunnel.client.end()).isInstanceOf(SessionEnd.InternalFailure.class);

    tunnel.advance(Duration.ofSeconds(10));
    assertThat(tunnel.client.connection.isOpen()).isFalse();
  }

  @Test
  void initializerThatCannotBeAddedFailsTheOpenAndOpensNothing() {
    ChannelHandler notSharable = new ChannelInboundHandlerAdapter();
    assertThat(tunnel.client.mux.open(notSharable).isSuccess()).isTrue();

    Future<StreamChannel> second = tunnel.client.mux.open(notSharable);

    assertThat(second.cause()).isInstanceOf(ChannelPipelineException.class);
    assertThat(tunnel.client.mux.session().openStreams()).isEqualTo(1);
  }

  @Test
  void connectionIsClosedAlsoWhereWhoeverHearsOfTheEndThrows() {
    MuxHandler mux =
        new MuxHandler(
            Role.CLIENT,
            SessionConfig.STANDARD,
            new ChannelInboundHandlerAdapter(),
            event -> {
              throw new IllegalStateException("on purpose");
            });
    EmbeddedChannel connection = new EmbeddedChannel(mux);

    assertThatThrownBy(() -> mux.close("enough")).isInstanceOf(IllegalStateException.class);
    connection.runPendingTasks();

    assertThat(connection.isOpen()).isFalse();
    connection.finishAndReleaseAll();
  }
}
