package dev.culvert.bench.e2e;

import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server's TLS for visitors with any certificate, and nothing behind it. */
final class TlsListener implements AutoCloseable {
  private static final char[] PASSWORD = "password".toCharArray();

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ServerTls tls;
  private final Channel listener;

  private TlsListener(KeyAndChain certificate) throws Exception {
    tls = ServerTls.https(certificate);
    listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                  }
                })
            .bind(Tunnel.ANY_PORT)
            .sync()
            .channel();
  }

  /** With a new certificate of a kind such as {@code EC} or {@code RSA}. */
  static TlsListener start(Path directory, String keyKind) throws Exception {
    return new TlsListener(newCertificate(directory, keyKind));
  }

  /** A certificate of its own making, of a kind such as {@code EC} or {@code RSA}. */
  static KeyAndChain newCertificate(Path directory, String keyKind) throws Exception {
    Path file = Files.createTempDirectory(directory, "key").resolve("store.p12");
    run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-keyalg",
        keyKind,
        "-dname",
        "CN=" + keyKind,
        "-alias",
        "key",
        "-keystore",
        file.toString(),
        "-storepass",
        String.valueOf(PASSWORD));
    KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
    return new KeyAndChain(
        (PrivateKey) store.getKey("key", PASSWORD),
        List.of((X509Certificate) store.getCertificate("key")));
  }

  /** Runs a program to its end without input; what it printed. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return printed;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loop.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    tls.close();
  }
}
