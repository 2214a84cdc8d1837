package dev.culvert.bench.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/**
 * A small web app to put behind a tunnel: a page to try things on, and an endpoint for each kind of
 * traffic a tunnel has to carry. HTTP/1.1 with keep-alive; uploads and downloads pass through and
 * are never held in memory.
 *
 * <table>
 *   <caption>Endpoints; parameters with (bounds, default), out of bounds is 400</caption>
 *   <tr><td>{@code /}</td><td>the page</td></tr>
 *   <tr><td>{@code /ws}</td><td>WebSocket echo, messages up to 16 MiB</td></tr>
 *   <tr><td>{@code /events}</td><td>server-sent events: {@code count} (1 to 60, 60), {@code
 *       intervalMillis} (1 to 10,000, 1,000)</td></tr>
 *   <tr><td>{@code /slow}</td><td>answers after {@code millis} (0 to 60,000, 1,000)</td></tr>
 *   <tr><td>{@code /echo}</td><td>answers {@code text}; waits at {@code gate} for {@code parties}
 *       (1 to 10,000) requests</td></tr>
 *   <tr><td>{@code /upload}</td><td>POST or PUT: answers length and SHA-256 of the body</td></tr>
 *   <tr><td>{@code /download}</td><td>{@code bytes} (to 1 TiB, 1 MiB) of {@link PatternBytes} from
 *       {@code seed} (0); {@code chunked=true}, {@code close=true}</td></tr>
 *   <tr><td>{@code /headers}</td><td>the request as JSON</td></tr>
 *   <tr><td>{@code /status/NNN}</td><td>answers that status, 200 to 599</td></tr>
 * </table>
 */
public final class SampleApp implements AutoCloseable {
  private static final int LOOPS = 2;
  private static final int BACKLOG = 4096;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int MAX_PIECE_BYTES = 64 << 10;

  private final EventLoops loops;
  private final InetSocketAddress address;

  private SampleApp(EventLoops loops, InetSocketAddress address) {
    this.loops = loops;
    this.address = address;
  }

  /**
   * Listens when it returns; port 0 takes a free one.
   *
   * @throws UncheckedIOException when the address cannot be listened on
   */
  public static SampleApp start(InetSocketAddress bind) {
    SamplePage page = SamplePage.load();
    Barriers barriers = new Barriers();
    EventLoops loops = new EventLoops("sample-app", LOOPS);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, PatternBody.QUEUE)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel visitor) {
                    loops.own(visitor);
                    visitor
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(
                                new HttpDecoderConfig()
                                    .setMaxInitialLineLength(MAX_HEAD_BYTES)
                                    .setMaxHeaderSize(MAX_HEAD_BYTES)
                                    .setMaxChunkSize(MAX_PIECE_BYTES)),
                            new HttpServerKeepAliveHandler(),
                            new FlowControlHandler(),
                            new SampleRouter(page, barriers));
                  }
                })
            .bind(bind)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.close();
      String reason = bound.cause().getMessage();
      throw new UncheckedIOException(
          "the sample app cannot listen on " + bind + ": " + reason + "; choose another port",
          new IOException(reason, bound.cause()));
    }
    loops.own(bound.channel());
    return new SampleApp(loops, (InetSocketAddress) bound.channel().localAddress());
  }

  /** Where it listens, with the port that was taken. */
  public InetSocketAddress address() {
    return address;
  }

  /** Closes every connection at once, answered or not, and ends the app's threads. */
  @Override
  public void close() {
    loops.close();
  }
}
