package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A request in HTTP/2. Certificates are not checked. */
final class Http2Request implements OpenRequest {
  private static final long DEADLINE_SECONDS = 20;
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** What came, in order. */
  private sealed interface Part {
    record Fields(Map<String, String> fields, boolean isLast) implements Part {}

    record Data(String text, boolean isLast) implements Part {}

    record Reset(long error) implements Part {}
  }

  private final Channel connection;
  private final Http2StreamChannel stream;
  private final BlockingQueue<Part> parts;
  private final StringBuilder unread = new StringBuilder();
  private boolean hasEnded;

  private Http2Request(Channel connection, Http2StreamChannel stream, BlockingQueue<Part> parts) {
    this.connection = connection;
    this.stream = stream;
    this.parts = parts;
  }

  static Http2Request send(URI url, String method, Body body, String... headers) throws Exception {
    Channel connection = connect(url);
    BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(new Recorder(parts))
            .open()
            .sync()
            .getNow();
    Http2Headers head =
        new DefaultHttp2Headers()
            .method(method)
            .scheme("https")
            .authority(url.getAuthority())
            .path(url.getPath());
    add(head, headers);
    stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, body == Body.NONE)).sync();
    return new Http2Request(connection, stream, parts);
  }

  private static Channel connect(URI url) throws Exception {
    SslContext tls =
        SslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2))
            .build();
    Channel connection =
        new Bootstrap()
            .group(LOOP)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel socket) {
                    socket
                        .pipeline()
                        .addLast(
                            tls.newHandler(socket.alloc(), url.getHost(), url.getPort()),
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                  }
                })
            .connect(InetAddress.getLoopbackAddress(), url.getPort())
            .sync()
            .channel();
    SslHandler handler = connection.pipeline().get(SslHandler.class);
    handler.handshakeFuture().sync();
    assertThat(handler.applicationProtocol()).isEqualTo(ApplicationProtocolNames.HTTP_2);
    return connection;
  }

  private static void add(Http2Headers fields, String... lines) {
    for (String line : lines) {
      String[] field = line.split(":", 2);
      fields.add(field[0], field[1].strip());
    }
  }

  @Override
  public void send(String part) throws Exception {
    ByteBuf bytes = Unpooled.copiedBuffer(part, StandardCharsets.ISO_8859_1);
    stream.writeAndFlush(new DefaultHttp2DataFrame(bytes)).sync();
  }

  @Override
  public void end(String... trailers) throws Exception {
    if (trailers.length == 0) {
      stream.writeAndFlush(new DefaultHttp2DataFrame(true)).sync();
    } else {
      Http2Headers fields = new DefaultHttp2Headers();
      add(fields, trailers);
      stream.writeAndFlush(new DefaultHttp2HeadersFrame(fields, true)).sync();
    }
  }

  private Part next() throws InterruptedException {
    Part part = parts.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertThat(part).as("something within %d s", DEADLINE_SECONDS).isNotNull();
    return part;
  }

  @Override
  public Head head() throws Exception {
    Part part = next();
    assertThat(part).isInstanceOf(Part.Fields.class);
    Part.Fields head = (Part.Fields) part;
    hasEnded = head.isLast();
    return new Head(Integer.parseInt(head.fields().get(":status")), head.fields());
  }

  @Override
  public String read(int bytes) throws Exception {
    while (unread.length() < bytes) {
      Part part = next();
      assertThat(part).as("behind: %s", unread).isInstanceOf(Part.Data.class);
      Part.Data data = (Part.Data) part;
      unread.append(data.text());
      hasEnded = data.isLast();
    }
    String text = unread.substring(0, bytes);
    unread.delete(0, bytes);
    return text;
  }

  @Override
  public Map<String, String> awaitEnd() throws Exception {
    while (!hasEnded) {
      switch (next()) {
        case Part.Fields(var fields, var isLast) -> {
          assertThat(isLast).isTrue();
          hasEnded = true;
          assertThat(unread).isEmpty();
          return fields;
        }
        case Part.Data(var text, var isLast) -> {
          unread.append(text);
          hasEnded = isLast;
        }
        case Part.Reset(var error) -> throw new AssertionError("it was reset: " + error);
      }
    }
    assertThat(unread).isEmpty();
    return Map.of();
  }

  /** Waits until the edge says that it wants no more of the request, with this error. */
  long awaitReset() throws InterruptedException {
    Part part = next();
    assertThat(part).isInstanceOf(Part.Reset.class);
    return ((Part.Reset) part).error();
  }

  @Override
  public void leave() throws Exception {
    stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).sync();
  }

  @Override
  public void cut() throws Exception {
    connection.eventLoop().submit(() -> RelayLeg.abort(connection)).sync();
  }

  @Override
  public void close() throws IOException {
    connection.close().syncUninterruptibly();
  }

  /** Writes down what comes on a stream, and reads on. */
  private static final class Recorder extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<Part> parts;

    Recorder(BlockingQueue<Part> parts) {
      this.parts = parts;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2HeadersFrame frame) {
        Map<String, String> fields = new LinkedHashMap<>();
        frame
            .headers()
            .forEach(field -> fields.put(field.getKey().toString(), field.getValue().toString()));
        parts.add(new Part.Fields(fields, frame.isEndStream()));
      } else if (message instanceof Http2DataFrame frame) {
        String text = frame.content().toString(StandardCharsets.ISO_8859_1);
        parts.add(new Part.Data(text, frame.isEndStream()));
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        parts.add(new Part.Reset(reset.errorCode()));
      }
      ReferenceCountUtil.release(event);
    }
  }
}
