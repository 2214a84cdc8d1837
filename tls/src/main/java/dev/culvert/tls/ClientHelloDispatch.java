package dev.culvert.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives an accepted connection the TLS and the pipeline that its ClientHello asks for. Event loop
 * only, one connection, auto-read on.
 *
 * <p>The {@link io.netty.handler.ssl.SslHandler} takes this handler's place, then the destination's
 * initializer adds what comes behind it, then the bytes read so far pass through both: the
 * initializer's handlers see every event of the handshake. A message larger than 16 KiB, or one
 * that is not whole within ten seconds, closes the connection without a word to other handlers. A
 * client that offers protocols of which the choice's TLS speaks none is told so by an alert. Bytes
 * that are no TLS go to the choice as an empty ClientHello, and its TLS refuses them.
 */
public final class ClientHelloDispatch extends SslClientHelloHandler<ClientHello> {

  /** Where a connection goes: its TLS, and what adds the handlers behind it. */
  public record Destination(ServerTls tls, Consumer<Channel> initializer) {
    /** The same, with {@code first} done ahead of what the initializer does. */
    public Destination after(Consumer<Channel> first) {
      return new Destination(tls, first.andThen(initializer));
    }
  }

  /** Why a connection was closed without a ClientHello. */
  public enum Lack {
    /** Nothing, or not all of it, came in time. */
    LATE,
    /** What came cannot be the start of one. */
    MALFORMED
  }

  static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final AttributeKey<Long> BEGUN =
      AttributeKey.valueOf(ClientHelloDispatch.class, "BEGUN");

  private static final int MAX_CLIENT_HELLO_BYTES = 16_384;

  /** A record of TLS 1.2, as every version begins: the fatal alert 120. */
  private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

  private final Function<ClientHello, Destination> choice;
  private final BiConsumer<Channel, Lack> onLack;
  private @Nullable Future<?> deadline;

  /** Stays true when the choice failed: closing makes the decoder go over the same bytes again. */
  private boolean chosen;

  private boolean hasGivenUp;

  /** {@code choice} runs on the event loop and must not block. */
  public ClientHelloDispatch(Function<ClientHello, Destination> choice) {
    this(choice, (channel, lack) -> {});
  }

  /** Both run on the event loop and must not block; {@code onLack} once at most. */
  public ClientHelloDispatch(
      Function<ClientHello, Destination> choice, BiConsumer<Channel, Lack> onLack) {
    super(MAX_CLIENT_HELLO_BYTES);
    this.choice = choice;
    this.onLack = onLack;
  }

  /**
   * What is left, in nanoseconds, of the ten seconds that begin with the connection: for handlers
   * behind that bound the whole of a handshake, not each part of it. All of it where the connection
   * has not come through a dispatch. Event loop only.
   */
  public static long nanosLeft(Channel channel) {
    Long begun = channel.attr(BEGUN).get();
    return begun == null
        ? DEADLINE.toNanos()
        : DEADLINE.toNanos() - (channel.eventLoop().ticker().nanoTime() - begun);
  }

  /**
   * Has the ten seconds of a connection begin now, ahead of its dispatch, for what is to be read
   * before TLS. Event loop only.
   */
  public static void begin(Channel channel) {
    channel.attr(BEGUN).setIfAbsent(channel.eventLoop().ticker().nanoTime());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    if (ctx.channel().isActive()) {
      startDeadline(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    startDeadline(ctx);
    super.channelActive(ctx);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    if (deadline != null) {
      deadline.cancel(false);
    }
    super.handlerRemoved0(ctx);
  }

  @Override
  protected Future<ClientHello> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf clientHello) {
    return ctx.executor()
        .newSucceededFuture(
            clientHello == null ? ClientHello.UNREADABLE : ClientHello.parse(clientHello));
  }

  @Override
  protected void onLookupComplete(ChannelHandlerContext ctx, Future<ClientHello> hello) {
    if (chosen) {
      return;
    }
    chosen = true;
    try {
      Destination destination = choice.apply(hello.getNow());
      if (!destination.tls().speaksOneOf(hello.getNow().applicationProtocols())) {
        refuse(ctx);
        return;
      }
      ChannelPipeline pipeline = ctx.pipeline();
      pipeline.addAfter(ctx.name(), null, destination.tls().newHandler(ctx.alloc()));
      destination.initializer().accept(ctx.channel());
      pipeline.remove(this);
    } catch (RuntimeException | Error e) {
      close(ctx);
      throw e;
    }
  }

  /** Closes: what arrives here is a broken connection or bytes that no TLS client sends. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof DecoderException) {
      giveUp(ctx, Lack.MALFORMED);
    } else if (cause instanceof IOException) {
      close(ctx);
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  /** RFC 7301, section 3.2. It is said here because BoringSSL would go on without a protocol. */
  private static void refuse(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.wrappedBuffer(NO_APPLICATION_PROTOCOL.clone()))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void startDeadline(ChannelHandlerContext ctx) {
    if (deadline == null) {
      begin(ctx.channel());
      deadline =
          ctx.executor()
              .schedule(
                  () -> giveUp(ctx, Lack.LATE), nanosLeft(ctx.channel()), TimeUnit.NANOSECONDS);
    }
  }

  private void giveUp(ChannelHandlerContext ctx, Lack lack) {
    if (!hasGivenUp) { // closing makes the decoder go over the same bytes again
      hasGivenUp = true;
      onLack.accept(ctx.channel(), lack);
      close(ctx);
    }
  }

  private static void close(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }
}
