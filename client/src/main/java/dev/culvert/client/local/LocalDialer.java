package dev.culvert.client.local;

import dev.culvert.mux.netty.EarlyInput;
import dev.culvert.mux.netty.FrameRoom;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.tls.CloseNotifyHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import javax.net.ssl.SSLException;

/** Connects to local services, under TLS where they speak it. Any thread. */
record LocalDialer(Dialer dialer, LocalTls tls) {
  /**
   * The connection to {@code target}; one under TLS has been through the handshake. What comes on
   * it waits in an {@link EarlyInput}, the last of its handlers.
   */
  Future<Channel> dial(EventLoop loop, LocalTarget target) {
    Future<Channel> dialled =
        dialer.dial(
            loop,
            target.host(),
            target.port(),
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel local) throws SSLException {
                if (!target.scheme().isTls()) {
                  FrameRoom.in(local);
                } else {
                  local.config().setAllowHalfClosure(false); // nobody shakes one hand
                  local
                      .pipeline()
                      .addLast(tls.newHandler(local.alloc(), target), CloseNotifyHandler.INSTANCE);
                }
                local.pipeline().addLast(new EarlyInput());
              }
            });
    if (!target.scheme().isTls()) {
      return dialled;
    }
    Promise<Channel> secured = loop.newPromise();
    dialled.addListener((Future<Channel> done) -> shakeHands(target, done, secured));
    return secured;
  }

  private static void shakeHands(
      LocalTarget target, Future<Channel> dialled, Promise<Channel> secured) {
    if (!dialled.isSuccess()) {
      secured.setFailure(dialled.cause());
      return;
    }
    Channel local = dialled.getNow();
    SslHandler tls = local.pipeline().get(SslHandler.class);
    tls.handshakeFuture()
        .addListener(done -> {
          Throwable failure = done.isSuccess() ? LocalTls.mismatch(target, tls) : done.cause();
          if (failure == null) {
            secured.setSuccess(local);
          } else {
            local.close();
            secured.setFailure(failure);
          }
        });
    local.read();
  }
}
