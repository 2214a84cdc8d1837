package dev.culvert.server;

import dev.culvert.server.token.FileFailure;
import dev.culvert.tls.CertificateStore;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.Identity;
import dev.culvert.tls.IssuedCertificates;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.ReloadedKey;
import dev.culvert.tls.ReloadedTls;
import dev.culvert.tls.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server presents to whom: its identity to clients that pinned it, a certificate to visitors
 * and to clients that trust an authority. Follows the files that these come from. Any thread.
 */
final class ServerKeys implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(ServerKeys.class);

  /** In the state directory: the certificates that were issued. */
  static final String CERTIFICATES = "certificates";

  private final ServerConfig config;
  private final InstantSource clock;
  private final CertificateStore store;
  private final IssuedCertificates issued;
  private final @Nullable ReloadedKey standard;
  private final ReloadedTls pinned;

  private ServerKeys(ServerConfig config, @Nullable ReloadedKey certificate, InstantSource clock)
      throws IOException {
    this.config = config;
    this.clock = clock;
    store = new CertificateStore(clock);
    issued = new IssuedCertificates(config.stateDirectory().resolve(CERTIFICATES));
    pinned = identity();
    try {
      standard = certificate != null || config.httpsAddress() == null ? certificate : development();
      if (standard != null) {
        store.setDefault(standard.content());
      }
      issued().forEach(store::adopt);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Reads the certificate that {@code config} names; null where it names none. Throws {@link
   * StartException} with the remedy, and makes nothing.
   */
  static @Nullable ReloadedKey certificate(ServerConfig config, InstantSource clock)
      throws IOException {
    ServerConfig.CertificateFiles files = config.certificate();
    return files == null
        ? null
        : ReloadedKey.open(List.of(files.chain(), files.key()), files::read, clock);
  }

  /**
   * Reads what {@code config} names, and makes in its state directory what is missing there; {@code
   * certificate} is what {@link #certificate} read. Throws {@link StartException} with the remedy.
   */
  static ServerKeys open(
      ServerConfig config, @Nullable ReloadedKey certificate, InstantSource clock)
      throws IOException {
    return new ServerKeys(config, certificate, clock);
  }

  private ReloadedTls identity() throws IOException {
    Path state = config.stateDirectory();
    try {
      Identity.loadOrCreate(state);
      return ReloadedTls.open(
          List.of(state.resolve(Identity.FILE)),
          () -> Identity.load(state).keyAndChain(clock.instant()),
          ServerTls::tunnel,
          clock);
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Check the files in " + state + ".");
    }
  }

  private ReloadedKey development() throws IOException {
    try {
      DevAuthority authority = DevAuthority.loadOrCreate(config.stateDirectory());
      StateDirectory.publish(authority.certificateFile());
      List<String> names = List.of(config.domain(), "*." + config.domain());
      KeyAndChain made = authority.issue(names);
      return ReloadedKey.open(List.of(), () -> made, clock);
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Check the files in " + config.stateDirectory() + ".");
    }
  }

  /** Those of earlier starts; one that is bad is told, and will be issued again. */
  List<KeyAndChain> issued() throws StartException {
    Path directory = config.stateDirectory().resolve(CERTIFICATES);
    try {
      return issued.read(problem -> logger.error("a certificate is not used: {}", problem));
    } catch (IOException e) {
      throw StartException.ofKeyFile(
          new IOException(directory + ": cannot be read: " + FileFailure.reason(e), e),
          "Check the directory.");
    }
  }

  /** For clients that pinned the identity. */
  ServerTls pinned() {
    return pinned.current();
  }

  /**
   * For clients that told a host name: the certificate for it, or that of the configuration; the
   * identity's where there is neither.
   */
  ServerTls named(String serverName) {
    return config.certificate() != null || store.find(serverName) != null
        ? store.tunnel(serverName)
        : pinned.current();
  }

  /** For visitors who ask for {@code serverName}; there must be a listener for them. */
  ServerTls https(@Nullable String serverName) {
    return store.https(serverName);
  }

  /** The pin of the identity as it is now. */
  String pin() {
    return pinned.content().pin();
  }

  /** What visitors, and clients that trust an authority, are presented with. */
  CertificateStore store() {
    return store;
  }

  /** Where certificates that are issued while the server runs are kept for its next start. */
  IssuedCertificates kept() {
    return issued;
  }

  /** Adopts files that have changed; what is bad is told by the exception, and changes nothing. */
  void reloadIfChanged() {
    store.sweep();
    IOException failure = null;
    try {
      pinned.reloadIfChanged();
    } catch (IOException e) {
      failure = e;
    }
    try {
      if (standard != null && standard.reloadIfChanged()) {
        store.setDefault(standard.content());
      }
    } catch (IOException e) {
      failure = e;
    }
    if (failure != null) {
      throw new UncheckedIOException("what was read before stays in use", failure);
    }
  }

  @Override
  public void close() {
    pinned.close();
    store.close();
  }
}
