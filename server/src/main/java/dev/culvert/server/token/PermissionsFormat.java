package dev.culvert.server.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The JSON of {@link Permissions}, the same in a token's claim and in the registry: {@code
 * {"kinds": ["http"], "names": ["shop-*"], "domains": [], "provenDomains": true, "ports":
 * ["2000-2009"], "tunnels": 5, "rules": ["cidr"]}}. A limit that is none is left out, and so are
 * the rules where all are allowed; all else is there.
 */
final class PermissionsFormat {
  private PermissionsFormat() {}

  static JsonObject encode(Permissions permissions) {
    JsonObject json = new JsonObject();
    Set<String> kinds = new TreeSet<>();
    permissions.kinds().forEach(kind -> kinds.add(nameOf(kind)));
    json.add("kinds", texts(List.copyOf(kinds)));
    json.add("names", texts(permissions.names()));
    json.add("domains", texts(permissions.domains()));
    json.addProperty("provenDomains", permissions.provenDomains());
    json.add("ports", texts(permissions.ports()));
    addLimit(json, "tunnels", permissions.maxTunnels());
    addLimit(json, "streams", permissions.maxStreams());
    addLimit(json, "streamsPerSecond", permissions.maxStreamsPerSecond());
    if (permissions.rules().size() < RuleKind.values().length) {
      json.add("rules", texts(permissions.rules().stream().map(RuleKind::text).sorted().toList()));
    }
    return json;
  }

  /** Throws {@link IllegalArgumentException} that says what is wrong with {@code json}. */
  static Permissions decode(JsonObject json) {
    return new Permissions(
        Set.copyOf(list(json, "kinds", PermissionsFormat::kind)),
        list(json, "names", NamePattern::new),
        list(json, "domains", NamePattern::new),
        truth(json, "provenDomains"),
        list(json, "ports", PortRange::parse),
        limit(json, "tunnels"),
        limit(json, "streams"),
        limit(json, "streamsPerSecond"),
        json.has("rules")
            ? Set.copyOf(list(json, "rules", RuleKind::of))
            : Set.of(RuleKind.values()));
  }

  private static JsonArray texts(List<?> values) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(value.toString()));
    return array;
  }

  private static void addLimit(JsonObject json, String field, int limit) {
    if (limit != Permissions.UNLIMITED) {
      json.addProperty(field, limit);
    }
  }

  private static <T> List<T> list(JsonObject json, String field, Function<String, T> parse) {
    if (!(json.get(field) instanceof JsonArray array)) {
      throw new IllegalArgumentException("no list \"" + field + "\"");
    }
    List<T> values = new ArrayList<>(array.size());
    for (JsonElement element : array) {
      if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
        throw new IllegalArgumentException(field + ": " + element + " (expected: a text)");
      }
      values.add(parse.apply(element.getAsString()));
    }
    return values;
  }

  private static boolean truth(JsonObject json, String field) {
    if (json.get(field) instanceof JsonPrimitive value && value.isBoolean()) {
      return value.getAsBoolean();
    }
    throw new IllegalArgumentException("no true or false \"" + field + "\"");
  }

  private static int limit(JsonObject json, String field) {
    return json.has(field) ? number(json, field) : Permissions.UNLIMITED;
  }

  /** The whole number that must be in {@code field}. */
  static int number(JsonObject json, String field) {
    JsonElement element = json.get(field);
    if (element == null) {
      throw new IllegalArgumentException("no number \"" + field + "\"");
    }
    try {
      return element.getAsJsonPrimitive().getAsBigDecimal().intValueExact();
    } catch (IllegalStateException | ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(field + ": " + element + " (expected: a number)", e);
    }
  }

  static String nameOf(TunnelKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The kind that {@code name}, such as {@code http}, stands for. */
  static TunnelKind kind(String name) {
    for (TunnelKind kind : TunnelKind.values()) {
      if (nameOf(kind).equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("kind of tunnel: " + name + " (expected: http or tcp)");
  }
}
