package dev.culvert.server.rules;

import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * The server's own rules in TOML: a section {@code [[rules]]} for each pattern of host names, whose
 * other keys have the names of the client's options.
 */
public final class RulesFile {
  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_SECTIONS = 200;
  private static final String SECTION = "rules";
  private static final List<String> KEYS =
      List.of(
          "host",
          "basic-auth",
          "basic-auth-forward",
          "cidr-allow",
          "cidr-deny",
          "rate-limit",
          "visitor-rate-limit",
          "max-requests",
          "max-body",
          "request-header-remove",
          "request-header-set",
          "request-header-add",
          "response-header-remove",
          "response-header-set",
          "response-header-add",
          "host-header",
          "https-redirect",
          "filter",
          "compress");

  private final Path path;

  private RulesFile(Path path) {
    this.path = path;
  }

  /**
   * The sections of {@code path}, in their order.
   *
   * @throws IOException that names the file, the place in it and what was expected there
   */
  public static List<HostRules> read(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException(path + ": expected at most " + MAX_BYTES + " bytes");
    }
    TomlParseResult file = Toml.parse(path);
    return new RulesFile(path).sections(file);
  }

  private List<HostRules> sections(TomlParseResult file) throws IOException {
    if (file.hasErrors()) {
      var error = file.errors().getFirst();
      throw bad(error.position(), withoutContent(error.getMessage()));
    }
    for (String key : file.keySet()) {
      if (!key.equals(SECTION)) {
        throw unknown(file, key, List.of(SECTION));
      }
    }
    Object sections = file.get(List.of(SECTION));
    if (sections == null) {
      return List.of();
    }
    if (!(sections instanceof TomlArray array) || array.size() > MAX_SECTIONS) {
      throw bad(
          file.inputPositionOf(List.of(SECTION)),
          "expected at most " + MAX_SECTIONS + " sections [[" + SECTION + "]]");
    }
    List<HostRules> rules = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof TomlTable table)) {
        throw bad(array.inputPositionOf(i), "expected a section [[" + SECTION + "]]");
      }
      rules.add(new Section(table, array.inputPositionOf(i)).read());
    }
    return rules;
  }

  /** The parser shows what it met, which may be a hash that lacks its quotes. */
  private static String withoutContent(@Nullable String message) {
    return String.valueOf(message)
        .replaceFirst("^Unexpected '.+', expected", "unexpected text, expected");
  }

  private IOException unknown(TomlTable table, String key, List<String> known) {
    return bad(
        table.inputPositionOf(List.of(key)),
        "unknown key "
            + key.replaceAll("[^\\x20-\\x7e]", "?")
            + ", did you mean "
            + NearestWord.of(key, known)
            + "?");
  }

  private IOException bad(@Nullable TomlPosition position, String what) {
    String place = position == null ? "" : ":" + position.line() + ":" + position.column();
    return new IOException(path + place + ": " + what);
  }

  /** One section that is being read. */
  private final class Section {
    private final TomlTable table;
    private final @Nullable TomlPosition position;

    Section(TomlTable table, @Nullable TomlPosition position) {
      this.table = table;
      this.position = position;
    }

    HostRules read() throws IOException {
      for (String key : table.keySet()) {
        if (!KEYS.contains(key)) {
          throw unknown(table, key, KEYS);
        }
      }
      String host = one("host", String.class, "a text in quotes", text -> text);
      if (host == null) {
        throw bad(position, "expected host = \"...\" in this section");
      }
      checkHost(host);
      RulesDraft draft = new RulesDraft();
      draft.basicAuth.addAll(texts("basic-auth", VisitorRules.Credential::parse));
      draft.passAuthorization = truth("basic-auth-forward");
      draft.cidrAllow.addAll(texts("cidr-allow", VisitorRules::checkedBlock));
      draft.cidrDeny.addAll(texts("cidr-deny", VisitorRules::checkedBlock));
      draft.tunnelRate = one("rate-limit", String.class, "a text in quotes", Rate::parse);
      draft.visitorRate = one("visitor-rate-limit", String.class, "a text in quotes", Rate::parse);
      draft.maxRequests = maxRequests();
      Long bytes = one("max-body", String.class, "a text in quotes", VisitorRules::parseBytes);
      draft.maxBodyBytes = bytes == null ? 0 : bytes;
      draft.requestHeaders = edits("request-header-");
      draft.responseHeaders = edits("response-header-");
      draft.hostHeader = one("host-header", String.class, "a text in quotes", text -> text);
      draft.httpsRedirect = truth("https-redirect");
      draft.filters.addAll(texts("filter", VisitorFilter::parse));
      draft.compress = truth("compress");
      try {
        VisitorRules rules = draft.finished();
        Gate _ = new Gate(rules, null); // which looks closer
        return new HostRules(host, rules);
      } catch (IllegalArgumentException e) {
        throw bad(position, String.valueOf(e.getMessage()));
      }
    }

    private void checkHost(String host) throws IOException {
      if (!host.matches("[A-Za-z0-9.*-]{1,253}")
          || host.replace("*", "").length() > VisitorFilter.MAX_PATTERN_CHARS) {
        throw bad(
            table.inputPositionOf(List.of("host")),
            "expected a host name such as shop.example.com, *.example.com or **, of at most "
                + VisitorFilter.MAX_PATTERN_CHARS
                + " characters beside stars");
      }
    }

    private int maxRequests() throws IOException {
      Long number =
          one(
              "max-requests",
              Long.class,
              "a number from 1 to 1000000",
              value -> {
                if (value < 1 || value > 1_000_000) {
                  throw new IllegalArgumentException("expected a number from 1 to 1000000");
                }
                return value;
              });
      return number == null ? 0 : number.intValue();
    }

    private HeaderEdits edits(String start) throws IOException {
      List<String> remove = texts(start + "remove", name -> HeaderEdits.checkedName(name));
      List<HeaderEdits.Field> set = texts(start + "set", HeaderEdits.Field::parse);
      List<HeaderEdits.Field> add = texts(start + "add", HeaderEdits.Field::parse);
      try {
        return new HeaderEdits(remove, set, add);
      } catch (IllegalArgumentException e) {
        throw bad(position, String.valueOf(e.getMessage()));
      }
    }

    private boolean truth(String key) throws IOException {
      Boolean value = one(key, Boolean.class, "true or false", truth -> truth);
      return value != null && value;
    }

    private <V, T> @Nullable T one(String key, Class<V> type, String expected, Function<V, T> parse)
        throws IOException {
      Object value = table.get(List.of(key));
      return value == null
          ? null
          : parsed(key, table.inputPositionOf(List.of(key)), value, type, expected, parse);
    }

    private <T> List<T> texts(String key, Function<String, T> parse) throws IOException {
      Object value = table.get(List.of(key));
      List<T> values = new ArrayList<>();
      if (value == null) {
        return values;
      }
      if (!(value instanceof TomlArray array)) {
        throw bad(table.inputPositionOf(List.of(key)), key + ": expected a list such as [\"...\"]");
      }
      for (int i = 0; i < array.size(); i++) {
        values.add(
            parsed(
                key,
                array.inputPositionOf(i),
                array.get(i),
                String.class,
                "texts in quotes",
                parse));
      }
      return values;
    }

    private <V, T> T parsed(
        String key,
        @Nullable TomlPosition place,
        @Nullable Object value,
        Class<V> type,
        String expected,
        Function<V, T> parse)
        throws IOException {
      if (!type.isInstance(value)) {
        throw bad(place, key + ": expected " + expected);
      }
      try {
        return parse.apply(type.cast(value));
      } catch (IllegalArgumentException e) {
        throw bad(place, key + ": " + e.getMessage());
      }
    }
  }
}
