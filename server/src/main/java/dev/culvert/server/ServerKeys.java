package dev.culvert.server;

import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.Identity;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.ReloadedTls;
import dev.culvert.tls.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server presents to whom: its identity to clients that pinned it, a certificate to visitors
 * and to clients that trust an authority. Follows the files that these come from. Any thread.
 */
final class ServerKeys implements AutoCloseable {
  private final ServerConfig config;
  private final InstantSource clock;
  private final List<ReloadedTls> opened = new ArrayList<>();
  private final ReloadedTls pinned;
  private final ReloadedTls named;
  private final @Nullable ReloadedTls https;

  private ServerKeys(ServerConfig config, InstantSource clock) throws IOException {
    this.config = config;
    this.clock = clock;
    try {
      pinned = keep(identity());
      ServerConfig.CertificateFiles files = config.certificate();
      if (files != null) {
        List<Path> paths = List.of(files.chain(), files.key());
        named = keep(ReloadedTls.open(paths, files::read, ServerTls::tunnel, clock));
        https = keep(ReloadedTls.open(paths, files::read, ServerTls::https, clock));
      } else {
        named = pinned;
        https = config.httpsAddress() == null ? null : keep(development());
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Reads what {@code config} names, and makes in its state directory what is missing there. Throws
   * {@link StartException} with the remedy.
   */
  static ServerKeys open(ServerConfig config, InstantSource clock) throws IOException {
    return new ServerKeys(config, clock);
  }

  private ReloadedTls keep(ReloadedTls tls) {
    opened.add(tls);
    return tls;
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

  private ReloadedTls development() throws IOException {
    try {
      DevAuthority authority = DevAuthority.loadOrCreate(config.stateDirectory());
      StateDirectory.publish(authority.certificateFile());
      List<String> names = List.of(config.domain(), "*." + config.domain());
      KeyAndChain issued = authority.issue(names);
      return ReloadedTls.open(List.of(), () -> issued, ServerTls::https, clock);
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Check the files in " + config.stateDirectory() + ".");
    }
  }

  /** For clients that pinned the identity. */
  ServerTls pinned() {
    return pinned.current();
  }

  /** For clients that told a host name; the identity's where the server has no certificate. */
  ServerTls named() {
    return named.current();
  }

  /** For visitors; there must be a listener for them. */
  ServerTls https() {
    if (https == null) {
      throw new IllegalStateException("the server has no HTTPS listener");
    }
    return https.current();
  }

  /** The pin of the identity as it is now. */
  String pin() {
    return pinned.content().pin();
  }

  /** Adopts files that have changed; what is bad is told by the exception, and changes nothing. */
  void reloadIfChanged() {
    IOException failure = null;
    for (ReloadedTls tls : opened) {
      try {
        tls.reloadIfChanged();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new UncheckedIOException("what was read before stays in use", failure);
    }
  }

  @Override
  public void close() {
    opened.forEach(ReloadedTls::close);
  }
}
