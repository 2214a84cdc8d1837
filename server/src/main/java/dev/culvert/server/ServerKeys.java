package dev.culvert.server;

import dev.culvert.server.token.FileFailure;
import dev.culvert.server.token.TokenStoreException;
import dev.culvert.tls.CertificateDirectory;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  private static final Duration RENEWED_AHEAD = Duration.ofDays(30);

  private final ServerConfig config;
  private final InstantSource clock;
  private final CertificateStore store;
  private final IssuedCertificates issued;
  private final @Nullable ReloadedKey standard;
  private final @Nullable CertificateDirectory directory;
  private final ReloadedTls pinned;
  private @Nullable String toldProblem; // the housekeeping thread's, after the start

  private ServerKeys(ServerConfig config, @Nullable ReloadedKey certificate, InstantSource clock)
      throws IOException, TokenStoreException {
    this.config = config;
    this.clock = clock;
    store = new CertificateStore(clock);
    issued = new IssuedCertificates(config.stateDirectory().resolve(CERTIFICATES));
    pinned = identity();
    try {
      standard = certificate != null || config.httpsAddress() == null ? certificate : development();
      presentStandard();
      issued().forEach(store::adopt);
      directory = directory();
    } catch (IOException | TokenStoreException | RuntimeException e) {
      close();
      throw e;
    }
    tellOfStandard();
  }

  /**
   * Reads the certificate that {@code config} names; null where it names none. Throws {@link
   * StartException} with the remedy, also where the directory of others is missing, and makes
   * nothing.
   */
  static @Nullable ReloadedKey certificate(ServerConfig config, InstantSource clock)
      throws IOException {
    Path directory = config.certificates();
    if (directory != null && !Files.isDirectory(directory)) {
      throw unusable(new IOException(directory + ": there is no such directory"));
    }
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
      throws IOException, TokenStoreException {
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

  private ReloadedKey development() throws IOException, TokenStoreException {
    DevAuthority authority = DevAuthorityCommand.loadOrCreate(config.stateDirectory());
    List<String> names = List.of(config.domain(), "*." + config.domain());
    return ReloadedKey.open(List.of(), new Development(authority, names), clock);
  }

  /** Issues a certificate for development, and the next one a month before its last day. */
  private final class Development implements ReloadedKey.Source {
    private final DevAuthority authority;
    private final List<String> names;
    private @Nullable KeyAndChain issued;

    Development(DevAuthority authority, List<String> names) {
      this.authority = authority;
      this.names = names;
    }

    @Override
    public KeyAndChain read() {
      Instant now = clock.instant();
      KeyAndChain current = issued;
      if (current == null || now.isAfter(current.expiresAt().minus(RENEWED_AHEAD))) {
        current = authority.issue(names, now);
        issued = current;
      }
      return current;
    }
  }

  private @Nullable CertificateDirectory directory() throws StartException {
    Path path = config.certificates();
    if (path == null) {
      return null;
    }
    try {
      return CertificateDirectory.open(
          path, store, ServerKeys::tellOfUnused, ServerKeys::tellOfTheEnd, clock);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static void tellOfUnused(String problem) {
    logger.error("a certificate cannot be used; what it was before stays in use: {}", problem);
  }

  private static void tellOfTheEnd(String warning) {
    logger.warn("{}; visitors will not accept it, so renew it", warning);
  }

  private static StartException unusable(IOException cause) {
    return StartException.ofKeyFile(cause, "Name a directory of PEM files with --certs.");
  }

  /** Those of earlier starts; one that is bad is told, and will be issued again. */
  List<KeyAndChain> issued() throws StartException {
    Path directory = config.stateDirectory().resolve(CERTIFICATES);
    try {
      return issued.read(problem -> logger.error("a certificate cannot be used: {}", problem));
    } catch (IOException e) {
      throw StartException.ofKeyFile(
          new IOException(directory + ": cannot be read: " + FileFailure.reason(e), e),
          "Check the directory.");
    }
  }

  private void presentStandard() {
    if (standard == null) {
      return;
    }
    if (config.certificate() == null) {
      store.setStandIn(standard.content());
    } else {
      store.setDefault(standard.content());
    }
  }

  /** Once for each thing that is wrong. */
  private void tellOfStandard() {
    String problem = standard == null ? null : problemOf(standard.content());
    if (problem != null && !problem.equals(toldProblem)) {
      logger.warn("{}", problem);
    }
    toldProblem = problem;
  }

  private @Nullable String problemOf(KeyAndChain content) {
    ServerConfig.CertificateFiles files = config.certificate();
    if (files == null) {
      return null;
    }
    if (!clock.instant().isBefore(content.expiresAt())) {
      return files.chain() + " expired on " + content.expiresAt() + "; replace it";
    }
    String wildcard = "*." + config.domain();
    if (config.httpsAddress() != null && store.find(wildcard) == null) {
      return files.chain()
          + " is for "
          + (content.names().isEmpty() ? "no host name" : String.join(", ", content.names()))
          + ", not for "
          + wildcard
          + ": browsers will warn the visitors of tunnels; get a certificate for that too";
    }
    return null;
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

  /** Whether visitors of a new tunnel are presented with the certificate for development. */
  boolean areForDevelopment() {
    return config.certificate() == null
        && standard != null
        && standard.content().equals(store.find("*." + config.domain()));
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
  IssuedCertificates issuedCertificates() {
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
        presentStandard();
      }
    } catch (IOException e) {
      failure = e;
    }
    try {
      if (directory != null) {
        directory.look();
      }
    } catch (IOException e) {
      failure = e;
    }
    tellOfStandard();
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
