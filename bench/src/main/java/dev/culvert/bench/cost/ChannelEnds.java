package dev.culvert.bench.cost;

import static java.util.Objects.requireNonNull;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/** Two sessions on Netty channels without a transport, in one thread. */
final class ChannelEnds {
  private final Sink sink = new Sink();
  private final EmbeddedChannel client;
  private final EmbeddedChannel server;

  ChannelEnds(SessionConfig config) {
    client = connection(Role.CLIENT, config);
    server = connection(Role.SERVER, config);
  }

  private EmbeddedChannel connection(Role role, SessionConfig config) {
    return new EmbeddedChannel(new MuxHandler(role, config, sink, event -> {}));
  }

  StreamChannel open() {
    return requireNonNull(client.pipeline().get(MuxHandler.class).open(sink).getNow());
  }

  int openAtTheServer() {
    return server.pipeline().get(MuxHandler.class).session().openStreams();
  }

  /** Carries what there is to say, until neither side has more. */
  void carry() {
    boolean moved = true;
    while (moved) {
      moved = carry(client, server);
      moved |= carry(server, client);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    ByteBuf batch = from.readOutbound();
    if (batch == null) {
      return false;
    }
    to.writeOneInbound(batch);
    to.flushInbound();
    return true;
  }

  void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  /** Takes whatever comes, the end too. */
  @Sharable
  private static final class Sink extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The sessions end under their streams when the benchmark is over.
    }
  }
}
