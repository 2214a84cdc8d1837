package dev.culvert.mux.control;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the visitors of one tunnel are held to. Immutable.
 *
 * @param basicAuth who is let in, by name and password; empty for everybody
 * @param passAuthorization whether the local service sees the password too
 * @param cidrAllow which addresses are let in; empty for all
 * @param cidrDeny which are not, even of those
 * @param tunnelRate how many requests of all visitors pass; null for any number
 * @param visitorRate how many of one address; null for any number
 * @param maxRequests at a time; zero for any number
 * @param maxBodyBytes of a request; zero for any number
 * @param hostHeader the Host that the local service is told; null for what the visitor asked for
 * @param httpsRedirect whether requests without TLS are sent there
 * @param compress whether responses may be compressed on their way to visitors
 * @param unknown names of rules that are not known here; never written
 */
public record VisitorRules(
    List<Credential> basicAuth,
    boolean passAuthorization,
    List<String> cidrAllow,
    List<String> cidrDeny,
    @Nullable Rate tunnelRate,
    @Nullable Rate visitorRate,
    int maxRequests,
    long maxBodyBytes,
    HeaderEdits requestHeaders,
    HeaderEdits responseHeaders,
    @Nullable String hostHeader,
    boolean httpsRedirect,
    List<VisitorFilter> filters,
    boolean compress,
    List<String> unknown) {

  public static final VisitorRules NONE = new RulesDraft().finished();

  private static final int MAX_USERS = 20;
  private static final int MAX_BLOCKS = 100;
  private static final int MAX_FILTERS = 20;
  private static final int MAX_HEADER_CHARS = 8 * 1024;
  private static final int MAX_HOST_CHARS = 255;
  private static final Pattern BYTES =
      Pattern.compile("([1-9][0-9]{0,8})([KMG]i?B)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");

  public VisitorRules {
    basicAuth = Presence.list(basicAuth, "users", MAX_USERS);
    cidrAllow = Presence.list(cidrAllow, "addresses allowed", MAX_BLOCKS);
    cidrDeny = Presence.list(cidrDeny, "addresses denied", MAX_BLOCKS);
    filters = Presence.list(filters, "filters", MAX_FILTERS);
    unknown = unknown == null ? List.of() : List.copyOf(unknown);
    requestHeaders = requestHeaders == null ? HeaderEdits.NONE : requestHeaders;
    responseHeaders = responseHeaders == null ? HeaderEdits.NONE : responseHeaders;
    cidrAllow.forEach(AddressBlock::parse);
    cidrDeny.forEach(AddressBlock::parse);
    Presence.check(
        basicAuth.stream().map(Credential::user).distinct().count() == basicAuth.size(),
        "users: expected each of them once");
    Presence.check(maxRequests >= 0, "maxRequests: " + maxRequests + " (expected: > 0)");
    Presence.check(maxBodyBytes >= 0, "maxBodyBytes: " + maxBodyBytes + " (expected: > 0)");
    Presence.check(
        chars(requestHeaders) + chars(responseHeaders) <= MAX_HEADER_CHARS,
        "headers: expected at most " + MAX_HEADER_CHARS + " characters in all");
    Presence.check(
        hostHeader == null
            || (hostHeader.length() <= MAX_HOST_CHARS && HOST.matcher(hostHeader).matches()),
        "host header: expected a host name or address, with or without a port");
  }

  private static int chars(HeaderEdits edits) {
    int chars = 0;
    for (String name : edits.remove()) {
      chars += name.length();
    }
    for (List<HeaderEdits.Field> fields : List.of(edits.set(), edits.add())) {
      for (HeaderEdits.Field field : fields) {
        chars += field.name().length() + field.value().length();
      }
    }
    return chars;
  }

  /**
   * One who may come in.
   *
   * @param hash of the password, by a function that takes memory, in the PHC format
   */
  public record Credential(String user, Secret hash) {
    private static final int MAX_USER_CHARS = 64;
    private static final int MAX_HASH_CHARS = 250;

    public Credential {
      Presence.require(user, "user");
      Presence.require(hash, "hash");
      Presence.check(
          !user.isEmpty()
              && user.length() <= MAX_USER_CHARS
              && user.chars().noneMatch(c -> c == ':' || Character.isISOControl(c)),
          "user: expected 1 to " + MAX_USER_CHARS + " characters without a colon");
      Presence.check(
          hash.reveal().startsWith("$") && hash.reveal().length() <= MAX_HASH_CHARS,
          "hash: expected one such as $argon2id$..., of at most " + MAX_HASH_CHARS + " characters");
    }

    /** Reads {@code USER:HASH}; {@link IllegalArgumentException} without the text. */
    public static Credential parse(String text) {
      int colon = text.indexOf(':');
      Presence.check(colon > 0, "expected USER:$argon2id$...");
      return new Credential(text.substring(0, colon), new Secret(text.substring(colon + 1)));
    }
  }

  /** So many requests in so many seconds; after a rest as many at once. */
  public record Rate(int requests, int seconds) {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,6})/([smh])");
    private static final int MAX_REQUESTS = 1_000_000;
    private static final int MAX_SECONDS = 3600;

    public Rate {
      Presence.check(
          requests >= 1 && requests <= MAX_REQUESTS,
          "requests of a rate: " + requests + " (expected: 1 to " + MAX_REQUESTS + ")");
      Presence.check(
          seconds >= 1 && seconds <= MAX_SECONDS,
          "seconds of a rate: " + seconds + " (expected: 1 to " + MAX_SECONDS + ")");
    }

    /** Reads {@code 10/s}, {@code 600/m} or {@code 1000/h}. */
    public static Rate parse(String text) {
      var parts = TEXT.matcher(text);
      Presence.check(
          parts.matches(),
          "rate: " + AddressBlock.printable(text) + " (expected: one such as 10/s or 600/m)");
      int seconds =
          switch (parts.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            default -> 3600;
          };
      return new Rate(Integer.parseInt(parts.group(1)), seconds);
    }
  }

  /** Reads {@code 500}, {@code 10KB}, {@code 10MB} or {@code 1GB}; with {@code KiB} of 1,024. */
  public static long parseBytes(String text) {
    var parts = BYTES.matcher(text);
    Presence.check(
        parts.matches(),
        "size: " + AddressBlock.printable(text) + " (expected: one such as 500KB, 10MB or 1GiB)");
    long unit =
        switch (String.valueOf(parts.group(2)).toUpperCase(Locale.ROOT)) {
          case "KB" -> 1000;
          case "MB" -> 1_000_000;
          case "GB" -> 1_000_000_000;
          case "KIB" -> 1L << 10;
          case "MIB" -> 1L << 20;
          case "GIB" -> 1L << 30;
          default -> 1;
        };
    return Long.parseLong(parts.group(1)) * unit;
  }

  /** {@code text}, where it is an {@link AddressBlock}. */
  public static String checkedBlock(String text) {
    AddressBlock.parse(text);
    return text;
  }

  /** The kinds of rules that there are some of. */
  public Set<RuleKind> kinds() {
    Set<RuleKind> kinds = EnumSet.noneOf(RuleKind.class);
    for (RuleKind kind : RuleKind.values()) {
      if (has(kind)) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  private boolean has(RuleKind kind) {
    return switch (kind) {
      case BASIC_AUTH -> !basicAuth.isEmpty();
      case CIDR -> !cidrAllow.isEmpty() || !cidrDeny.isEmpty();
      case RATE_LIMIT -> tunnelRate != null || visitorRate != null;
      case MAX_REQUESTS -> maxRequests > 0;
      case MAX_BODY -> maxBodyBytes > 0;
      case HEADERS -> !requestHeaders.isEmpty() || !responseHeaders.isEmpty();
      case HOST_HEADER -> hostHeader != null;
      case HTTPS_REDIRECT -> httpsRedirect;
      case FILTER -> !filters.isEmpty();
      case COMPRESS -> compress;
    };
  }
}
