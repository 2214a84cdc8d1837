package dev.culvert.server.agent;

import dev.culvert.mux.control.ClientMessage;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Reads the control stream; the agent acts on what it says. A client that does not take the answers
 * is read no more, at most one read's messages later.
 */
final class ControlHandler extends ByteToMessageDecoder {
  private final Agent agent;
  private final AgentSession session;

  ControlHandler(Agent agent, AgentSession session) {
    this.agent = agent;
    this.session = session;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      ClientMessage message = ControlCodec.readClientMessage(in);
      switch (message) {
        case null -> {}
        case ClientMessage.OpenTunnel open -> agent.tunnels().open(session, open);
        case ClientMessage.TunnelHealth health -> agent.tunnels().report(health);
        case ClientMessage.CloseTunnel close -> agent.tunnels().close(close.tunnel());
      }
    } catch (MalformedMessageException e) {
      session.end(EndCode.UNSUPPORTED, "the client sent " + e.getMessage());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    super.channelWritabilityChanged(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      session.end(EndCode.SHUTDOWN, "the client closed the control stream");
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    session.end(EndCode.SHUTDOWN, "the control stream broke: " + cause.getMessage());
  }
}
