package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.culvert.server.ServerConfig.CertificateFiles;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.IssuedCertificates;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.PrivateFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server presents to whom, as its files change and time goes by. */
final class ServerKeysTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path directory;
  private final List<String> logged = new ArrayList<>();
  private final Handler handler = new Recorder();
  private final Logger logger = Logger.getLogger(ServerKeys.class.getName());
  private Path state;
  private Path certificates;
  private CertificateFiles files;
  private DevAuthority authority;
  private Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private @Nullable ServerKeys opened;

  @BeforeEach
  void make() throws Exception {
    logger.setLevel(Level.WARNING); // whatever the run is set to
    logger.addHandler(handler);
    state = directory.resolve("state");
    PrivateFile.createDirectory(state);
    certificates = Files.createDirectory(directory.resolve("certs"));
    files = new CertificateFiles(directory.resolve("chain.pem"), directory.resolve("key.pem"));
    authority = DevAuthority.loadOrCreate(directory.resolve("authority"));
  }

  @AfterEach
  void close() {
    logger.removeHandler(handler);
    logger.setLevel(null);
    if (opened != null) {
      opened.close();
    }
  }

  private ServerConfig config(
      @Nullable InetSocketAddress https,
      @Nullable CertificateFiles own,
      @Nullable Path certificateDirectory) {
    ServerConfig config =
        ServerConfig.local(state)
            .withDomain("tunnel.test")
            .withAddresses(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null)
            .withCertificates(own, certificateDirectory);
    return https == null ? config : config.withHttps(https);
  }

  private ServerKeys open(ServerConfig config) throws Exception {
    ServerKeys keys = ServerKeys.open(config, ServerKeys.certificate(config, () -> now), () -> now);
    opened = keys;
    return keys;
  }

  private KeyAndChain issue(String... names) {
    return authority.issue(List.of(names), now);
  }

  private static @Nullable KeyAndChain presented(ServerKeys keys) {
    return keys.store().find("any.tunnel.test");
  }

  @Test
  void developmentCertificateIsRenewedAMonthBeforeItsLastDay() throws Exception {
    ServerKeys keys = open(config(ANY_PORT, null, null));
    KeyAndChain first = presented(keys);
    assertThat(first).isNotNull();
    assertThat(keys.areForDevelopment()).isTrue();

    now = first.expiresAt().minus(Duration.ofDays(30));
    keys.reloadIfChanged();
    assertThat(presented(keys)).isEqualTo(first);

    now = now.plus(Duration.ofMinutes(1));
    keys.reloadIfChanged();
    KeyAndChain second = presented(keys);
    assertThat(second).isNotNull();
    assertThat(second.expiresAt()).isEqualTo(now.plus(Duration.ofDays(90)));
    assertThat(keys.https(null)).isSameAs(keys.https("any.tunnel.test"));

    for (int day = 0; day < 365; day++) {
      now = now.plus(Duration.ofDays(1));
      keys.reloadIfChanged();
      KeyAndChain current = presented(keys);
      assertThat(current).isNotNull();
      assertThat(current.expiresAt()).isAfter(now.plus(Duration.ofDays(28)));
    }
    assertThat(logged).isEmpty();
  }

  @Test
  void certificateThatIsNotForTheTunnelsIsWarnedOfOncePerChange() throws Exception {
    issue("tunnel.test").write(files.chain(), files.key());
    ServerKeys keys = open(config(ANY_PORT, files, null));
    keys.reloadIfChanged();
    keys.reloadIfChanged();
    assertThat(logged).hasSize(1);
    assertThat(logged.getFirst())
        .contains(files.chain().toString(), "is for tunnel.test, not for *.tunnel.test");

    issue("*.tunnel.test", "tunnel.test").write(files.chain(), files.key());
    keys.reloadIfChanged();
    assertThat(logged).hasSize(1);

    issue("other.test").write(files.chain(), files.key());
    keys.reloadIfChanged();
    keys.reloadIfChanged();
    assertThat(logged).hasSize(2);
    assertThat(logged.getLast()).contains("is for other.test, not for *.tunnel.test");
  }

  @Test
  void certificateForTheTunnelsMayBeInTheDirectory() throws Exception {
    KeyAndChain wildcard = issue("*.tunnel.test");
    issue("tunnel.test").write(files.chain(), files.key());
    wildcard.write(certificates.resolve("wildcard.pem"));

    ServerKeys keys = open(config(ANY_PORT, files, certificates));

    assertThat(logged).isEmpty();
    assertThat(presented(keys)).isEqualTo(wildcard);
    assertThat(keys.areForDevelopment()).isFalse();
  }

  @Test
  void expiredCertificateIsWarnedOfOnceAndPresentedStill() throws Exception {
    KeyAndChain content = issue("tunnel.test", "*.tunnel.test");
    content.write(files.chain(), files.key());
    ServerKeys keys = open(config(ANY_PORT, files, null));
    keys.reloadIfChanged();
    assertThat(logged).isEmpty();

    now = content.expiresAt();
    keys.reloadIfChanged();
    keys.reloadIfChanged();

    assertThat(logged).hasSize(1);
    assertThat(logged.getFirst()).contains("expired on " + content.expiresAt());
    assertThat(presented(keys)).isEqualTo(content);
    assertThat(keys.https(null)).isNotNull();
    keys.close();
    assertThat(presented(open(config(ANY_PORT, files, null)))).isEqualTo(content);
    assertThat(logged).hasSize(2);
  }

  @Test
  void badPairLeavesTheOneInUseAndTheDirectoryIsFollowedStill() throws Exception {
    KeyAndChain content = issue("tunnel.test", "*.tunnel.test");
    content.write(files.chain(), files.key());
    ServerKeys keys = open(config(ANY_PORT, files, certificates));

    issue("tunnel.test").write(files.chain(), directory.resolve("elsewhere.pem"));
    KeyAndChain added = issue("shop.test");
    added.write(certificates.resolve("shop.pem"));

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(keys::reloadIfChanged)
        .withStackTraceContaining("does not belong");
    assertThat(presented(keys)).isEqualTo(content);
    assertThat(keys.store().find("shop.test")).isEqualTo(added);
  }

  @Test
  void badPairOfTheDirectoryIsLoggedAndTheServerStarts() throws Exception {
    Files.writeString(certificates.resolve("bad.pem"), "no PEM at all");
    issue("shop.test").write(certificates.resolve("shop.pem"));

    ServerKeys keys = open(config(ANY_PORT, null, certificates));
    keys.reloadIfChanged();

    assertThat(logged).hasSize(1);
    assertThat(logged.getFirst()).contains("bad.pem: holds no certificate");
    assertThat(keys.store().find("shop.test")).isNotNull();
  }

  @Test
  void issuedCertificatesAreServedAfterARestart() throws Exception {
    KeyAndChain issued = issue("*.tunnel.test");
    ServerKeys first = open(config(ANY_PORT, null, null));
    first.issuedCertificates().write(issued);
    first.store().adopt(issued);
    assertThat(presented(first)).isEqualTo(issued);
    first.close();
    Files.writeString(state.resolve("certificates").resolve("bad.pem"), "no PEM at all");

    ServerKeys second = open(config(ANY_PORT, null, null));

    assertThat(presented(second)).isEqualTo(issued);
    assertThat(second.areForDevelopment()).isFalse();
    assertThat(logged).hasSize(1).first().asString().contains("bad.pem");
    assertThat(new IssuedCertificates(state.resolve("certificates")).file("*.tunnel.test"))
        .exists();
  }

  @Test
  void certificateIsReadOnceAtTheStart() throws Exception {
    KeyAndChain content = issue("tunnel.test", "*.tunnel.test");
    content.write(files.chain(), files.key());
    ServerConfig config = config(ANY_PORT, files, null);
    var read = ServerKeys.certificate(config, () -> now);

    Files.delete(files.key());
    ServerKeys keys = ServerKeys.open(config, read, () -> now);
    opened = keys;

    assertThat(presented(keys)).isEqualTo(content);
  }

  @Test
  void clientThatNamesTheServerGetsTheCertificateForTheName() throws Exception {
    issue("clients.test").write(certificates.resolve("clients.pem"));
    ServerKeys keys = open(config(null, null, certificates));

    assertThat(keys.named("clients.test")).isNotSameAs(keys.pinned());
    assertThat(keys.named("other.test")).isSameAs(keys.pinned());
    assertThatIllegalStateException().isThrownBy(() -> keys.https(null));
    assertThat(state.resolve("dev-ca.pem")).doesNotExist();
  }

  @Test
  void clientThatNamesAnUnknownServerGetsTheConfiguredCertificate() throws Exception {
    issue("*.tunnel.test").write(files.chain(), files.key());
    ServerKeys keys = open(config(null, files, null));

    assertThat(keys.named("other.test"))
        .isNotSameAs(keys.pinned())
        .isSameAs(keys.named("a.tunnel.test"));
  }

  private final class Recorder extends Handler {
    @Override
    public void publish(LogRecord record) {
      logged.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
