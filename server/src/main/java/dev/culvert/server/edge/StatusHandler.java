package dev.culvert.server.edge;

import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.control.StreamStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the {@link StreamStatus} off the front of a stream. Connected: the handler goes away and
 * the service's bytes follow. Otherwise, and after three times {@link ControlProtocol#DEADLINE}
 * without a status, the pipeline hears of a {@link LocalServiceException}.
 */
final class StatusHandler extends ByteToMessageDecoder {
  /** Goes through the pipeline. */
  enum Event {
    /** The service has taken the connection. */
    CONNECTED
  }

  private static final long DEADLINE_SECONDS = 3 * ControlProtocol.DEADLINE.toSeconds();

  private @Nullable Future<?> deadline;

  StatusHandler() {
    setSingleDecode(true);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () ->
                    fail(
                        ctx,
                        new StreamStatus(
                            StreamStatus.Code.TIMED_OUT,
                            "the client did not answer within " + DEADLINE_SECONDS + " s"),
                        false),
                DEADLINE_SECONDS,
                TimeUnit.SECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      StreamStatus status = StreamStatus.read(in);
      if (status == null) {
        return;
      }
      if (status.isConnected()) {
        ctx.fireUserEventTriggered(Event.CONNECTED);
        ctx.pipeline().remove(this);
      } else {
        fail(ctx, status, true);
      }
    } catch (MalformedMessageException e) {
      in.skipBytes(in.readableBytes());
      ctx.fireExceptionCaught(new IOException("the client sent " + e.getMessage()));
    }
  }

  private static void fail(ChannelHandlerContext ctx, StreamStatus status, boolean isUnreached) {
    ctx.fireExceptionCaught(new LocalServiceException(status, isUnreached));
  }
}
