package dev.culvert.mux.control;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link VisitorRules} so that nothing in them goes unnoticed: elsewhere a field of a newer
 * peer may be ignored, but a rule that keeps somebody out may not. Writes only what differs from no
 * rules.
 */
final class KnownRules implements TypeAdapterFactory {
  private static final int MAX_UNKNOWN = 5;

  @Override
  @SuppressWarnings("unchecked") // it is an adapter of the type that was asked for
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
    if (type.getRawType() != VisitorRules.class) {
      return null;
    }
    TypeAdapter<VisitorRules> fields =
        gson.getDelegateAdapter(this, TypeToken.get(VisitorRules.class));
    return (TypeAdapter<T>) new Adapter(gson, fields).nullSafe();
  }

  private static final class Adapter extends TypeAdapter<VisitorRules> {
    private final Gson gson;
    private final TypeAdapter<VisitorRules> fields;

    Adapter(Gson gson, TypeAdapter<VisitorRules> fields) {
      this.gson = gson;
      this.fields = fields;
    }

    @Override
    public void write(JsonWriter out, VisitorRules rules) throws IOException {
      JsonObject json = fields.toJsonTree(rules).getAsJsonObject();
      json.remove("unknown");
      json.asMap().values().removeIf(Adapter::isNothing);
      gson.toJson(json, out);
    }

    private static boolean isNothing(JsonElement value) {
      return switch (value) {
        case JsonArray list -> list.isEmpty();
        case JsonPrimitive primitive ->
            primitive.isBoolean()
                ? !primitive.getAsBoolean()
                : primitive.isNumber() && primitive.getAsLong() == 0;
        case JsonObject object -> object.asMap().values().stream().allMatch(Adapter::isNothing);
        default -> true; // null
      };
    }

    @Override
    public VisitorRules read(JsonReader in) throws IOException {
      JsonElement json = JsonParser.parseReader(in);
      VisitorRules rules = fields.fromJson(json.toString()); // from a tree it would cut numbers
      List<String> unknown = new ArrayList<>();
      collectUnknown(json, fields.toJsonTree(rules), "", unknown);
      return unknown.isEmpty() ? rules : withUnknown(rules, unknown);
    }

    private static void collectUnknown(
        JsonElement said, @Nullable JsonElement read, String path, List<String> unknown) {
      if (said instanceof JsonObject object) {
        object
            .asMap()
            .forEach((name, value) -> {
              JsonElement known = read instanceof JsonObject other ? other.get(name) : null;
              boolean isOurs = path.isEmpty() && name.equals("unknown");
              if (isOurs || (known == null && !value.isJsonNull())) {
                add(unknown, path + name);
              } else if (known != null) {
                collectUnknown(value, known, path + name + ".", unknown);
              }
            });
      } else if (said instanceof JsonArray list && read instanceof JsonArray others) {
        for (int i = 0; i < list.size() && i < others.size(); i++) {
          collectUnknown(list.get(i), others.get(i), path, unknown);
        }
      }
    }

    private static void add(List<String> unknown, String name) {
      if (unknown.size() < MAX_UNKNOWN) {
        unknown.add(AddressBlock.printable(name));
      }
    }

    private static VisitorRules withUnknown(VisitorRules rules, List<String> unknown) {
      return new VisitorRules(
          rules.basicAuth(),
          rules.passAuthorization(),
          rules.cidrAllow(),
          rules.cidrDeny(),
          rules.tunnelRate(),
          rules.visitorRate(),
          rules.maxRequests(),
          rules.maxBodyBytes(),
          rules.requestHeaders(),
          rules.responseHeaders(),
          rules.hostHeader(),
          rules.httpsRedirect(),
          rules.filters(),
          rules.compress(),
          unknown);
    }
  }
}
