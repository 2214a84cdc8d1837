package dev.culvert.server;

import dev.culvert.server.StartException.Fault;
import dev.culvert.server.acme.AcmeSettings;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.token.FileFailure;
import dev.culvert.server.token.KeysetProtection;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.KeyAndChain;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with.
 *
 * @param stateDirectory keys, tokens and names on hold; made where it is missing
 * @param domain tunnels are host names directly below it
 * @param acme where certificates are ordered for the names in use; null for nowhere
 * @param tunnelAddress where clients connect
 * @param httpAddress where visitors connect over HTTP; null for no such listener
 * @param http2Cleartext whether visitors over HTTP may begin with HTTP/2, without an upgrade
 * @param httpsAddress where visitors, and clients too, connect over TLS; null for no such listener
 * @param certificate for visitors over TLS who ask for a name that no other is for; null for one of
 *     the development authority
 * @param certificates a directory of more of them; null for none
 * @param tcpAddress where the ports of TCP tunnels are opened
 * @param tcpPorts the ports that TCP tunnels may have
 * @param hold how long a name or port stays a client's that is away
 * @param nameServer is asked whose a host name is; null for the system's
 * @param rules what visitors are held to whatever their tunnel's client says; null for nothing
 * @param needsToken false to let in clients without a token; on loopback only
 * @param visitors how it finds out who visitors are, and how many connections each may have
 * @param accessLog where visitors are logged; null for nowhere
 * @param keyset what the keys that sign tokens are encrypted with
 * @param threads event loops
 */
