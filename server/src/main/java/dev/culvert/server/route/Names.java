package dev.culvert.server.route;

import dev.culvert.mux.control.TunnelRefusalCode;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The first labels of host names: which ones may be asked for, and new ones that read well. */
final class Names {
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  private static final int MAX_HOST_CHARS = 253;

  /** How many labels a host name may have, the domain's included. */
  static final int MAX_LABELS = 10;

  private static final String ENCODED = "xn--";

  /** In front of a host name: all hosts below it. */
  static final String WILDCARD = "*.";

  /** Names that visitors, mail servers or certificate authorities take for the operator's own. */
  private static final Set<String> RESERVED =
      Set.of(
          "www",
          "ftp",
          "sftp",
          "ssh",
          "vpn",
          "tcp",
          "http",
          "https",
          "mail",
          "email",
          "smtp",
          "imap",
          "pop",
          "webmail",
          "mx",
          "exchange",
          "lists",
          "mta-sts",
          "autodiscover",
          "autoconfig",
          "lyncdiscover",
          "enterpriseenrollment",
          "enterpriseregistration",
          "caldav",
          "carddav",
          "sip",
          "xmpp",
          "stun",
          "turn",
          "time",
          "openpgpkey",
          "wpad",
          "isatap",
          "ns",
          "dns",
          "ntp",
          "ldap",
          "kerberos",
          "whois",
          "crl",
          "ocsp",
          "acme",
          "ca",
          "localhost",
          "localdomain",
          "gateway",
          "router",
          "proxy",
          "local",
          "broadcasthost",
          "ip6-localhost",
          "ip6-loopback",
          "admin",
          "administrator",
          "root",
          "sysadmin",
          "webmaster",
          "postmaster",
          "hostmaster",
          "abuse",
          "noc",
          "security",
          "ssladmin",
          "sslwebmaster",
          "support",
          "help",
          "info",
          "usenet",
          "uucp",
          "sales",
          "marketing",
          "secure",
          "console",
          "dashboard",
          "api",
          "status",
          "login",
          "signin",
          "auth",
          "sso",
          "oauth",
          "account",
          "accounts",
          "billing",
          "pay",
          "payment",
          "payments",
          "password",
          "verify",
          "culvert",
          "culvertd");

  /** A reserved name with a number, as in {@code ns1}. */
  private static final Pattern NUMBERED =
      Pattern.compile("(ns|dns|mx|mail|smtp|imap|pop|ntp)-?[0-9]{1,3}");

  private static final String[] ADJECTIVES = {
    "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "cool", "cosmic",
    "crisp", "deep", "eager", "early", "fair", "fast", "fine", "fresh", "gentle", "glad", "golden",
    "grand", "green", "happy", "keen", "kind", "light", "lively", "lucky", "mellow", "merry",
    "mild", "misty", "neat", "noble", "open", "polite", "proud", "quick", "quiet", "rapid", "ready",
    "rosy", "royal", "sharp", "shiny", "silent", "silver", "smart", "smooth", "snowy", "solid",
    "spry", "steady", "still", "sunny", "super", "sure", "swift", "tidy", "warm", "wide", "wise",
    "young"
  };

  private static final String[] NOUNS = {
    "badger", "beacon", "beaver", "birch", "brook", "canal", "canyon", "cedar", "cloud", "comet",
    "coral", "crane", "creek", "delta", "dune", "eagle", "falcon", "fern", "finch", "fjord",
    "forest", "fox", "garden", "glacier", "harbor", "hare", "heron", "hill", "island", "lagoon",
    "lake", "lark", "lynx", "maple", "meadow", "moon", "moss", "ocean", "orchid", "otter", "owl",
    "panda", "peak", "pine", "planet", "pond", "puffin", "raven", "reef", "ridge", "river", "robin",
    "seal", "shore", "sparrow", "spring", "stone", "stream", "swan", "tide", "tiger", "valley",
    "willow", "wren"
  };

  /** No vowels and nothing that is read for something else. */
  private static final String DIGITS = "23456789bcdfghjkmnpqrstvwxz";

  private final RandomGenerator random = new SecureRandom();

  /** A new name such as {@code calm-otter-7k3d}. */
  String random() {
    StringBuilder name = new StringBuilder();
    name.append(ADJECTIVES[random.nextInt(ADJECTIVES.length)]).append('-');
    name.append(NOUNS[random.nextInt(NOUNS.length)]).append('-');
    for (int i = 0; i < 4; i++) {
      name.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    return name.toString();
  }

  /**
   * The name as it is kept: lower case.
   *
   * @throws RouteRefusedException where the name cannot be given out
   */
  static String checked(String requested) throws RouteRefusedException {
    if (!LABEL.matcher(requested).matches()) {
      throw invalid(
          "the name \""
              + printable(requested)
              + "\" is no host name label: use 1 to 63 letters, digits and inner hyphens");
    }
    String name = requested.toLowerCase(Locale.ROOT);
    if (isEncoded(name)) {
      throw invalid("the name \"" + name + "\" is encoded; use plain letters");
    }
    if (isReserved(name)) {
      throw invalid("the name \"" + name + "\" is reserved; choose another");
    }
    return name;
  }

  /**
   * Takes a whole host name, in lower case, that is not directly below the server's {@code domain};
   * or the {@link #WILDCARD} and one.
   *
   * @throws RouteRefusedException where it cannot be given out
   */
  static void checkHost(String host, String domain) throws RouteRefusedException {
    String named = host.startsWith(WILDCARD) ? host.substring(WILDCARD.length()) : host;
    if (!isHost(named)) {
      throw invalid(
          "the name \""
              + printable(host)
              + "\" is no host name such as www.example.com, of at most "
              + MAX_LABELS
              + " labels");
    }
    if (named.endsWith("." + domain) && isEncoded(named)) {
      throw invalid("the name \"" + host + "\" is encoded; use plain letters below " + domain);
    }
    if (named.equals(domain)) {
      throw invalid("the name \"" + host + "\" is the server's own");
    }
  }

  /** Whether {@code text} is a host name of several labels, in lower case, and no address. */
  static boolean isHost(String text) {
    String[] labels = text.split("\\.", -1);
    if (labels.length < 2 || labels.length > MAX_LABELS || text.length() > MAX_HOST_CHARS) {
      return false;
    }
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return !labels[labels.length - 1].matches("[0-9]+");
  }

  /** Whether a label stands for letters beyond ASCII (RFC 5890). */
  private static boolean isEncoded(String host) {
    return host.startsWith(ENCODED) || host.contains("." + ENCODED);
  }

  /** Whether {@link #checked} would take it. */
  static boolean isUsable(String name) {
    return LABEL.matcher(name).matches() && !isEncoded(name) && !isReserved(name);
  }

  private static boolean isReserved(String name) {
    return RESERVED.contains(name) || NUMBERED.matcher(name).matches();
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static RouteRefusedException invalid(String reason) {
    return new RouteRefusedException(TunnelRefusalCode.INVALID, reason);
  }
}
