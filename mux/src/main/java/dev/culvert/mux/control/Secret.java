package dev.culvert.mux.control;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * Text that gives power to whoever reads it: a token, an instance secret, a passphrase.
 *
 * <p>It prints as {@code (secret)}, whatever it is printed with, and JSON is made of it by {@link
 * ControlCodec} alone. Keep it in this type from where it is read to where it is used, and call
 * {@link #reveal} there and nowhere else. Any thread.
 */
@JsonAdapter(Secret.Unwritten.class)
public final class Secret {
  private static final String PRINTED = "(secret)";

  /** A token of ours or its beginning: the base64 of a JSON object, and what is joined by dots. */
  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{8,}(?:\\.[\\w-]*)*");

  private final String text;

  public Secret(String text) {
    this.text = text;
  }

  /** What somebody else wrote, with {@code (secret)} for each token of ours that is in it. */
  public static String redact(String text) {
    return TOKEN.matcher(text).replaceAll(PRINTED);
  }

  /** The text itself: not for messages, logs, exceptions or the arguments of a process. */
  public String reveal() {
    return text;
  }

  /** Takes the same time wherever the texts differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  private byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return PRINTED;
  }

  /** What Gson finds who was not told otherwise, as by the codec. */
  static final class Unwritten extends TypeAdapter<Secret> {
    @Override
    public void write(JsonWriter out, Secret secret) {
      throw new UnsupportedOperationException("a secret is not written as JSON");
    }

    @Override
    public Secret read(JsonReader in) {
      throw new UnsupportedOperationException("a secret is not read from JSON");
    }
  }
}
