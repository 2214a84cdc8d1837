package dev.culvert.client.local;

import dev.culvert.mux.netty.EarlyInput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Asks a local service again and again whether it is well, over a connection of its own each time.
 * It is taken to be so at first, ceases to be after {@value #MAX_FAILURES} failures in a row, and
 * is well again after one good answer. One event loop.
 */
public final class HealthWatch {
  static final int MAX_FAILURES = 2;

  private static final int STATUS_CHARS = "HTTP/1.1 200".length();
  private static final String WELL = "";

  private final EventLoop loop;
  private final LocalDialer dialer;
  private final LocalTarget target;
  private final HealthCheck check;
  private final Listener listener;
  private int failures;
  private boolean isStopped;

  /** Hears when a service ceases to be well, and when it is again. */
  @FunctionalInterface
  public interface Listener {
    /** {@code reason} is for people, and empty where it is up. */
    void onHealth(boolean isUp, String reason);
  }

  HealthWatch(
      EventLoop loop,
      LocalDialer dialer,
      LocalTarget target,
      HealthCheck check,
      Listener listener) {
    this.loop = loop;
    this.dialer = dialer;
    this.target = target;
    this.check = check;
    this.listener = listener;
  }

  /** Asks for the first time. Any thread. */
  public void start() {
    loop.execute(this::ask);
  }

  /** Asks no more. Any thread. */
  public void stop() {
    loop.execute(() -> isStopped = true);
  }

  /** What was heard last. */
  public boolean isUp() {
    return failures < MAX_FAILURES;
  }

  private void ask() {
    if (isStopped) {
      return;
    }
    Promise<String> verdict = loop.newPromise();
    verdict.addListener((Future<String> done) -> judge(done.getNow()));
    Future<?> deadline =
        loop.schedule(
            () -> verdict.trySuccess(target.address() + " did not answer in time"),
            check.limit().toMillis(),
            TimeUnit.MILLISECONDS);
    verdict.addListener(done -> deadline.cancel(false));
    dialer
        .dial(loop, target)
        .addListener((Future<Channel> done) -> {
          if (done.isSuccess()) {
            send(done.getNow(), verdict);
          } else {
            verdict.trySuccess(LocalFailure.status(target, done.cause()).text());
          }
        });
  }

  private void send(Channel service, Promise<String> verdict) {
    verdict.addListener(done -> service.close());
    service
        .closeFuture()
        .addListener(
            done -> verdict.trySuccess(target.address() + " closed the connection unanswered"));
    if (target.scheme().isHttp2()) {
      Http2Question.ask(
          service, target, check.path(), status -> verdict.trySuccess(judged(status)));
    } else {
      askInHttp1(service, verdict);
    }
    service.pipeline().remove(EarlyInput.class);
    service.config().setAutoRead(true);
  }

  private void askInHttp1(Channel service, Promise<String> verdict) {
    service.pipeline().addLast(new Answer(verdict));
    String request =
        "GET "
            + check.path()
            + " HTTP/1.1\r\nHost: "
            + target.address()
            + "\r\nUser-Agent: culvert-health\r\nConnection: close\r\n\r\n";
    service.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
  }

  private String judged(String status) {
    if (status.matches("[23][0-9]{2}")) {
      return WELL;
    }
    return target.address()
        + " answered "
        + check.path()
        + (status.matches("[0-9]{3}") ? " with " + status : " with no HTTP that can be read");
  }

  private void judge(String reason) {
    boolean wasUp = isUp();
    failures = reason.equals(WELL) ? 0 : Math.min(failures + 1, MAX_FAILURES);
    if (!isStopped) {
      if (isUp() != wasUp) {
        listener.onHealth(isUp(), reason);
      }
      loop.schedule(this::ask, check.interval().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Waits for the status line. */
  private final class Answer extends ChannelInboundHandlerAdapter {
    private final Promise<String> verdict;
    private final StringBuilder start = new StringBuilder();

    Answer(Promise<String> verdict) {
      this.verdict = verdict;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      int wanted = Math.min(STATUS_CHARS - start.length(), bytes.readableBytes());
      start.append(bytes.readCharSequence(wanted, StandardCharsets.ISO_8859_1));
      bytes.release();
      if (start.length() == STATUS_CHARS) {
        verdict.trySuccess(judged(start.toString().replaceFirst("^HTTP/1\\.[01] ", "")));
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        ctx.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
