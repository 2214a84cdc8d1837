package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamLimitException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session that has lived for so long that its side of the ids is used up. */
final class IdsUsedUpTest {
  private final List<SessionEvent> events = new ArrayList<>();
  private final MuxHandler mux =
      new MuxHandler(
          Role.CLIENT, SessionConfig.STANDARD, new ChannelInboundHandlerAdapter(), events::add);
  private final EmbeddedChannel connection = new EmbeddedChannel(mux);

  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The session ends under the stream: that is what these tests are about.
    }
  }

  /** Opening two thousand million streams would take minutes. */
  private void leaveIds(int count) throws ReflectiveOperationException {
    Field streams = Session.class.getDeclaredField("streams");
    Field nextId = StreamTable.class.getDeclaredField("nextId");
    streams.setAccessible(true);
    nextId.setAccessible(true);
    nextId.setLong(streams.get(mux.session()), 0xFFFF_FFFFL - 2L * (count - 1));
  }

  private String sent() {
    connection.runPendingTasks();
    StringBuilder sent = new StringBuilder();
    for (ByteBuf batch; (batch = connection.readOutbound()) != null; ) {
      sent.append(ByteBufUtil.hexDump(batch));
      batch.release();
    }
    return sent.toString();
  }

  @Test
  void theLastIdsAreUsedLikeAnyOther() throws Exception {
    leaveIds(2);

    assertThat(mux.open(new Quiet()).isSuccess()).isTrue();
    assertThat(mux.open(new Quiet()).isSuccess()).isTrue();

    assertThat(sent()).isEqualTo("00010001fffffffd00000000" + "00010001ffffffff00000000");
    assertThat(mux.session().isOpen()).isTrue();
    assertThat(mux.session().canOpen()).isFalse();
    connection.finishAndReleaseAll();
  }

  @Test
  void theNextOpenEndsTheSessionSoThatAnotherTakesItsPlace() throws Exception {
    leaveIds(1);
    mux.open(new Quiet());
    sent();

    assertThat(mux.open(new Quiet()).cause()).isInstanceOf(StreamLimitException.class);

    assertThat(sent()).isEqualTo("000300000000000000000000");
    assertThat(events)
        .containsExactly(
            new SessionEvent.Ended(new SessionEnd.Closed("the stream ids are used up")));
    assertThat(connection.isOpen()).isFalse();
  }
}
