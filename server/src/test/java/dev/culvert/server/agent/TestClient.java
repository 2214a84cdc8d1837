package dev.culvert.server.agent;

import static java.util.Objects.requireNonNull;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.ClientMessage;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client, and the server's end of its connection, in one thread on a clock that stands. */
final class TestClient {
  final EmbeddedChannel server;
  final ArrayDeque<ServerMessage> heard = new ArrayDeque<>();
  private @Nullable EmbeddedChannel client;
  private @Nullable MuxHandler mux;
  private @Nullable StreamChannel control;
  private String session = "";

  TestClient(AgentGround ground) {
    this(ground, new EmbeddedChannel());
  }

  private TestClient(AgentGround ground, EmbeddedChannel server) {
    this.server = server;
    server.freezeTime();
    ground.acceptor.accept(server);
  }

  /** A client at an IP address. */
  static TestClient at(String address, AgentGround ground) {
    return new TestClient(ground, channelTo(address));
  }

  /** The server's end of a connection from an IP address. */
  static EmbeddedChannel channelTo(String address) {
    InetSocketAddress peer =
        new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 50_000);
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return peer;
      }
    };
  }

  /** Sends bytes of the handshake. */
  void send(ByteBuf bytes) {
    if (server.isActive()) {
      server.writeInbound(bytes);
    } else {
      bytes.release();
    }
    server.runPendingTasks();
  }

  /** The answer to Hello; null while there is none. */
  @Nullable HelloAnswer answer() throws Exception {
    ByteBuf out = server.readOutbound();
    if (out == null) {
      return null;
    }
    try {
      return ControlCodec.readHelloAnswer(out);
    } finally {
      out.release();
    }
  }

  /** Says Hello, and expects to be let in. */
  HelloAnswer.Welcome greet(Hello hello) throws Exception {
    send(ControlCodec.encode(hello));
    HelloAnswer answer = answer();
    if (answer instanceof HelloAnswer.Welcome welcome) {
      session = welcome.session();
      return welcome;
    }
    throw new AssertionError("answered " + answer);
  }

  String session() {
    return session;
  }

  /** Speaks yamux from here on, with the control stream open. */
  void openControl() {
    mux = new MuxHandler(Role.CLIENT, SessionConfig.STANDARD, new Silent(), event -> {});
    client = new EmbeddedChannel();
    client.freezeTime();
    client.pipeline().addLast(mux);
    control = openStream(new Inbox());
  }

  StreamChannel openStream(ChannelHandler handler) {
    StreamChannel stream =
        requireNonNull(
            requireNonNull(mux)
                .open(
                    new ChannelInitializer<Channel>() {
                      @Override
                      protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler);
                      }
                    })
                .getNow());
    drive();
    return stream;
  }

  StreamChannel control() {
    return requireNonNull(control);
  }

  void say(ClientMessage message) {
    say(ControlCodec.encode(message));
  }

  void say(ByteBuf bytes) {
    control().writeAndFlush(bytes);
    drive();
  }

  /** Asks for an HTTP tunnel, and returns what the server says. */
  ServerMessage openHttp(int tunnel, @Nullable String name) {
    say(new ClientMessage.OpenTunnel(tunnel, TunnelKind.HTTP, "key" + tunnel, name, 0));
    return heard.remove();
  }

  /** Asks for a TCP tunnel, and returns what the server says. */
  ServerMessage openTcp(int tunnel, int port) {
    say(new ClientMessage.OpenTunnel(tunnel, TunnelKind.TCP, "key" + tunnel, null, port));
    return heard.remove();
  }

  /** Runs tasks and carries bytes both ways until nothing happens any more. */
  void drive() {
    EmbeddedChannel peer = requireNonNull(client);
    boolean moved = true;
    while (moved) {
      peer.runPendingTasks();
      server.runPendingTasks();
      moved = carry(peer, server);
      moved |= carry(server, peer);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    ByteBuf bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    if (to.isActive()) {
      to.writeInbound(bytes);
    } else {
      bytes.release();
    }
    return true;
  }

  /** Moves the clock of the server's end. */
  void advance(long seconds) {
    advanceMillis(seconds * 1000);
  }

  /** Moves the clock of the server's end. */
  void advanceMillis(long millis) {
    server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    server.runScheduledPendingTasks();
    server.runPendingTasks();
  }

  /** The connection breaks. */
  void cut() {
    server.close();
    server.runPendingTasks();
  }

  static ByteBuf frame(String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeInt(text.length).writeBytes(text);
  }

  /** What each stream of the server meets. */
  @ChannelHandler.Sharable
  private static final class Silent extends ChannelInboundHandlerAdapter {}

  private final class Inbox extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      ServerMessage message = ControlCodec.readServerMessage(in);
      if (message != null) {
        heard.add(message);
      }
    }
  }
}
