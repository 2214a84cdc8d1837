package dev.culvert.server;

import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a token allows. */
final class PermissionOptions {
  private static final String UNLIMITED = "none";
  private static final String PROVEN = "proven";

  @Option(
      names = "--kinds",
      split = ",",
      paramLabel = "KIND",
      description = {
        "What tunnels may carry: http, tcp. Of each list an empty value, as in --ports=, allows none."
      })
  private @Nullable List<String> kinds;

  @Option(
      names = "--names",
      split = ",",
      paramLabel = "NAME",
      description = "Names below the server's domain, such as shop or shop-*.")
  private @Nullable List<String> names;

  @Option(
      names = "--domains",
      split = ",",
      paramLabel = "HOST",
      description = {
        "Other host names, such as www.example.com or *.example.com, which is each of one label more,"
            + " and the tunnel for all of them; and the word proven, for any whose DNS shows that it"
            + " is the bearer's."
      })
  private @Nullable List<String> domains;

  @Option(
      names = "--ports",
      split = ",",
      paramLabel = "PORT",
      description = "Public ports, such as 20022 or 20100-20199.")
  private @Nullable List<String> ports;

  @Option(
      names = "--max-tunnels",
      paramLabel = "N",
      description = "Tunnels open at a time, or none for no limit.")
  private @Nullable String maxTunnels;

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      description = {
        "Streams open at a time, or none for no limit: connections of visitors, and to web apps."
      })
  private @Nullable String maxStreams;

  @Option(
      names = "--max-rate",
      paramLabel = "N",
      description = "New streams in a second, or none for no limit.")
  private @Nullable String maxRate;

  @Option(
      names = "--rules",
      split = ",",
      paramLabel = "RULE",
      description = {
        "What visitors may be held to by the client: basic-auth, cidr, rate-limit, max-requests,"
            + " max-body, headers, host-header, https-redirect, filter, compress."
      })
  private @Nullable List<String> rules;

  /** What the options say, and {@code base} where they say nothing. */
  Permissions over(Permissions base) throws UsageException {
    try {
      return new Permissions(
          kinds == null ? base.kinds() : Set.copyOf(each(kinds, PermissionOptions::kind)),
          names == null ? base.names() : each(names, NamePattern::new),
          domains == null ? base.domains() : each(without(PROVEN, domains), NamePattern::new),
          domains == null ? base.provenDomains() : domains.contains(PROVEN),
          ports == null ? base.ports() : each(ports, PortRange::parse),
          limit("--max-tunnels", maxTunnels, base.maxTunnels()),
          limit("--max-streams", maxStreams, base.maxStreams()),
          limit("--max-rate", maxRate, base.maxStreamsPerSecond()),
          rules == null ? base.rules() : Set.copyOf(each(rules, RuleKind::of)));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "See culvertd token create --help for what is allowed.");
    }
  }

  private static <T> List<T> each(List<String> texts, Function<String, T> parse) {
    return texts.stream()
        .map(String::strip)
        .filter(text -> !text.isEmpty()) // --names= is no name at all
        .map(parse)
        .toList();
  }

  private static List<String> without(String word, List<String> texts) {
    return texts.stream().filter(text -> !text.strip().equals(word)).toList();
  }

  private static TunnelKind kind(String text) {
    for (TunnelKind kind : TunnelKind.values()) {
      if (name(kind).equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("kind of tunnel: " + text + " (expected: http or tcp)");
  }

  private static String name(TunnelKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static int limit(String option, @Nullable String text, int base) {
    if (text == null) {
      return base;
    }
    if (text.equals(UNLIMITED)) {
      return Permissions.UNLIMITED;
    }
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          option + " " + text + " (expected: a number from 1 on, or " + UNLIMITED + ")");
    }
    return Integer.parseInt(text);
  }

  /** What {@code permissions} says, as the options would say it; empty for the standard. */
  static String describe(Permissions permissions) {
    StringBuilder text = new StringBuilder();
    Permissions standard = Permissions.STANDARD;
    if (!permissions.kinds().equals(standard.kinds())) {
      add(text, "kinds", permissions.kinds().stream().map(PermissionOptions::name).sorted());
    }
    if (!permissions.names().equals(standard.names())) {
      add(text, "names", permissions.names().stream());
    }
    if (!permissions.domains().equals(standard.domains())
        || permissions.provenDomains() != standard.provenDomains()) {
      add(
          text,
          "domains",
          Stream.concat(
              permissions.domains().stream(),
              permissions.provenDomains() ? Stream.of(PROVEN) : Stream.empty()));
    }
    if (!permissions.ports().equals(standard.ports())) {
      add(text, "ports", permissions.ports().stream());
    }
    addLimit(text, "max-tunnels", permissions.maxTunnels());
    addLimit(text, "max-streams", permissions.maxStreams());
    addLimit(text, "max-rate", permissions.maxStreamsPerSecond());
    if (!permissions.rules().equals(standard.rules())) {
      add(text, "rules", permissions.rules().stream().map(RuleKind::text).sorted());
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String option, Stream<?> values) {
    text.append(text.isEmpty() ? "" : " ").append("--").append(option).append('=');
    text.append(values.map(Object::toString).collect(Collectors.joining(",")));
  }

  private static void addLimit(StringBuilder text, String option, int limit) {
    if (limit != Permissions.UNLIMITED) {
      text.append(text.isEmpty() ? "" : " ").append("--").append(option).append('=').append(limit);
    }
  }
}
