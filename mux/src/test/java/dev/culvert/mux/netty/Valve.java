package dev.culvert.mux.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/** Holds back a connection's output, as a peer does that reads nothing. Event loop only. */
final class Valve extends ChannelOutboundHandlerAdapter {
  private boolean isShut;
  private int flushes;

  /** Flushes that were asked for, let through or not. */
  int flushes() {
    return flushes;
  }

  void shut() {
    isShut = true;
  }

  void open(ChannelHandlerContext ctx) {
    isShut = false;
    ctx.flush();
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    flushes++;
    if (!isShut) {
      ctx.flush();
    }
  }
}
