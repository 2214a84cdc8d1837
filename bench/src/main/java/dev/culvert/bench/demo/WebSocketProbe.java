package dev.culvert.bench.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.net.URI;

/**
 * Has a text of 1 KiB and a longer binary message echoed, then closes with 1000 and expects the
 * same code and the end of the connection.
 */
final class WebSocketProbe implements Probe {
  private static final int MAX_HANDSHAKE_BYTES = 64 << 10;
  private static final int MAX_MESSAGE_BYTES = 2 << 20;
  private static final long SEED = 1;
  private static final String TEXT = "ü水".repeat(204) + "pipe";

  private final int binaryBytes;
  private volatile Step step = Step.HANDSHAKE;

  WebSocketProbe(int binaryBytes) {
    this.binaryBytes = binaryBytes;
  }

  private enum Step {
    HANDSHAKE("waiting for the 101"),
    TEXT("waiting for the echo of a text"),
    BINARY("waiting for the echo of a binary message"),
    CLOSE("waiting for the close to be answered"),
    END("waiting for the end of the connection");

    private final String description;

    Step(String description) {
      this.description = description;
    }
  }

  @Override
  public String name() {
    return "WebSocket echo";
  }

  @Override
  public void start(ProbeRun run) {
    run.connect(
        new HttpObjectAggregator(MAX_HANDSHAKE_BYTES),
        new WebSocketClientProtocolHandler(
            WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(URI.create("ws://" + run.target().authority() + "/ws"))
                .maxFramePayloadLength(MAX_MESSAGE_BYTES)
                .handleCloseFrames(false)
                .build()),
        new WebSocketFrameAggregator(MAX_MESSAGE_BYTES),
        new Talk(run));
  }

  @Override
  public String progress() {
    return step.description;
  }

  private final class Talk extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final ProbeRun run;

    Talk(ProbeRun run) {
      this.run = run;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        send(ctx, Step.TEXT, new TextWebSocketFrame(TEXT));
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
      switch (step) {
        case TEXT -> {
          if (frame instanceof TextWebSocketFrame echo && echo.text().equals(TEXT)) {
            ByteBuf message = Unpooled.wrappedBuffer(new PatternBytes(SEED).next(binaryBytes));
            send(ctx, Step.BINARY, new BinaryWebSocketFrame(message));
          } else {
            run.fail("the echo of the text differs from it");
          }
        }
        case BINARY -> {
          if (frame instanceof BinaryWebSocketFrame echo
              && echo.content().readableBytes() == binaryBytes
              && new PatternBytes(SEED).mismatch(echo.content()) < 0) {
            WebSocketCloseStatus normal = WebSocketCloseStatus.NORMAL_CLOSURE;
            send(ctx, Step.CLOSE, new CloseWebSocketFrame(normal));
          } else {
            run.fail("the echo of the binary message differs from it");
          }
        }
        case CLOSE -> {
          if (frame instanceof CloseWebSocketFrame close && close.statusCode() == 1000) {
            step = Step.END;
          } else {
            run.fail("close 1000 was not answered with close 1000");
          }
        }
        case HANDSHAKE, END -> run.fail("a frame came that nobody asked for");
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (step == Step.END) {
        run.pass("1 KiB of text and " + (binaryBytes >> 10) + " KiB echoed, close 1000 answered");
      }
      ctx.fireChannelInactive();
    }

    private void send(ChannelHandlerContext ctx, Step next, WebSocketFrame frame) {
      step = next;
      ctx.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }
  }
}
