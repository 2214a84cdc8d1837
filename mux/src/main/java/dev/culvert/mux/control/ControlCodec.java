package dev.culvert.mux.control;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages as JSON behind a length: {@code u32 length | {"type": "...", ...}}.
 *
 * <p>Unknown fields are ignored, so that either end may be newer; unknown types are refused.
 */
public final class ControlCodec {
  private static final Gson GSON =
      new GsonBuilder()
          .disableHtmlEscaping()
          .registerTypeAdapter(Secret.class, new RevealedSecret().nullSafe())
          .registerTypeAdapterFactory(new KnownRules())
          .create();

  private static final Map<String, Class<? extends ClientMessage>> CLIENT_MESSAGES =
      Map.of(
          "open-tunnel", ClientMessage.OpenTunnel.class,
          "tunnel-health", ClientMessage.TunnelHealth.class,
          "close-tunnel", ClientMessage.CloseTunnel.class);

  private static final Map<String, Class<? extends ServerMessage>> SERVER_MESSAGES =
      Map.of(
          "tunnel-opened", ServerMessage.TunnelOpened.class,
          "tunnel-refused", ServerMessage.TunnelRefused.class,
          "session-ending", ServerMessage.SessionEnding.class);

  private static final Map<String, Class<? extends HelloAnswer>> HELLO_ANSWERS =
      Map.of("welcome", HelloAnswer.Welcome.class, "refusal", HelloAnswer.Refusal.class);

  private static final Map<String, Class<? extends Hello>> HELLOS = Map.of("hello", Hello.class);

  private ControlCodec() {}

  public static ByteBuf encode(Hello hello) {
    return encode(hello, HELLOS);
  }

  public static ByteBuf encode(HelloAnswer answer) {
    return encode(answer, HELLO_ANSWERS);
  }

  public static ByteBuf encode(ClientMessage message) {
    return encode(message, CLIENT_MESSAGES);
  }

  public static ByteBuf encode(ServerMessage message) {
    return encode(message, SERVER_MESSAGES);
  }

  /** The next message in {@code in}, which is borrowed; null while it is not all there. */
  public static @Nullable Hello readHello(ByteBuf in) throws MalformedMessageException {
    return read(in, HELLOS);
  }

  /** The next message in {@code in}, which is borrowed; null while it is not all there. */
  public static @Nullable HelloAnswer readHelloAnswer(ByteBuf in) throws MalformedMessageException {
    return read(in, HELLO_ANSWERS);
  }

  /** The next message in {@code in}, which is borrowed; null while it is not all there. */
  public static @Nullable ClientMessage readClientMessage(ByteBuf in)
      throws MalformedMessageException {
    return read(in, CLIENT_MESSAGES);
  }

  /** The next message in {@code in}, which is borrowed; null while it is not all there. */
  public static @Nullable ServerMessage readServerMessage(ByteBuf in)
      throws MalformedMessageException {
    return read(in, SERVER_MESSAGES);
  }

  private static <T> ByteBuf encode(T message, Map<String, Class<? extends T>> types) {
    JsonObject json = GSON.toJsonTree(message).getAsJsonObject();
    types.forEach((name, type) -> {
      if (type.isInstance(message)) {
        json.addProperty("type", name);
      }
    });
    byte[] text = GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
    if (text.length > ControlProtocol.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "message: "
              + text.length
              + " bytes (expected: at most "
              + ControlProtocol.MAX_MESSAGE_BYTES
              + ")");
    }
    return Unpooled.buffer(4 + text.length).writeInt(text.length).writeBytes(text);
  }

  private static <T> @Nullable T read(ByteBuf in, Map<String, Class<? extends T>> types)
      throws MalformedMessageException {
    if (in.readableBytes() < 4) {
      return null;
    }
    long length = in.getUnsignedInt(in.readerIndex());
    if (length > ControlProtocol.MAX_MESSAGE_BYTES) {
      throw new MalformedMessageException(
          "a message of "
              + length
              + " bytes (expected: at most "
              + ControlProtocol.MAX_MESSAGE_BYTES
              + ")");
    }
    if (in.readableBytes() < 4 + length) {
      return null;
    }
    return parse(text(in.skipBytes(4).readSlice((int) length)), types);
  }

  private static String text(ByteBuf bytes) throws MalformedMessageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.nioBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("a message that is no UTF-8");
    }
  }

  private static <T> T parse(String text, Map<String, Class<? extends T>> types)
      throws MalformedMessageException {
    try {
      JsonElement json = JsonParser.parseString(text);
      JsonElement type = json.isJsonObject() ? json.getAsJsonObject().get("type") : null;
      if (type == null || !type.isJsonPrimitive()) {
        throw new MalformedMessageException("a message without a type");
      }
      Class<? extends T> messageType = types.get(type.getAsString());
      if (messageType == null) {
        throw new MalformedMessageException(
            "a message of a type other than " + String.join(", ", types.keySet()));
      }
      return GSON.fromJson(text, messageType); // from a tree it would cut numbers to size
    } catch (JsonParseException e) {
      throw new MalformedMessageException("a message that is no JSON of its type");
    } catch (RuntimeException e) { // Gson wraps what a record's constructor throws
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new MalformedMessageException("a message with a bad field: " + cause.getMessage());
    }
  }

  /** On the wire a secret is its text: what is inside TLS is for the other end's eyes. */
  private static final class RevealedSecret extends TypeAdapter<Secret> {
    @Override
    public void write(JsonWriter out, Secret secret) throws IOException {
      out.value(secret.reveal());
    }

    @Override
    public Secret read(JsonReader in) throws IOException {
      return new Secret(in.nextString());
    }
  }
}
