package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a visitor without TLS the protocol that it begins with: HTTP/2 where its first bytes are
 * the preface of that (RFC 9113, section 3.3), HTTP/1 from the first byte on that is another. A
 * visitor that leaves this open for {@value #DECISION_SECONDS} s is closed. Event loop only.
 */
final class CleartextChoice extends ByteToMessageDecoder {
  private static final Logger logger = LoggerFactory.getLogger(CleartextChoice.class);
  private static final long DECISION_SECONDS = 10;
  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private final Consumer<Channel> http1;
  private final Consumer<Channel> http2;
  private @Nullable Future<?> deadline;

  /** Each adds the handlers of its protocol. */
  CleartextChoice(Consumer<Channel> http1, Consumer<Channel> http2) {
    this.http1 = http1;
    this.http2 = http2;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline = ctx.executor().schedule(() -> ctx.close(), DECISION_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int known = Math.min(in.readableBytes(), PREFACE.readableBytes());
    boolean isHttp2 = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, known);
    if (!isHttp2 || known == PREFACE.readableBytes()) {
      (isHttp2 ? http2 : http1).accept(ctx.channel());
      ctx.pipeline().remove(this); // which gives those handlers what has come
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    logger.debug("{} ends before it has begun: {}", ctx.channel(), cause.toString());
    RelayLeg.abort(ctx.channel());
  }
}