public record ServerConfig(
    Path stateDirectory,
    String domain,
    @Nullable AcmeSettings acme,
    InetSocketAddress tunnelAddress,
    @Nullable InetSocketAddress httpAddress,
    boolean http2Cleartext,
    @Nullable InetSocketAddress httpsAddress,
    @Nullable CertificateFiles certificate,
    @Nullable Path certificates,
    InetAddress tcpAddress,
    PortRange tcpPorts,
    Duration hold,
    @Nullable InetSocketAddress nameServer,
    @Nullable Path rules,
    boolean needsToken,
    VisitorSettings visitors,
    @Nullable AccessLogSettings accessLog,
    KeysetProtection keyset,
    int threads) {

  /** A certificate chain and its key, as PEM files. */
  public record CertificateFiles(Path chain, Path key) {
    KeyAndChain read() throws StartException {
      for (Path file : List.of(chain, key)) {
        if (Files.isDirectory(file)) {
          throw StartException.ofKeyFile(new IOException(file + ": is a directory"), REMEDY);
        }
      }
      try {
        return KeyAndChain.read(chain, key);
      } catch (IOException e) {
        throw StartException.ofKeyFile(e, REMEDY);
      }
    }

    private static final String REMEDY = "Name PEM files with --cert and --key.";
  }

  public static final PortRange STANDARD_TCP_PORTS = new PortRange(20000, 20999);
  public static final Duration STANDARD_HOLD = Duration.ofHours(1);

  private static final int MAX_THREADS = 1024;
  private static final Duration MAX_HOLD = Duration.ofDays(3650);

  /** With a name of 63 characters and a dot before it, it is a host name still. */
  private static final int MAX_DOMAIN_CHARS = 189;

  private static final Pattern DOMAIN =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  /** The domain is kept in lower case. */
  public ServerConfig {
    domain = domain.toLowerCase(Locale.ROOT);
    if (domain.length() > MAX_DOMAIN_CHARS || !DOMAIN.matcher(domain).matches()) {
      throw new IllegalArgumentException(
          "domain: " + domain + " (expected: a host name such as tunnel.example.com)");
    }
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads: " + threads + " (expected: 1 to " + MAX_THREADS + ")");
    }
    if (http2Cleartext && httpAddress == null) {
      throw new IllegalArgumentException("HTTP/2 without TLS needs --http, which is off");
    }
    if (!needsToken) {
      requireLoopback(tcpAddress);
      for (InetSocketAddress address : Arrays.asList(tunnelAddress, httpAddress, httpsAddress)) {
        if (address != null) {
          requireLoopback(address.getAddress());
        }
      }
    }
    if (hold.isNegative() || hold.compareTo(MAX_HOLD) > 0) {
      throw new IllegalArgumentException(
          "hold: " + hold + " (expected: 0 to " + MAX_HOLD.toDays() + " days)");
    }
  }

  private static void requireLoopback(InetAddress address) {
    if (!address.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "without tokens a server listens on loopback only, and "
              + NetUtil.toAddressString(address)
              + " is none");
    }
  }

  /** Everything on free ports of loopback, below {@code localhost}, with no HTTPS. */
  public static ServerConfig local(Path stateDirectory) {
    return new Draft(stateDirectory).finished();
  }

  /** The same with an HTTPS listener. */
  public ServerConfig withHttps(InetSocketAddress address) {
    return changed(draft -> draft.httpsAddress = address);
  }

  /** The same with other listeners for clients and for visitors over HTTP. */
  public ServerConfig withAddresses(InetSocketAddress tunnel, @Nullable InetSocketAddress http) {
    return changed(draft -> {
      draft.tunnelAddress = tunnel;
      draft.httpAddress = http;
    });
  }

  /** The same with visitors over HTTP that may begin with HTTP/2. */
  public ServerConfig withHttp2Cleartext() {
    return changed(draft -> draft.http2Cleartext = true);
  }

  /** The same below another domain. */
  public ServerConfig withDomain(String name) {
    return changed(draft -> draft.domain = name);
  }

  /** The same with certificates ordered from an authority. */
  public ServerConfig withAcme(AcmeSettings settings) {
    return changed(draft -> draft.acme = settings);
  }

  /** The same with certificates: a pair of files, and a directory of more. */
  public ServerConfig withCertificates(@Nullable CertificateFiles files, @Nullable Path directory) {
    return changed(draft -> {
      draft.certificate = files;
      draft.certificates = directory;
    });
  }

  /** The same with another number of event loops. */
  public ServerConfig withThreads(int count) {
    return changed(draft -> draft.threads = count);
  }

  /** The same with another hold. */
  public ServerConfig withHold(Duration duration) {
    return changed(draft -> draft.hold = duration);
  }

  /** The same with another name server. */
  public ServerConfig withNameServer(InetSocketAddress address) {
    return changed(draft -> draft.nameServer = address);
  }

  /** The same with a file of rules for visitors. */
  public ServerConfig withRules(Path file) {
    return changed(draft -> draft.rules = file);
  }

  /** The same, with clients let in that have no token. */
  public ServerConfig withoutTokens() {
    return changed(draft -> draft.needsToken = false);
  }

  /** The same, with the keys that sign tokens encrypted. */
  public ServerConfig withKeyset(KeysetProtection protection) {
    return changed(draft -> draft.keyset = protection);
  }

  /** The same with visitors told apart in another way. */
  public ServerConfig withVisitors(VisitorSettings settings) {
    return changed(draft -> draft.visitors = settings);
  }

  /** The same with an access log. */
  public ServerConfig withAccessLog(AccessLogSettings settings) {
    return changed(draft -> draft.accessLog = settings);
  }

  AccessLog openAccessLog() throws StartException {
    if (accessLog == null) {
      return AccessLog.off();
    }
    try {
      return AccessLog.open(accessLog);
    } catch (IOException e) {
      throw new StartException(
          Fault.CONFIGURATION,
          accessLog.file() + ": the access log cannot be written: " + FileFailure.reason(e),
          "Choose a file that may be written with --access-log, or - for the standard output.",
          e);
    }
  }

  private ServerConfig changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finished();
  }

  /** A configuration that is still being written. */
  private static final class Draft {
    private final Path stateDirectory;
    private String domain;
    private @Nullable AcmeSettings acme;
    private InetSocketAddress tunnelAddress;
    private @Nullable InetSocketAddress httpAddress;
    private boolean http2Cleartext;
    private @Nullable InetSocketAddress httpsAddress;
    private @Nullable CertificateFiles certificate;
    private @Nullable Path certificates;
    private final InetAddress tcpAddress;
    private final PortRange tcpPorts;
    private Duration hold;
    private @Nullable InetSocketAddress nameServer;
    private @Nullable Path rules;
    private boolean needsToken;
    private VisitorSettings visitors;
    private @Nullable AccessLogSettings accessLog;
    private KeysetProtection keyset;
    private int threads;

    Draft(Path stateDirectory) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      InetSocketAddress anyPort = new InetSocketAddress(loopback, 0);
      this.stateDirectory = stateDirectory;
      this.domain = "localhost";
      this.tunnelAddress = anyPort;
      this.httpAddress = anyPort;
      this.tcpAddress = loopback;
      this.tcpPorts = STANDARD_TCP_PORTS;
      this.hold = STANDARD_HOLD;
      this.needsToken = true;
      this.visitors = VisitorSettings.STANDARD;
      this.keyset = new KeysetProtection.None();
      this.threads = 1;
    }

    Draft(ServerConfig config) {
      this.stateDirectory = config.stateDirectory;
      this.domain = config.domain;
      this.acme = config.acme;
      this.tunnelAddress = config.tunnelAddress;
      this.httpAddress = config.httpAddress;
      this.http2Cleartext = config.http2Cleartext;
      this.httpsAddress = config.httpsAddress;
      this.certificate = config.certificate;
      this.certificates = config.certificates;
      this.tcpAddress = config.tcpAddress;
      this.tcpPorts = config.tcpPorts;
      this.hold = config.hold;
      this.nameServer = config.nameServer;
      this.rules = config.rules;
      this.needsToken = config.needsToken;
      this.visitors = config.visitors;
      this.accessLog = config.accessLog;
      this.keyset = config.keyset;
      this.threads = config.threads;
    }

    ServerConfig finished() {
      return new ServerConfig(
          stateDirectory,
          domain,
          acme,
          tunnelAddress,
          httpAddress,
          http2Cleartext,
          httpsAddress,
          certificate,
          certificates,
          tcpAddress,
          tcpPorts,
          hold,
          nameServer,
          rules,
          needsToken,
          visitors,
          accessLog,
          keyset,
          threads);
    }
  }
}
