package dev.culvert.server.token;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import dev.culvert.server.route.Permissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the registry file: {@code {"version": 3, "tokens": [...]}}, instants in ISO 8601. A
 * version that adds to it counts up, since an older program would drop what it does not know. In
 * version 1 tokens had no permissions, and every one might do what {@link Permissions#STANDARD}
 * says; nor could they be rotated. In version 2 every token allowed every rule.
 */
final class RegistryFormat {
  private static final int VERSION = 3;
  private static final Set<String> READ = Set.of("1", "2", "3");
  private static final Gson GSON =
      new GsonBuilder().setStrictness(Strictness.STRICT).setPrettyPrinting().create();

  private RegistryFormat() {}

  static String encode(Registry registry) {
    JsonArray tokens = new JsonArray();
    for (TokenRecord record : registry.records()) {
      JsonObject token = new JsonObject();
      token.addProperty("id", record.id());
      token.addProperty("name", record.name());
      token.add("permissions", PermissionsFormat.encode(record.permissions()));
      token.addProperty("generation", record.generation());
      token.addProperty("keyId", record.keyId());
      addInstant(token, "formerUntil", record.formerUntil());
      token.addProperty("createdAt", record.createdAt().toString());
      addInstant(token, "expiresAt", record.expiresAt());
      addInstant(token, "revokedAt", record.revokedAt());
      tokens.add(token);
    }
    JsonObject file = new JsonObject();
    file.addProperty("version", VERSION);
    file.add("tokens", tokens);
    return GSON.toJson(file) + "\n";
  }

  /** Throws {@link IllegalArgumentException} that says what is wrong with {@code json}. */
  static Registry decode(String json) {
    JsonObject file = parse(json);
    String version = String.valueOf(file.get("version"));
    if (!READ.contains(version)) {
      throw new IllegalArgumentException(
          "version: " + version + " (expected: " + VERSION + "; is it from a newer culvertd?)");
    }
    if (!(file.get("tokens") instanceof JsonArray tokens)) {
      throw new IllegalArgumentException("there is no list \"tokens\"");
    }
    List<TokenRecord> records = new ArrayList<>(tokens.size());
    for (JsonElement token : tokens) {
      try {
        records.add(decodeRecord(token, version.equals("1")));
      } catch (IllegalArgumentException | DateTimeException e) {
        throw new IllegalArgumentException(
            "token " + (records.size() + 1) + " of the list: " + e.getMessage(), e);
      }
    }
    return Registry.of(records);
  }

  private static JsonObject parse(String json) {
    JsonObject file;
    try {
      file = GSON.fromJson(json, JsonObject.class);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("not JSON, or cut short", e);
    }
    if (file == null) {
      throw new IllegalArgumentException("the file is empty");
    }
    return file;
  }

  private static TokenRecord decodeRecord(JsonElement element, boolean isFirstVersion) {
    if (!(element instanceof JsonObject token)) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return new TokenRecord(
        string(token, "id"),
        string(token, "name"),
        isFirstVersion ? Permissions.STANDARD : permissions(token),
        isFirstVersion ? 1 : PermissionsFormat.number(token, "generation"),
        isFirstVersion ? TokenRecord.UNKNOWN_KEY : PermissionsFormat.number(token, "keyId"),
        optionalInstant(token, "formerUntil"),
        Instant.parse(string(token, "createdAt")),
        optionalInstant(token, "expiresAt"),
        optionalInstant(token, "revokedAt"));
  }

  private static Permissions permissions(JsonObject token) {
    if (!(token.get("permissions") instanceof JsonObject permissions)) {
      throw new IllegalArgumentException("no object \"permissions\"");
    }
    return PermissionsFormat.decode(permissions);
  }

  private static void addInstant(JsonObject token, String field, @Nullable Instant instant) {
    if (instant != null) {
      token.addProperty(field, instant.toString());
    }
  }

  private static @Nullable Instant optionalInstant(JsonObject token, String field) {
    return token.has(field) ? Instant.parse(string(token, field)) : null;
  }

  private static String string(JsonObject token, String field) {
    JsonElement value = token.get(field);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      throw new IllegalArgumentException("no text \"" + field + "\"");
    }
    return value.getAsString();
  }
}
